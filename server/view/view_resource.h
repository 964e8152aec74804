/* The parts that all JSON:API resources of the platform have (P319, P459). */
#pragma once

#include "wire/json_out.h"

/* "name":{"data":{"type":..,"id":..}}, a member of "relationships"; "data" is null when `id` is
 * NULL */
void view_relationship(struct json_out *out, const char *name, const char *type, const char *id);

/* "resolution", which the public API shows in upper case (P858, P859). */
void view_public_resolution(struct json_out *out, const char *resolution);

/* "links":{"self":PATH + id}; the path is in JSON's spelling already:
 * "\\/api\\/payment-services\\/". */
void view_self_link(struct json_out *out, const char *path, const char *id);
