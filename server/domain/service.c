#include "service.h"

#include "base/text.h"

#include <string.h>

#define FIELD_MOST 255

void catalogue_sort(struct arena *arena, struct catalogue *catalogue)
{
    const struct service *services = catalogue->services;
    const struct payment_method *methods = catalogue->methods;
    size_t n = catalogue->n_services;
    catalogue->codes =
        sorted_rows(arena, services, n, sizeof *services, offsetof(struct service, code));
    catalogue->ids =
        sorted_rows(arena, services, n, sizeof *services, offsetof(struct service, id));
    catalogue->method_codes = sorted_rows(arena, methods, catalogue->n_methods, sizeof *methods,
                                          offsetof(struct payment_method, code));
}

const struct service *service_find(const struct catalogue *catalogue, const char *code)
{
    return sorted_find(&catalogue->codes, code);
}

const struct service *service_find_id(const struct catalogue *catalogue, const char *id)
{
    return sorted_find(&catalogue->ids, id);
}

const struct payment_method *method_find(const struct catalogue *catalogue, const char *code)
{
    return sorted_find(&catalogue->method_codes, code);
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

bool service_is_for_tests(const struct service *service)
{
    return service_is_test(service) || text_equal(service->method->code, "test");
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
