/* Shared by config.c (the table of options), config_read.c (command line), config_environment.c and
 * about.c. Included by nothing else. */
#pragma once

#include "base/nearest.h"
#include "config.h"

#include <stddef.h>
#include <stdio.h>

struct option {
    const char *name;     /* without "--" */
    const char *argument; /* NULL: a flag */
    size_t offset;        /* into struct config, for readers used by several options */
    const char *fallback; /* the default, read like a given value; NULL: none */
    const char *help;     /* NULL: not in --help, and no environment variable */
    /* Returns NULL, or why the value is refused. */
    const char *(*read)(const struct option *option, const char *value, struct config *config);
    int64_t most; /* ms, of a duration; 0: any */
};

extern const struct option config_options[];
extern const size_t config_options_count;

/* What other programs call an option. */
extern const struct nearest_alias config_aliases[];
extern const size_t config_aliases_count;

/* Prints one line on stderr, even if a value has control characters. */
enum config_result config_refuse(const char *what, const char *reason);

/* Reads the value of an option, called `what`; prints why it is refused. */
enum config_result config_take(const struct option *option, const char *what, const char *value,
                               struct config *config);

/* config_environment.c: MILKYPAY_PUBLIC_URL for public-url. */
const char *config_variable(const struct option *option);

/* config_environment.c: reads options that the command line did not set. Empty variables are
 * ignored, because compose files often set them. Prints every refusal. */
enum config_result config_read_environment(const bool *given, struct config *config);

/*
 * about.c, for --version: writes "milkypay-mock VERSION", "commit HASH" ("commit unknown" if built
 * without git and without a release's server/commit.txt), and a line for each library. Its version
 * is that of the loaded library, which may differ from the one at build time.
 */
void about_print(FILE *out);
