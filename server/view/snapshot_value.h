/* One value of a row as JSON, both ways, by its kind. For the tables of snapshot_row.c alone. */
#pragma once

#include "view/snapshot_row.h"

/* Writes a value of the row as a member of the object that is open. */
void value_write(struct json_out *out, const struct row_field *field, const void *row);

/* Reads a value (NULL: absent) into the row; returns what is wrong with it, or NULL. */
const char *value_read(const struct row_reader *reader, const struct row_field *field,
                       const json_t *value, void *row);
