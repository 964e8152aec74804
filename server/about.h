/* What this program is and what it runs with, for `--version`. */
#pragma once

#include <stdio.h>

/*
 * Writes "milkypay-mock VERSION", "commit HASH" (or "commit unknown" of sources without git and
 * without a release's server/commit.txt), and a line for each library with the version that is
 * loaded, which need not be the one that the program was built with.
 */
void about_print(FILE *out);
