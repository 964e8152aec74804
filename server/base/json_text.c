#include "json_text.h"

#include "text.h"

#include <stdint.h>
#include <string.h>

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

/* Writes the text character by character. */
ATTR_NOINLINE static void add_escaped(struct buf *buf, const char *needs, const char *text,
                                      size_t size)
{
    const unsigned char *p = (const unsigned char *)text;
    buf_char(buf, '"');
    for (size_t at = 0; at < size;) {
        size_t plain = at;
        while (at < size && !needs[p[at]]) {
            at++;
        }
        buf_add(buf, text + plain, at - plain);
        at += at < size ? add_escape(buf, needs[p[at]], text + at, size - at) : 0;
    }
    buf_char(buf, '"');
}

/* ------------------------------------------------------------------ most texts need no escape */

/* Copies `n` bytes. Returns false if one of them is escaped in some style. As signed numbers, bytes
 * that are not ASCII are below a blank too. */
#define DEFINE_COPY(n)                                                                             \
    static inline bool copy_##n(const char *from, char *to)                                        \
    {                                                                                              \
        typedef signed char bytes __attribute__((vector_size(n)));                                 \
        typedef uint64_t words __attribute__((vector_size(n)));                                    \
        bytes b;                                                                                   \
        memcpy(&b, from, n);                                                                       \
        memcpy(to, &b, n);                                                                         \
        words marks = (words)((b < ' ') | (b == '"') | (b == '\\') | (b == '/') | (b == '\x7f'));  \
        return !(marks[0] | marks[n / sizeof(uint64_t) - 1]);                                      \
    }
DEFINE_COPY(16)
DEFINE_COPY(8)

/* Copies a text, or a part of it if it needs an escape. Returns true if it needs none. The last
 * piece overlaps the one before. */
static bool copy_plain(const char *needs, const char *text, size_t size, char *to)
{
    if (size >= 16) {
        for (size_t at = 0; at < size - 16; at += 16) {
            if (!copy_16(text + at, to + at)) {
                return false;
            }
        }
        return copy_16(text + size - 16, to + size - 16);
    }
    if (size >= 8) {
        return copy_8(text, to) && copy_8(text + size - 8, to + size - 8);
    }
    for (size_t at = 0; at < size; at++) {
        if (needs[(unsigned char)text[at]]) {
            return false;
        }
        to[at] = text[at];
    }
    return true;
}

void json_text_add(struct buf *buf, enum json_text_style style, const char *text, size_t size)
{
    size_t whole = size + 2;
    if (buf->room - buf->size <= whole ||
        !copy_plain(escapes[style], text, size, buf->data + buf->size + 1)) {
        add_escaped(buf, escapes[style], text, size);
        return;
    }
    char *to = buf->data + buf->size;
    to[0] = to[size + 1] = '"';
    to[whole] = '\0';
    buf->size += whole;
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
