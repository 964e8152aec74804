#include "token.h"

#include <stdio.h>
#include <string.h>

#define SIGNATURE_SIZE 512

void token_write(struct buf *out, const uint8_t key[CRYPT_KEY_SIZE], const char *session, int64_t expires_s)
{
    static const char header[] = "{\"typ\":\"JWT\",\"alg\":\"RS512\"}";
    char claims[128];
    int size = snprintf(claims, sizeof claims, "{\"sid\":\"%s\",\"exp\":%lld}", session, (long long)expires_s);
    size_t from = out->size;
    crypt_base64url(out, header, sizeof header - 1);
    buf_char(out, '.');
    crypt_base64url(out, claims, (size_t)size);
    uint8_t signature[SIGNATURE_SIZE];
    crypt_mac_long(key, out->data + from, out->size - from, signature, sizeof signature);
    buf_char(out, '.');
    crypt_base64url(out, signature, sizeof signature);
}
