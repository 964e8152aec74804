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
    if (catalogue->base) {
        return; /* it has the methods of its base */
    }
    catalogue->method_codes = sorted_rows(arena, methods, catalogue->n_methods, sizeof *methods,
                                          offsetof(struct payment_method, code));
}

size_t catalogue_size(const struct catalogue *catalogue)
{
    return catalogue->base ? catalogue->base->n_services + catalogue->n_added
                           : catalogue->n_services;
}

/* A service of the base, or what replaces it. */
static const struct service *changed(const struct catalogue *catalogue,
                                     const struct service *service)
{
    const struct service *own = service ? sorted_find(&catalogue->codes, service->code) : NULL;
    return own ? own : service;
}

const struct service *catalogue_at(const struct catalogue *catalogue, size_t place)
{
    const struct catalogue *base = catalogue->base;
    if (!base) {
        return &catalogue->services[place];
    }
    return place < base->n_services ? changed(catalogue, &base->services[place])
                                    : &catalogue->services[place - base->n_services];
}

const struct service *service_find(const struct catalogue *catalogue, const char *code)
{
    const struct service *own = sorted_find(&catalogue->codes, code);
    return own || !catalogue->base ? own : service_find(catalogue->base, code);
}

const struct service *service_find_id(const struct catalogue *catalogue, const char *id)
{
    const struct service *own = sorted_find(&catalogue->ids, id);
    if (own || !catalogue->base) {
        return own;
    }
    const struct service *service = service_find_id(catalogue->base, id);
    return changed(catalogue, service) == service ? service : NULL; /* it has another id now */
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

bool service_charges_cards(const struct service *service)
{
    static const char *const methods[] = {"payment_card", "applepay", "googlepay", NULL};
    return text_index(methods, service->method->code) >= 0;
}
