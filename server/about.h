/* The output of `--version`. */
#pragma once

#include <stdio.h>

/*
 * Writes "milkypay-mock VERSION", "commit HASH" ("commit unknown" if built without git and without
 * a release's server/commit.txt), and a line for each library. Its version is that of the loaded
 * library, which may differ from the one at build time.
 */
void about_print(FILE *out);
