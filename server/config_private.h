/* Shared by config.c (the table of options) and config_read.c (command line and environment).
 * Included by nothing else. */
#pragma once

#include "config.h"

#include <stddef.h>

struct option {
    const char *name;     /* without "--" */
    const char *argument; /* NULL: a flag */
    size_t offset;        /* into struct config, for readers used by several options */
    const char *fallback; /* the default, read like a given value; NULL: none */
    const char *help;     /* NULL: not in --help, and no environment variable */
    /* Returns NULL, or why the value is refused. */
    const char *(*read)(const struct option *option, const char *value, struct config *config);
};

extern const struct option config_options[];
extern const size_t config_options_count;
