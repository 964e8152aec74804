/* Files that are compiled into the program: fixtures, schema, pages. Their names are their paths in
 * the source tree, or in the build's when they are made there. */
#pragma once

#include <stddef.h>

struct embedded_file {
    const char *name; /* "fixtures/default.json" */
    const char *data; /* a NUL stands behind the last byte */
    size_t size;
    const char *etag; /* of the bytes, with its quotes, as in the header ETag */
};

extern const struct embedded_file embedded_files[];
extern const size_t embedded_count;

/* NULL when there is no such file. */
const struct embedded_file *embedded_find(const char *name);
