/* The Authorization header. */
#pragma once

#include "base/mem.h"

#include <stdbool.h>

/* "Basic base64(login:password)"; false for any other scheme or a broken value. The first ':'
 * divides. */
bool authorization_basic(struct arena *arena, const char *header, const char **ret_login,
                         const char **ret_password);

/* "Bearer TOKEN"; NULL for any other scheme. */
const char *authorization_bearer(const char *header);
