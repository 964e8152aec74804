/* Reads any text as an Authorization header, and as base64. */
#include "fuzz.h"

#include "base/crypt.h"
#include "call/call.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    const char *header = arena_copy(&arena, data, size), *login = NULL, *password = NULL;
    const char *token = authorization_bearer(header);
    PROMISE(!token || (*token && strstr(header, token)));
    if (authorization_basic(&arena, header, &login, &password)) {
        PROMISE(!strchr(login, ':') && !token);
        PROMISE(strlen(login) + strlen(password) < strlen(header));
    }
    buf_auto decoded = {0}, encoded = {0}, again = {0};
    if (crypt_base64_decode(header, &decoded)) {
        crypt_base64url(&encoded, decoded.data, decoded.size);
        PROMISE(crypt_base64_decode(buf_str(&encoded), &again));
        PROMISE(again.size == decoded.size &&
                (!again.size || memcmp(again.data, decoded.data, again.size) == 0));
    }
    arena_finish(&arena);
    return 0;
}
