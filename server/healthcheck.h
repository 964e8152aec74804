/* `milkypay-mock healthcheck [URL]`: checks that a server is up, for images without curl. */
#pragma once

#include "base/mem.h"

/*
 * Sends GET {url}/_mock/health, with a timeout of 2 s. Without a URL, uses the address of
 * MILKYPAY_LISTEN, else the default. Prints one line. Returns the exit status: 0 if the response is
 * a 200, 1 if not, 2 if the arguments are wrong.
 */
int healthcheck_main(int argc, char **argv);

/* The version of the mock at this URL; waits at most a second. NULL: there is none. In the arena.
 */
const char *healthcheck_version(const char *url, struct arena *arena);
