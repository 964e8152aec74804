#include "token.h"

#include "domain/ident.h"

#include <stdio.h>
#include <string.h>

#define SIGNATURE_SIZE 512
#define TOKEN_TEXT 1024

void token_sign(const uint8_t key[CRYPT_KEY_SIZE], const char *input, size_t size,
                char ret_text[TOKEN_SIGNATURE + 1])
{
    uint8_t mac[SIGNATURE_SIZE];
    buf_auto text = {0};
    crypt_mac_long(key, input, size, mac, sizeof mac);
    crypt_base64url(&text, mac, sizeof mac);
    memcpy(ret_text, text.data, TOKEN_SIGNATURE + 1);
}

/* The claims are ours alone to write, so their form is fixed: {"sid":"cgi_..","exp":123}. */
bool token_read(const char *token, char ret_session[TOKEN_SESSION], int64_t *ret_expires_s)
{
    const char *claims = strchr(token, '.');
    const char *end = claims ? strchr(claims + 1, '.') : NULL;
    char part[256];
    long long expires_s;
    int read = 0;
    buf_auto text = {0};
    if (!end || (size_t)(end - claims - 1) >= sizeof part) {
        return false;
    }
    snprintf(part, sizeof part, "%.*s", (int)(end - claims - 1), claims + 1);
    bool good = crypt_base64_decode(part, &text) &&
                sscanf(buf_str(&text), "{\"sid\":\"%63[A-Za-z0-9_]\",\"exp\":%lld}%n", ret_session,
                       &expires_s, &read) == 2 &&
                (size_t)read == text.size;
    *ret_expires_s = good ? expires_s : 0;
    return good;
}

static void compose(struct buf *out, const uint8_t key[CRYPT_KEY_SIZE], const char *session,
                    int64_t expires_s)
{
    static const char header[] = "{\"typ\":\"JWT\",\"alg\":\"RS512\"}";
    char claims[128];
    int size = snprintf(claims, sizeof claims, "{\"sid\":\"%s\",\"exp\":%lld}", session,
                        (long long)expires_s);
    size_t from = out->size;
    crypt_base64url(out, header, sizeof header - 1);
    buf_char(out, '.');
    crypt_base64url(out, claims, (size_t)size);
    char signature[TOKEN_SIGNATURE + 1];
    token_sign(key, out->data + from, out->size - from, signature);
    buf_char(out, '.');
    buf_add(out, signature, TOKEN_SIGNATURE);
}

/* A creation writes the same token twice, into its answer and into its callback: the last one is
 * remembered. */
void token_write(struct buf *out, const uint8_t key[CRYPT_KEY_SIZE], const char *session,
                 int64_t expires_s)
{
    static struct {
        char session[IDENT_TEXT], text[TOKEN_TEXT];
        int64_t expires_s;
        const uint8_t *key;
        size_t size;
    } last;
    if (last.key != key || last.expires_s != expires_s || strcmp(last.session, session) != 0) {
        buf_auto token = {0};
        compose(&token, key, session, expires_s);
        if (token.size >= sizeof last.text || strlen(session) >= sizeof last.session) {
            buf_add(out, token.data, token.size);
            return;
        }
        memcpy(last.text, token.data, token.size);
        memcpy(last.session, session, strlen(session) + 1);
        last.size = token.size;
        last.key = key;
        last.expires_s = expires_s;
    }
    buf_add(out, last.text, last.size);
}
