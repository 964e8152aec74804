/* Suggests a route for a mistyped path. */
#pragma once

#include "call/call.h"

/*
 * The route nearest to a path (without query, as the client sent it): segments that differ count
 * their letters, missing and surplus ones all of theirs, another method a little. NULL when there
 * are no routes. Of a long path only the beginning counts.
 */
const struct route *route_suggest(const struct route *routes, size_t n, const char *method,
                                  const char *path);
