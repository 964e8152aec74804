/* Decodes the characters of each format. */
#include "mask_scan.h"

#include "base/text.h"

/* Reads a number of up to `most` digits in a base from `at` on. Returns their end, or `at` if there
 * are none. */
static size_t read_number(const char *data, size_t at, size_t end, size_t most, unsigned base,
                          unsigned *ret_n)
{
    unsigned n = 0;
    size_t stop = at;
    for (; stop < end && stop - at < most; stop++) {
        int digit = text_hex_digit(data[stop]);
        if (digit < 0 || digit >= (int)base) {
            break;
        }
        n = n * base + (unsigned)digit;
    }
    *ret_n = n;
    return stop;
}

static char in_ascii(unsigned code)
{
    return code < 0x80 ? (char)code : '\x80';
}

static size_t decode_escaped(const char *data, size_t at, size_t end, char *ret_c)
{
    unsigned code;
    if (end - at < 2) {
        return 1;
    }
    if (data[at + 1] != 'u') {
        *ret_c =
            data[at + 1] == '"' || data[at + 1] == '/' || data[at + 1] == '\\' ? data[at + 1] : ' ';
        return 2;
    }
    size_t stop = read_number(data, at + 2, end, 4, 16, &code);
    *ret_c = in_ascii(code);
    return stop - at;
}

static size_t decode_entity(const char *data, size_t at, size_t end, char *ret_c)
{
    unsigned code;
    if (end - at < 4 || data[at + 1] != '#') {
        return 1;
    }
    bool hex = data[at + 2] == 'x' || data[at + 2] == 'X';
    size_t first = at + 2 + hex, stop = read_number(data, first, end, 7, hex ? 16 : 10, &code);
    if (stop == first || stop == end || data[stop] != ';') {
        return 1;
    }
    *ret_c = in_ascii(code);
    return stop + 1 - at;
}

size_t mask_decode_escape(enum mask_coding coding, const char *data, size_t at, size_t end,
                          char *ret_c)
{
    unsigned code;
    char c = data[at];
    *ret_c = in_ascii((unsigned char)c);
    if (coding == MASK_ESCAPED && c == '\\') {
        return decode_escaped(data, at, end, ret_c);
    }
    if (coding == MASK_ENTITY && c == '&') {
        return decode_entity(data, at, end, ret_c);
    }
    if (coding == MASK_PERCENT && c == '+') {
        *ret_c = ' ';
    } else if (coding == MASK_PERCENT && c == '%' &&
               read_number(data, at + 1, end, 2, 16, &code) == at + 3) {
        *ret_c = in_ascii(code);
        return 3;
    }
    return 1;
}
