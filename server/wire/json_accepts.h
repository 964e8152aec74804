/* What a field takes, in words: from the same tables that json_read.h reads by. */
#pragma once

#include "wire/json_read.h"

/* The row of a dotted path ("customer.address.city"); NULL when the tables have none. */
const struct json_field *json_field_at(const struct json_field *fields, size_t n, const char *path);

/* "one of charge, verify", "text, at most 255 characters". In the arena or static. */
const char *json_accepts(struct arena *arena, const struct json_field *field);
