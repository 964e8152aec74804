/* What config.c (the table of options) and config_read.c (command line and environment) share.
 * Nobody else includes this. */
#pragma once

#include "config.h"

#include <stddef.h>

struct option {
    const char *name;     /* without "--" */
    const char *argument; /* NULL: a flag */
    size_t offset;        /* into struct config, for the readers that serve several options */
    const char *fallback; /* read like a value that was given, NULL: none */
    const char *help;     /* NULL: not in --help, and no environment variable */
    /* NULL, or the reason why the value is refused */
    const char *(*read)(const struct option *option, const char *value, struct config *config);
};

extern const struct option config_options[];
extern const size_t config_options_count;
