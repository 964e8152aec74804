#include "invoice_options.h"

#include "base/attr.h"
#include "wire/json_read.h"

static const struct {
    const char *name;
    size_t offset;
} known[] = {
    {OPTION_ALLOW_PARTIALLY, JSON_AT(invoice_options, allow_partially)},
    {OPTION_BYPASS_HPP, JSON_AT(invoice_options, bypass_hpp)},
    {OPTION_SEND_CONTEXT, JSON_AT(invoice_options, send_context)},
};

const char *invoice_options_text(struct arena *arena, const json_t *given,
                                 const struct invoice_options *read)
{
    if (!json_object_size(given)) {
        return NULL;
    }
    json_auto_t *options = json_copy((json_t *)given);
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        const json_t *value = json_object_get(given, known[i].name);
        bool set = *(const bool *)((const char *)read + known[i].offset);
        if (value && !json_is_null(value)) {
            json_object_set_new(options, known[i].name, json_boolean(set));
        }
    }
    return json_text(arena, options, true);
}

bool invoice_option(const char *options, const char *name, bool otherwise)
{
    json_auto_t *kept = options ? json_loads(options, 0, NULL) : NULL;
    const json_t *value = json_object_get(kept, name);
    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}
