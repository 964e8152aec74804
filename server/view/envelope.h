/*
 * The envelope of the private API's bodies: {"data":{"type":..,"attributes":{..}}}. Parts of it may
 * be missing, down to a flat body.
 */
#pragma once

#include <jansson.h>

/* The object that holds the fields: data.attributes, data, or the body itself. Borrowed. */
json_t *envelope_attributes(json_t *body);

/*
 * The JSON pointer to the object that a field belongs to: "/data/attributes" (also when there is no
 * body), "/data" or "". The `id` of a resource stands beside its attributes, so what is in `data`
 * only, belongs there.
 */
const char *envelope_pointer(const json_t *body, const char *field);
