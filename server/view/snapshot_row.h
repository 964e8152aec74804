/*
 * The rows of a snapshot's file as JSON, read and written by the tables of domain/row.h. Reading
 * checks each value by itself; the caller checks that they are consistent. A field without a name
 * in the file follows from others.
 */
#pragma once

#include "domain/invoice.h"
#include "domain/resolution.h"
#include "domain/row.h"
#include "wire/json_out.h"
#include "wire/json_read.h"

/* Writes a row as members of the object that is open. */
void row_write(struct json_out *out, const struct row_table *table, const void *row);

struct row_reader {
    const struct resolution_set *resolutions;
    struct json_errors *errors; /* its arena gets the texts */
};

/* Reads an object into a zeroed struct. Names that are not in the table are errors. Errors come
 * under `path`, "invoices[3]". Returns true if there are no errors so far. */
bool row_read(const struct row_reader *reader, const struct row_table *table, const char *path,
              const json_t *object, void *ret_row);
