/* `milkypay-mock healthcheck [URL]`: checks that a server is up, for images without curl. */
#pragma once

/*
 * Sends GET {url}/_mock/health, with a timeout of 2 s. Without a URL, uses the address of
 * MILKYPAY_LISTEN, else the default. Prints one line. Returns the exit status: 0 if the response is
 * a 200, else 1.
 */
int healthcheck_run(const char *url);
