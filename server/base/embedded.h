/* Files compiled into the program: fixtures, schema, pages. Their names are their paths in the
 * source tree, or in the build directory if generated. */
#pragma once

#include <stddef.h>

struct embedded_file {
    const char *name; /* "fixtures/default.json" */
    const char *data; /* followed by a NUL */
    size_t size;
    const char *etag; /* with its quotes, as in the ETag header */
    const char *gz;   /* the same in gzip; NULL: browsers do not load it */
    size_t gz_size;
};

extern const struct embedded_file embedded_files[];
extern const size_t embedded_count;

/* Differs between builds whose assets differ. */
extern const char embedded_assets_version[];

/* Returns NULL if there is no such file. */
const struct embedded_file *embedded_find(const char *name);
