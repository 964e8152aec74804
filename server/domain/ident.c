#include "ident.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const char base62[] = TEXT_DIGITS TEXT_LETTERS;

/* The value of a character in base62; -1 if it is not in it. */
static int value62(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'Z' ? c - 'A' + 10
           : c >= 'a' && c <= 'z' ? c - 'a' + 36
                                  : -1;
}

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

/* Version 4 form. */
static void write_uuid(uint8_t d[32], char ret_uuid[IDENT_UUID])
{
    static const char hex[] = "0123456789abcdef", form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    d[6] = (uint8_t)((d[6] & 0x0f) | 0x40);
    d[8] = (uint8_t)((d[8] & 0x3f) | 0x80);
    for (size_t at = 0, digit = 0; at < sizeof form; at++) {
        bool high = digit % 2 == 0;
        ret_uuid[at] =
            form[at] == 'x' ? hex[high ? d[digit / 2] >> 4 : d[digit / 2] & 15] : form[at];
        digit += form[at] == 'x';
    }
}

void ident_next_uuid(struct ident_source *source, char ret_uuid[IDENT_UUID])
{
    uint8_t digest[32];
    next_digest(source, digest);
    write_uuid(digest, ret_uuid);
}

void ident_next_secret(struct ident_source *source, char *ret_text, int length)
{
    static const char base64url[] = TEXT_LETTERS TEXT_DIGITS "-_";
    uint8_t digest[32];
    for (int i = 0; i < length; i++) {
        if (i % 32 == 0) {
            next_digest(source, digest);
        }
        ret_text[i] = base64url[digest[i % 32] & 63];
    }
    ret_text[length] = '\0';
}

static void derive(const uint8_t key[CRYPT_KEY_SIZE], const char *prefix, const char *text,
                   uint8_t ret_digest[32])
{
    buf_auto input = {0};
    buf_printf(&input, "%s:%s", prefix, text);
    crypt_hmac(key, input.data, input.size, ret_digest);
}

void ident_derived(const uint8_t key[CRYPT_KEY_SIZE], const char *prefix, const char *text,
                   char ret_id[IDENT_TEXT])
{
    uint8_t digest[32];
    derive(key, prefix, text, digest);
    write_id(digest, prefix, ret_id);
}

void ident_derived_uuid(const uint8_t key[CRYPT_KEY_SIZE], const char *prefix, const char *text,
                        char ret_uuid[IDENT_UUID])
{
    uint8_t digest[32];
    derive(key, prefix, text, digest);
    write_uuid(digest, ret_uuid);
}

void ident_derived_long(const uint8_t key[CRYPT_KEY_SIZE], const char *prefix, const char *text,
                        char ret_id[IDENT_TEXT])
{
    uint8_t digest[32];
    derive(key, prefix, text, digest);
    int at = snprintf(ret_id, IDENT_TEXT - IDENT_LONG_SERIAL, "%s_", prefix);
    for (int i = 0; i < IDENT_LONG_SERIAL; i++) {
        ret_id[at + i] = base62[digest[i] % 62];
    }
    ret_id[at + IDENT_LONG_SERIAL] = '\0';
}

void ident_digits(const uint8_t key[CRYPT_KEY_SIZE], const char *prefix, const char *text,
                  char ret_digits[IDENT_DIGITS])
{
    uint8_t digest[32];
    uint32_t number;
    derive(key, prefix, text, digest);
    memcpy(&number, digest, sizeof number);
    snprintf(ret_digits, IDENT_DIGITS, "%08u", number % 100000000u);
}

/* Half a serial: 8 characters as a number below 62^8. */
#define HALF_CHARS 8
#define HALF_RANGE ((uint64_t)218340105584896)
#define ROUNDS 4

/* Of a serial that has the form of one. */
static uint64_t read_half(const char *text)
{
    uint64_t half = 0;
    for (int i = 0; i < HALF_CHARS; i++) {
        half = half * 62 + (uint64_t)value62(text[i]);
    }
    return half;
}

static void write_half(uint64_t half, char *ret_text)
{
    for (int i = HALF_CHARS - 1; i >= 0; i--) {
        ret_text[i] = base62[half % 62];
        half /= 62;
    }
}

static uint64_t round_value(struct crypt_block *block, uint64_t round, uint64_t half)
{
    const uint64_t input[2] = {round, half};
    uint64_t output[2];
    crypt_block_run(block, (const uint8_t *)input, (uint8_t *)output);
    return output[0] % HALF_RANGE;
}

/* The right half before enciphering: the prefix, so that an id of one kind is never valid for
 * another. */
static uint64_t tag_of(const char *prefix)
{
    return (uint64_t)prefix[0] << 16 | (uint64_t)prefix[1] << 8 | (uint64_t)prefix[2];
}

/* A Feistel network over the two halves of the serial. */
void ident_of_row(struct crypt_block *block, const char *prefix, int64_t number,
                  char ret_id[IDENT_TEXT])
{
    uint64_t left = (uint64_t)number, right = tag_of(prefix);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        uint64_t sum = (left + round_value(block, i, right)) % HALF_RANGE;
        left = right;
        right = sum;
    }
    char *serial = ret_id + snprintf(ret_id, IDENT_TEXT - IDENT_SERIAL, "%s_", prefix);
    write_half(left, serial);
    write_half(right, serial + HALF_CHARS);
    serial[IDENT_SERIAL] = '\0';
}

bool ident_to_row(struct crypt_block *block, const char *prefix, const char *id,
                  int64_t *ret_number)
{
    if (!ident_has_form(id, prefix)) {
        return false;
    }
    const char *serial = ident_serial(id);
    uint64_t left = read_half(serial), right = read_half(serial + HALF_CHARS);
    for (uint64_t i = ROUNDS; i-- > 0;) {
        uint64_t before = (right + HALF_RANGE - round_value(block, i, left)) % HALF_RANGE;
        right = left;
        left = before;
    }
    *ret_number = (int64_t)left;
    return right == tag_of(prefix) && left > 0;
}

void ident_number(const char *prefix, int64_t number, char ret_id[IDENT_TEXT])
{
    snprintf(ret_id, IDENT_TEXT, "%s_%lld", prefix, (long long)number);
}

bool ident_number_read(const char *prefix, const char *id, int64_t *ret_number)
{
    size_t at = strlen(prefix);
    return text_starts(id, prefix) && id[at] == '_' && text_to_int(id + at + 1, ret_number) &&
           *ret_number > 0;
}

bool ident_has_form(const char *text, const char *prefix)
{
    size_t at = strlen(prefix), n = 0;
    if (strncmp(text, prefix, at) != 0 || text[at] != '_') {
        return false;
    }
    const char *serial = text + at + 1;
    while (value62(serial[n]) >= 0) {
        n++;
    }
    return n == IDENT_SERIAL && serial[n] == '\0';
}

const char *ident_serial(const char *id)
{
    const char *bar = strchr(id, '_');
    return bar ? bar + 1 : id;
}
