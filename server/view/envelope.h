/*
 * The envelope of the private API's bodies: {"data":{"type":..,"attributes":{..}}}. Parts of it may
 * be missing, down to a flat body.
 */
#pragma once

#include <jansson.h>

/* The object that holds the fields: data.attributes, data, or the body itself. Borrowed. */
json_t *envelope_attributes(json_t *body);

/*
 * The JSON pointer to the object that a field belongs to: "/data/attributes" (also without a body),
 * "/data" or "". A field that is in `data` only, like the `id` of a resource, belongs to "/data".
 */
const char *envelope_pointer(const json_t *body, const char *field);
