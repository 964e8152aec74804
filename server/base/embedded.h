/* Files compiled into the program: fixtures, schema, pages. Their names are their paths in the
 * source tree, or in the build directory if generated. */
#pragma once

#include <stddef.h>

struct embedded_file {
    const char *name; /* "fixtures/default.json" */
    const char *data; /* followed by a NUL */
    size_t size;
    const char *etag; /* with its quotes, as in the ETag header */
};

extern const struct embedded_file embedded_files[];
extern const size_t embedded_count;

/* Returns NULL if there is no such file. */
const struct embedded_file *embedded_find(const char *name);
