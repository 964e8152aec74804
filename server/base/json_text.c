#include "json_text.h"

#include "text.h"

#include <stdint.h>

/* How a byte is written in a string: 0 as it is, 'u' as \u00xx, '8' not ASCII, else the character
 * after a backslash. */
#define EVERYWHERE                                                                                 \
    [0 ... 7] = 'u', ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', [11] = 'u', ['\f'] = 'f',           \
           ['\r'] = 'r', [14 ... 31] = 'u', ['"'] = '"', ['\\'] = '\\', [128 ... 255] = '8'

static const char escapes[][256] = {
    [JSON_TEXT_PHP] = {EVERYWHERE, ['/'] = '/'},
    [JSON_TEXT_LOG] = {EVERYWHERE, [127] = 'u'},
};

static void add_unit(struct buf *buf, uint32_t unit)
{
    static const char hex[] = "0123456789abcdef";
    const char text[] = {
        '\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15]};
    buf_add(buf, text, sizeof text);
}

/* Writes the code point at `text`; U+FFFD if its bytes are not valid UTF-8. Returns the number of
 * bytes read. */
static size_t add_wide(struct buf *buf, const char *text, size_t left)
{
    uint32_t code;
    size_t size = text_utf8_decode(text, left, &code);
    if (!size) {
        add_unit(buf, 0xfffd);
        return 1;
    }
    if (code > 0xffff) {
        add_unit(buf, 0xd800 + ((code - 0x10000) >> 10));
        add_unit(buf, 0xdc00 + ((code - 0x10000) & 0x3ff));
    } else {
        add_unit(buf, code);
    }
    return size;
}

/* Escapes the character at `text`. Returns the number of bytes read. */
static size_t add_escape(struct buf *buf, char escape, const char *text, size_t left)
{
    if (escape == '8') {
        return add_wide(buf, text, left);
    }
    if (escape == 'u') {
        add_unit(buf, (unsigned char)*text);
    } else {
        const char pair[] = {'\\', escape};
        buf_add(buf, pair, sizeof pair);
    }
    return 1;
}

void json_text_add(struct buf *buf, enum json_text_style style, const char *text, size_t size)
{
    const char *needs = escapes[style];
    const unsigned char *p = (const unsigned char *)text;
    size_t at = 0;
    char *to = buf_reserve(buf, size + 2); /* all that most texts need */
    *to++ = '"';
    for (; at < size && !needs[p[at]]; at++) {
        *to++ = text[at];
    }
    buf->size += at + 1;
    while (at < size) {
        at += add_escape(buf, needs[p[at]], text + at, size - at);
        size_t plain = at;
        while (at < size && !needs[p[at]]) {
            at++;
        }
        buf_add(buf, text + plain, at - plain);
    }
    buf_char(buf, '"');
}

bool json_text_is_plain(enum json_text_style style, const char *text, size_t size)
{
    const char *needs = escapes[style];
    for (size_t i = 0; i < size; i++) {
        if (needs[(unsigned char)text[i]]) {
            return false;
        }
    }
    return true;
}
