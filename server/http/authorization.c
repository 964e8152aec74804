#include "authorization.h"

#include "base/crypt.h"

#include <string.h>
#include <strings.h>

#define HEADER_MOST 4096

/* Returns the credentials after the scheme's name, or NULL. */
static const char *behind_scheme(const char *header, const char *scheme)
{
    size_t length = strlen(scheme);
    if (!header || strlen(header) > HEADER_MOST || strncasecmp(header, scheme, length) != 0 ||
        header[length] != ' ') {
        return NULL;
    }
    return header + length + strspn(header + length, " ");
}

bool authorization_basic(struct arena *arena, const char *header, const char **ret_login,
                         const char **ret_password)
{
    const char *value = behind_scheme(header, "Basic");
    buf_auto decoded = {0};
    if (!value || !crypt_base64_decode(value, &decoded) ||
        strlen(buf_str(&decoded)) != decoded.size) {
        return false;
    }
    const char *colon = strchr(buf_str(&decoded), ':');
    if (!colon) {
        return false;
    }
    *ret_login = arena_copy(arena, decoded.data, (size_t)(colon - decoded.data));
    *ret_password = arena_strdup(arena, colon + 1);
    return true;
}

const char *authorization_bearer(const char *header)
{
    const char *token = behind_scheme(header, "Bearer");
    return token && *token ? token : NULL;
}
