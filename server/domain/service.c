#include "service.h"

#include "base/text.h"

#include <string.h>

#define FIELD_MOST 255

const struct service *service_find(const struct catalogue *catalogue, const char *code)
{
    for (size_t i = 0; i < catalogue->n_services; i++) {
        if (text_equal(catalogue->services[i].code, code)) {
            return &catalogue->services[i];
        }
    }
    return NULL;
}

const struct service *service_find_id(const struct catalogue *catalogue, const char *id)
{
    for (size_t i = 0; i < catalogue->n_services; i++) {
        if (text_equal(catalogue->services[i].id, id)) {
            return &catalogue->services[i];
        }
    }
    return NULL;
}

bool service_is_usable(const struct service *service)
{
    return service->available && service->enabled;
}

bool service_takes(const struct service *service, const char *currency, int64_t amount)
{
    return service_is_usable(service) && text_equal(service->currency, currency) &&
           amount >= service->amount_min && amount <= service->amount_max;
}

size_t service_choices(const struct catalogue *catalogue, const char *currency, int64_t amount,
                       const struct service **ret, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < catalogue->n_services && n < most; i++) {
        if (service_takes(&catalogue->services[i], currency, amount)) {
            ret[n++] = &catalogue->services[i];
        }
    }
    return n;
}

bool service_is_test(const struct service *service)
{
    return text_equal(service->flow, "test");
}

bool service_field_holds(const struct service_field *field, const char *text)
{
    return strlen(text) <= FIELD_MOST &&
           !(field->regexp && regexec(&field->compiled, text, 0, NULL, 0));
}

bool service_takes_cards(const struct service *service)
{
    return text_equal(service->method->code, "payment_card");
}
