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
    return text_find(id, catalogue->services, catalogue->n_services, sizeof *catalogue->services);
}

bool service_is_usable(const struct service *service)
{
    return service->available && service->enabled;
}

bool service_limits_hold(const struct service *service, int64_t amount)
{
    return amount >= service->amount_min && amount <= service->amount_max;
}

bool service_is_test(const struct service *service)
{
    return text_equal(service->flow, "test");
}

bool service_field_holds(const struct service_field *field, const char *text)
{
    return text_utf8_length(text, strlen(text)) <= FIELD_MOST &&
           pattern_matches(field->pattern, text);
}

bool service_takes_cards(const struct service *service)
{
    return text_equal(service->method->code, "payment_card");
}
