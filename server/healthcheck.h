/* `milkypay-mock healthcheck [URL]`: asks a server whether it is up, for images that hold no curl.
 */
#pragma once

/*
 * GET {url}/_mock/health, with 2 s in all. Without a URL: the address that MILKYPAY_LISTEN names,
 * else the default one. Prints one line and returns the exit status, 0 when the answer is a 200,
 * else 1.
 */
int healthcheck_run(const char *url);
