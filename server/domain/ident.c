#include "ident.h"

#include <stdio.h>
#include <string.h>

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static void write_id(const uint8_t digest[32], const char *prefix, char ret_id[IDENT_TEXT])
{
    unsigned __int128 number;
    memcpy(&number, digest, sizeof number);
    int at = snprintf(ret_id, IDENT_TEXT - IDENT_SERIAL, "%s_", prefix);
    for (int i = 0; i < IDENT_SERIAL; i++) {
        ret_id[at + i] = base62[number % 62];
        number /= 62;
    }
    ret_id[at + IDENT_SERIAL] = '\0';
}

static void next_digest(struct ident_source *source, uint8_t ret_digest[32])
{
    uint64_t count = source->counter++;
    crypt_hmac(source->key, &count, sizeof count, ret_digest);
}

void ident_next(struct ident_source *source, const char *prefix, char ret_id[IDENT_TEXT])
{
    uint8_t digest[32];
    next_digest(source, digest);
    write_id(digest, prefix, ret_id);
}

void ident_next_uuid(struct ident_source *source, char ret_uuid[IDENT_UUID])
{
    uint8_t d[32];
    next_digest(source, d);
    d[6] = (uint8_t)((d[6] & 0x0f) | 0x40);
    d[8] = (uint8_t)((d[8] & 0x3f) | 0x80);
    snprintf(ret_uuid, IDENT_UUID, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", d[0], d[1],
             d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11], d[12], d[13], d[14], d[15]);
}

void ident_next_secret(struct ident_source *source, char *ret_text, int length)
{
    static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t digest[32];
    for (int i = 0; i < length; i++) {
        if (i % 32 == 0) {
            next_digest(source, digest);
        }
        ret_text[i] = base64url[digest[i % 32] & 63];
    }
    ret_text[length] = '\0';
}

void ident_derived(const uint8_t key[CRYPT_KEY_SIZE], const char *prefix, const char *text, char ret_id[IDENT_TEXT])
{
    buf_auto input = {0};
    buf_printf(&input, "%s:%s", prefix, text);
    uint8_t digest[32];
    crypt_hmac(key, input.data, input.size, digest);
    write_id(digest, prefix, ret_id);
}

/* Half a serial: 8 characters as a number below 62^8. */
#define HALF_CHARS 8
#define HALF_RANGE ((uint64_t)218340105584896)
#define ROUNDS 4

static bool read_half(const char *text, uint64_t *ret_half)
{
    uint64_t half = 0;
    for (int i = 0; i < HALF_CHARS; i++) {
        const char *digit = text[i] ? strchr(base62, text[i]) : NULL;
        if (!digit) {
            return false;
        }
        half = half * 62 + (uint64_t)(digit - base62);
    }
    *ret_half = half;
    return true;
}

static void write_half(uint64_t half, char *ret_text)
{
    for (int i = HALF_CHARS - 1; i >= 0; i--) {
        ret_text[i] = base62[half % 62];
        half /= 62;
    }
}

static uint64_t round_value(const uint8_t key[CRYPT_KEY_SIZE], uint64_t round, uint64_t half)
{
    uint64_t input[2] = {round, half}, value;
    uint8_t digest[32];
    crypt_hmac(key, input, sizeof input, digest);
    memcpy(&value, digest, sizeof value);
    return value % HALF_RANGE;
}

/* A Feistel network over the two halves of the serial; `back` runs it the other way. */
static bool encipher(const uint8_t key[CRYPT_KEY_SIZE], const char *id, const char *prefix, bool back,
                     char ret_id[IDENT_TEXT])
{
    uint64_t left, right;
    if (!read_half(ident_serial(id), &left) || !read_half(ident_serial(id) + HALF_CHARS, &right)) {
        return false;
    }
    for (uint64_t i = 0; i < ROUNDS; i++) {
        if (back) {
            uint64_t value = round_value(key, ROUNDS - 1 - i, left);
            uint64_t old = (right + HALF_RANGE - value) % HALF_RANGE;
            right = left;
            left = old;
        } else {
            uint64_t value = round_value(key, i, right);
            uint64_t new = (left + value) % HALF_RANGE;
            left = right;
            right = new;
        }
    }
    int at = snprintf(ret_id, IDENT_TEXT - IDENT_SERIAL, "%s_", prefix);
    write_half(left, ret_id + at);
    write_half(right, ret_id + at + HALF_CHARS);
    ret_id[at + IDENT_SERIAL] = '\0';
    return true;
}

bool ident_session(const uint8_t key[CRYPT_KEY_SIZE], const char *invoice_id, char ret_session[IDENT_TEXT])
{
    return ident_has_form(invoice_id, "cpi") && encipher(key, invoice_id, "cgi", false, ret_session);
}

bool ident_invoice_of_session(const uint8_t key[CRYPT_KEY_SIZE], const char *session, char ret_invoice_id[IDENT_TEXT])
{
    return ident_has_form(session, "cgi") && encipher(key, session, "cpi", true, ret_invoice_id);
}

bool ident_has_form(const char *text, const char *prefix)
{
    size_t at = strlen(prefix);
    return strncmp(text, prefix, at) == 0 && text[at] == '_' && strspn(text + at + 1, base62) == IDENT_SERIAL &&
           text[at + 1 + IDENT_SERIAL] == '\0';
}

const char *ident_serial(const char *id)
{
    const char *bar = strchr(id, '_');
    return bar ? bar + 1 : id;
}
