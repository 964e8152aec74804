#include "json_reencode.h"

#include "base/fold.h"
#include "base/text.h"

#include <string.h>

#define BLANKS " \t\r\n"
#define NO_LITERAL BLANKS ",:[]{}\""

struct reencoder {
    const char *at, *end;
    const struct json_style *style;
    struct buf *out;
    size_t depth;
};

/* ------------------------------------------------------------------ strings */

static void add_unit(struct reencoder *r, uint32_t unit)
{
    const char *hex = r->style->wide == JSON_WIDE_UPPER ? "0123456789ABCDEF" : "0123456789abcdef";
    const char text[] = {
        '\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15]};
    buf_add(r->out, text, sizeof text);
}

static void add_wide(struct reencoder *r, uint32_t code)
{
    if (r->style->wide == JSON_WIDE_UTF8) {
        fold_add_code(r->out, code);
    } else if (code > 0xffff) {
        add_unit(r, 0xd800 + ((code - 0x10000) >> 10));
        add_unit(r, 0xdc00 + ((code - 0x10000) & 0x3ff));
    } else {
        add_unit(r, code);
    }
}

static void add_ascii(struct reencoder *r, char c)
{
    static const char short_escapes[128] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                            ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
    char escape = c == '/' && r->style->slashes ? '/' : short_escapes[(unsigned char)c];
    if (escape) {
        buf_char(r->out, '\\');
        buf_char(r->out, escape);
    } else if (c < ' ') {
        add_unit(r, (unsigned char)c);
    } else {
        buf_char(r->out, c);
    }
}

static uint32_t read_hex(struct reencoder *r)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4 && r->at < r->end; i++, r->at++) {
        char c = *r->at;
        unit = unit << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return unit & 0xffff;
}

/* Reads an escape after its backslash: its code point. */
static uint32_t read_escape(struct reencoder *r)
{
    static const char meanings[128] = {
        ['b'] = '\b', ['t'] = '\t', ['n'] = '\n', ['f'] = '\f', ['r'] = '\r'};
    char c = *r->at++;
    if (c != 'u') {
        char meaning = meanings[(unsigned char)c & 0x7f];
        return (unsigned char)(meaning ? meaning : c);
    }
    uint32_t unit = read_hex(r);
    bool pair = unit >= 0xd800 && unit < 0xdc00 && r->end - r->at >= 6;
    if (pair) {
        r->at += 2; /* the other half's \u */
        unit = 0x10000 + ((unit & 0x3ff) << 10 | (read_hex(r) & 0x3ff));
    }
    return unit;
}

static uint32_t read_character(struct reencoder *r)
{
    uint32_t code;
    if (*r->at == '\\' && r->end - r->at > 1) {
        r->at++;
        return read_escape(r);
    }
    size_t size = text_utf8_decode(r->at, (size_t)(r->end - r->at), &code);
    r->at += size ? size : 1;
    return size ? code : 0xfffd;
}

static void reencode_string(struct reencoder *r)
{
    buf_char(r->out, *r->at++);
    while (r->at < r->end && *r->at != '"') {
        uint32_t code = read_character(r);
        if (code < 0x80) {
            add_ascii(r, (char)code);
        } else {
            add_wide(r, code);
        }
    }
    buf_char(r->out, '"');
    r->at++;
}

/* ------------------------------------------------------------------ between strings */

static void skip_blanks(struct reencoder *r)
{
    while (r->at < r->end && *r->at && strchr(BLANKS, *r->at)) {
        r->at++;
    }
}

static void begin_line(struct reencoder *r)
{
    size_t width = r->style->blanks == JSON_BLANKS_INDENT_2   ? 2
                   : r->style->blanks == JSON_BLANKS_INDENT_4 ? 4
                                                              : 0;
    if (width) {
        buf_char(r->out, '\n');
        char *p = buf_reserve(r->out, width * r->depth);
        memset(p, ' ', width * r->depth);
        r->out->size += width * r->depth;
    }
}

/* An empty array or object is written on one line. */
static void reencode_opening(struct reencoder *r)
{
    buf_char(r->out, *r->at++);
    skip_blanks(r);
    if (r->at < r->end && (*r->at == ']' || *r->at == '}')) {
        buf_char(r->out, *r->at++);
        return;
    }
    r->depth++;
    begin_line(r);
}

static void reencode_closing(struct reencoder *r)
{
    r->depth -= r->depth > 0;
    begin_line(r);
    buf_char(r->out, *r->at++);
}

static void reencode_separator(struct reencoder *r)
{
    char c = *r->at++;
    buf_char(r->out, c);
    if (r->style->blanks == JSON_BLANKS_SPACED ||
        (c == ':' && r->style->blanks != JSON_BLANKS_NONE)) {
        buf_char(r->out, ' ');
    } else if (c == ',') {
        begin_line(r);
    }
}

/* A number, true, false or null. */
static void reencode_literal(struct reencoder *r)
{
    do {
        buf_char(r->out, *r->at++);
    } while (r->at < r->end && *r->at && !strchr(NO_LITERAL, *r->at));
}

static void reencode_token(struct reencoder *r)
{
    switch (*r->at) {
    case '"':
        reencode_string(r);
        break;
    case '{':
    case '[':
        reencode_opening(r);
        break;
    case '}':
    case ']':
        reencode_closing(r);
        break;
    case ',':
    case ':':
        reencode_separator(r);
        break;
    default:
        reencode_literal(r);
    }
}

bool json_reencode(const char *text, size_t size, const struct json_style *style, size_t most,
                   struct buf *out)
{
    struct reencoder r = {.at = text, .end = text + size, .style = style, .out = out};
    size_t from = out->size;
    for (skip_blanks(&r); r.at < r.end; skip_blanks(&r)) {
        reencode_token(&r);
        if (out->size - from > most) {
            return false;
        }
    }
    buf_reserve(out, 1);
    out->data[out->size] = '\0';
    return true;
}
