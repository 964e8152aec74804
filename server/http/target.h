/*
 * The request target as the client sent it, split into path and query. libmicrohttpd hands over
 * decoded text, in which
 * "%2F" and "/" look alike; this reads the raw one.
 */
#pragma once

#include "base/mem.h"

#include <jansson.h>
#include <stdbool.h>

#define TARGET_MOST 8192 /* bytes; longer ones are refused */

/*
 * Splits "/a/b%5B/?x=1". `ret_path` is decoded and without trailing slashes ("/" stays);
 * `ret_query` is the raw text behind '?', "" when there is none. A broken escape stays as it is.
 * False when a NUL or a '/' hides behind one, or when it is no path (an absolute URI is: its path
 * counts) or no UTF-8.
 */
bool target_split(struct arena *arena, const char *target, const char **ret_path,
                  const char **ret_query);

/* The part of an absolute-form target behind its authority; others as they are. */
const char *target_without_authority(const char *target);

/*
 * Matches a path against a pattern such as "/payment-invoices/{id}/refund": segments in braces
 * match any one segment. Puts what they matched into `ret_params` (of `most`) in order.
 */
bool target_match(struct arena *arena, const char *path, const char *pattern,
                  const char **ret_params, size_t most);

/* The path is `prefix`, or below it. */
bool target_is_under(const char *path, const char *prefix);
