#include "envelope.h"

#include <stdbool.h>

#define ATTRIBUTES "/data/attributes"

json_t *envelope_attributes(json_t *body)
{
    json_t *data = json_object_get(body, "data");
    json_t *attributes = json_object_get(data, "attributes");
    return json_is_object(attributes) ? attributes : json_is_object(data) ? data : body;
}

const char *envelope_pointer(const json_t *body, const char *field)
{
    const json_t *data = json_object_get(body, "data");
    const json_t *attributes = json_object_get(data, "attributes");
    if (!json_is_object(data)) {
        return body ? "" : ATTRIBUTES;
    }
    bool beside = json_object_get(data, field) && !json_object_get(attributes, field);
    return json_is_object(attributes) && !beside ? ATTRIBUTES : "/data";
}
