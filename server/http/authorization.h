/* The Authorization header. */
#pragma once

#include "base/mem.h"

#include <stdbool.h>

/* Parses "Basic base64(login:password)"; the first ':' separates them. Returns false for another
 * scheme or a malformed value. */
bool authorization_basic(struct arena *arena, const char *header, const char **ret_login,
                         const char **ret_password);

/* Returns the token of "Bearer TOKEN"; NULL for another scheme. */
const char *authorization_bearer(const char *header);
