#include "token.h"

#include "base/attr.h"
#include "base/text.h"
#include "domain/ident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RS512_BYTES 512
#define HS256_BYTES 32
#define TOKEN_TEXT 1024
#define SETS 64        /* of kept tokens; the session says which */
#define WAYS 4         /* tokens in a set */
#define PART_TEXT 256  /* of a token's header or claims, encoded */
#define LAST_BITS 0x3c /* of the last character of 512 bytes: the rest is behind the last byte */

/* Only this file writes the claims, so their form is fixed. */
static const struct form {
    const char *header, *middle; /* the claims between session and end */
    size_t signature;            /* characters of its text */
} forms[] = {
    [TOKEN_RS512] = {"{\"typ\":\"JWT\",\"alg\":\"RS512\"}", "\",\"exp\":", 683},
    [TOKEN_HS256] = {"{\"typ\":\"JWT\",\"alg\":\"HS256\"}", "\",\"expires\":null,\"exp\":", 43},
};

#define BEGINNING "{\"sid\":\""

size_t token_signature_size(enum token_form form)
{
    return forms[form].signature;
}

/* Makes the text without the bytes that it stands for: each byte of the stream is a character. */
static void write_stream(const uint8_t key[CRYPT_KEY_SIZE], const char *input, size_t size,
                         char ret_text[TOKEN_SIGNATURE_MOST + 1])
{
    static const char alphabet[] = TEXT_LETTERS TEXT_DIGITS "-_";
    uint8_t mac[HS256_BYTES], stream[TOKEN_SIGNATURE_MOST];
    crypt_hmac(key, input, size, mac);
    crypt_stream(key, mac, stream, sizeof stream);
    stream[sizeof stream - 1] &= LAST_BITS;
    for (size_t i = 0; i < sizeof stream; i++) {
        ret_text[i] = alphabet[stream[i] & 63];
    }
    ret_text[sizeof stream] = '\0';
}

void token_sign(const struct token_key *key, enum token_form form, const char *input, size_t size,
                char ret_text[TOKEN_SIGNATURE_MOST + 1])
{
    uint8_t mac[RS512_BYTES];
    buf_auto text = {0};
    if (form == TOKEN_RS512 && key->mac == TOKEN_MAC_STREAM) {
        write_stream(key->bytes, input, size, ret_text);
        return;
    }
    switch (form) {
    case TOKEN_RS512:
        crypt_kmac256(key->bytes, input, size, mac, RS512_BYTES);
        crypt_base64url(&text, mac, RS512_BYTES);
        break;
    case TOKEN_HS256:
        crypt_hmac(key->bytes, input, size, mac);
        crypt_base64url(&text, mac, HS256_BYTES);
        break;
    }
    memcpy(ret_text, text.data, text.size + 1);
}

/* Claims of one form; they must be exactly what that form writes. */
static bool read_claims(const struct form *form, const char *claims, struct token *token)
{
    char whole[PART_TEXT];
    char *rest;
    size_t middle = strlen(form->middle);
    if (sscanf(claims, BEGINNING "%63[A-Za-z0-9_]", token->session) != 1) {
        return false;
    }
    const char *at = claims + strlen(BEGINNING) + strlen(token->session);
    if (strncmp(at, form->middle, middle) != 0) {
        return false;
    }
    long long expires_s = strtoll(at + middle, &rest, 10);
    token->expires_s = expires_s;
    snprintf(whole, sizeof whole, BEGINNING "%s%s%lld}", token->session, form->middle, expires_s);
    return rest > at + middle && strcmp(whole, claims) == 0;
}

bool token_read(const char *text, struct token *ret_token)
{
    const char *claims = strchr(text, '.');
    const char *end = claims ? strchr(claims + 1, '.') : NULL;
    char part[PART_TEXT];
    buf_auto decoded = {0};
    if (!end || (size_t)(end - claims - 1) >= sizeof part) {
        return false;
    }
    snprintf(part, sizeof part, "%.*s", (int)(end - claims - 1), claims + 1);
    if (!crypt_base64_decode(part, &decoded) || strlen(buf_str(&decoded)) != decoded.size) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        struct token token = {.form = (enum token_form)i};
        if (read_claims(&forms[i], buf_str(&decoded), &token)) {
            *ret_token = token;
            return true;
        }
    }
    return false;
}

/* Writes to an empty buffer. */
static void compose(struct buf *out, const struct token_key *key, enum token_form form,
                    const char *session, int64_t expires_s)
{
    char claims[PART_TEXT], signature[TOKEN_SIGNATURE_MOST + 1];
    int size = snprintf(claims, sizeof claims, BEGINNING "%s%s%lld}", session, forms[form].middle,
                        (long long)expires_s);
    crypt_base64url(out, forms[form].header, strlen(forms[form].header));
    buf_char(out, '.');
    crypt_base64url(out, claims, (size_t)size);
    token_sign(key, form, out->data, out->size, signature);
    buf_char(out, '.');
    buf_add(out, signature, forms[form].signature);
}

/* ------------------------------------------------------------------ tokens written before */

/* An answer, its callback and the lists that show the invoice contain the same token. With one
 * place for each session, some of the twenty in a list often took the place of each other. */
static struct kept {
    char session[IDENT_TEXT], text[TOKEN_TEXT];
    int64_t expires_s;
    const struct token_key *key;
    enum token_form form;
    size_t size;
} kept[SETS][WAYS];

static struct kept *set_of(const char *session)
{
    uint32_t hash = 0;
    for (const char *p = session; *p; p++) {
        hash = hash * 31 + (unsigned char)*p;
    }
    return kept[hash % SETS];
}

/* A free place, or the next one in turn. */
static struct kept *place_in(struct kept *set)
{
    static unsigned next;
    for (size_t way = 0; way < WAYS; way++) {
        if (!set[way].key) {
            return &set[way];
        }
    }
    return &set[next++ % WAYS];
}

static const struct kept *find(const struct kept *set, const struct token_key *key,
                               enum token_form form, const char *session, int64_t expires_s)
{
    for (size_t way = 0; way < WAYS; way++) {
        const struct kept *one = &set[way];
        if (one->key == key && one->form == form && one->expires_s == expires_s &&
            strcmp(one->session, session) == 0) {
            return one;
        }
    }
    return NULL;
}

static void keep(struct kept *one, const struct buf *token, const struct token_key *key,
                 enum token_form form, const char *session, int64_t expires_s)
{
    if (token->size < sizeof one->text && strlen(session) < sizeof one->session) {
        memcpy(one->text, token->data, token->size);
        memcpy(one->session, session, strlen(session) + 1);
        one->size = token->size;
        one->key = key;
        one->form = form;
        one->expires_s = expires_s;
    }
}

void token_write(struct buf *out, const struct token_key *key, enum token_form form,
                 const char *session, int64_t expires_s)
{
    struct kept *set = set_of(session);
    const struct kept *one = find(set, key, form, session, expires_s);
    if (one) {
        buf_add(out, one->text, one->size);
        return;
    }
    buf_auto token = {0};
    compose(&token, key, form, session, expires_s);
    keep(place_in(set), &token, key, form, session, expires_s);
    buf_add(out, token.data, token.size);
}
