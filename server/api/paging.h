/* The `page[...]` parameters of lists. */
#pragma once

#include "call/call.h"

/*
 * Reads page[name], a whole number from 1; above `most` it counts as `most`. Absent: *value stays.
 * An error goes into the list under "page[name]".
 */
void paging_read_int(struct http_request *request, const char *name, int64_t most, int64_t *value,
                     struct json_errors *errors);

/* A member of a query's map, e.g. filter[status]; NULL when absent or no plain value. */
const char *paging_member(struct http_request *request, const char *map, const char *name);
