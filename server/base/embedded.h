/* Files that are compiled into the program: fixtures, schema, pages. Their names are their paths in
 * the source tree. */
#pragma once

#include <stddef.h>

struct embedded_file {
    const char *name; /* "fixtures/default.json" */
    const char *data; /* a NUL stands behind the last byte */
    size_t size;
};

extern const struct embedded_file embedded_files[];
extern const size_t embedded_count;

/* NULL when there is no such file. */
const struct embedded_file *embedded_find(const char *name);
