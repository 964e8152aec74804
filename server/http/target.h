/*
 * The request target as the client sent it, split into path and query. libmicrohttpd passes decoded
 * text, in which "%2F" and "/" are the same; this reads the raw target.
 */
#pragma once

#include "base/mem.h"

#include <stdbool.h>

#define TARGET_MOST 8192 /* bytes; longer ones are refused */

/*
 * Splits "/a/b%5B/?x=1". `ret_path` is decoded and has no trailing slashes ("/" stays); `ret_query`
 * is the raw text after '?', "" if there is none. Malformed escapes are kept. An absolute URI is
 * accepted and its path used. Returns false if the path does not start with '/', is not UTF-8, or
 * contains an escaped NUL or '/'.
 */
bool target_split(struct arena *arena, const char *target, const char **ret_path,
                  const char **ret_query);

/* Returns the part of an absolute-form target after its authority; other targets unchanged. */
const char *target_without_authority(const char *target);

/*
 * Matches a path against a pattern such as "/payment-invoices/{id}/refund": a name in braces
 * matches any one segment. The matched segments go to `ret_params` (at most `most`) in order.
 */
bool target_match(struct arena *arena, const char *path, const char *pattern,
                  const char **ret_params, size_t most);

/*
 * Returns true if there is a path that matches the pattern and the glob, in which `*` is any text,
 * slashes too. The pattern has at most TARGET_PATTERN_MOST bytes.
 */
bool target_may_match(const char *glob, const char *pattern);
#define TARGET_PATTERN_MOST 63

/* Returns true if the path is `prefix` or below it. */
bool target_is_under(const char *path, const char *prefix);
