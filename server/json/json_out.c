#include "json_out.h"

#include "base/text.h"
#include "domain/invoice.h"
#include "domain/money.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a byte needs in a string: 0 nothing, 'u' \u00xx, '8' it is not ASCII, else the character
 * behind the backslash. */
static const char escapes[256] = {
    [0 ... 7] = 'u', ['\b'] = 'b', ['\t'] = 't',  ['\n'] = 'n',
    [11] = 'u',      ['\f'] = 'f', ['\r'] = 'r',  [14 ... 31] = 'u',
    ['"'] = '"',     ['/'] = '/',  ['\\'] = '\\', [128 ... 255] = '8',
};

static void add_unit(struct buf *buf, uint32_t unit)
{
    static const char hex[] = "0123456789abcdef";
    const char text[] = {
        '\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15]};
    buf_add(buf, text, sizeof text);
}

/* Writes the code point at `text`; U+FFFD for a byte that starts none. */
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

static void add_string(struct buf *buf, const char *text, size_t size)
{
    const unsigned char *p = (const unsigned char *)text;
    buf_char(buf, '"');
    for (size_t at = 0, plain = 0; at < size; plain = at) {
        while (at < size && !escapes[p[at]]) {
            at++;
        }
        buf_add(buf, text + plain, at - plain);
        if (at == size) {
            break;
        }
        char escape = escapes[p[at]];
        if (escape == '8') {
            at += add_wide(buf, text + at, size - at);
            continue;
        }
        if (escape == 'u') {
            add_unit(buf, p[at]);
        } else {
            const char pair[] = {'\\', escape};
            buf_add(buf, pair, sizeof pair);
        }
        at++;
    }
    buf_char(buf, '"');
}

static bool is_plain(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (escapes[(unsigned char)text[i]]) {
            return false;
        }
    }
    return true;
}

/* Nearly all keys need no escape, and there are dozens in a document: they are written in one go.
 */
static void lead(struct json_out *out, const char *key)
{
    size_t size = key ? strlen(key) : 0;
    char *p = buf_reserve(out->buf, size + 4), *from = p;
    if (out->comma) {
        *p++ = ',';
    }
    if (key && is_plain(key, size)) {
        *p++ = '"';
        memcpy(p, key, size);
        p += size;
        *p++ = '"';
        *p++ = ':';
    }
    *p = '\0';
    out->buf->size += (size_t)(p - from);
    if (key && !is_plain(key, size)) {
        add_string(out->buf, key, size);
        buf_char(out->buf, ':');
    }
    out->comma = true;
}

void json_out_object(struct json_out *out, const char *key)
{
    lead(out, key);
    buf_char(out->buf, '{');
    out->comma = false;
}

void json_out_object_end(struct json_out *out)
{
    buf_char(out->buf, '}');
    out->comma = true;
}

void json_out_array(struct json_out *out, const char *key)
{
    lead(out, key);
    buf_char(out->buf, '[');
    out->comma = false;
}

void json_out_array_end(struct json_out *out)
{
    buf_char(out->buf, ']');
    out->comma = true;
}

void json_out_text(struct json_out *out, const char *key, const char *text)
{
    lead(out, key);
    if (text) {
        add_string(out->buf, text, strlen(text));
    } else {
        buf_text(out->buf, "null");
    }
}

void json_out_text_sized(struct json_out *out, const char *key, const char *text, size_t size)
{
    lead(out, key);
    add_string(out->buf, text, size);
}

void json_out_int(struct json_out *out, const char *key, int64_t n)
{
    lead(out, key);
    buf_int(out->buf, n);
}

void json_out_bool(struct json_out *out, const char *key, bool value)
{
    lead(out, key);
    buf_text(out->buf, value ? "true" : "false");
}

void json_out_null(struct json_out *out, const char *key)
{
    lead(out, key);
    buf_text(out->buf, "null");
}

void json_out_money(struct json_out *out, const char *key, int64_t amount)
{
    lead(out, key);
    if (amount == MONEY_NONE) {
        buf_text(out->buf, "null");
        return;
    }
    char text[MONEY_TEXT];
    int length = money_format(amount, text);
    buf_add(out->buf, text, (size_t)length);
}

void json_out_int_or_null(struct json_out *out, const char *key, int64_t n, int64_t null)
{
    if (n == null) {
        json_out_null(out, key);
    } else {
        json_out_int(out, key, n);
    }
}

void json_out_seconds(struct json_out *out, const char *key, int64_t time_ms)
{
    json_out_int_or_null(out, key, time_ms == TIME_NONE ? TIME_NONE : time_ms / 1000, TIME_NONE);
}

void json_out_raw(struct json_out *out, const char *key, const char *json)
{
    lead(out, key);
    buf_text(out->buf, json ? json : "null");
}

/* The shortest text that reads back as the same double, as PHP writes it: 100.0 is 100, 1e22
 * is 1.0e+22. */
static void add_real(struct buf *buf, double number)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number) {
            break;
        }
    }
    const char *exponent = strchr(text, 'e');
    if (exponent && !strchr(text, '.')) {
        buf_add(buf, text, (size_t)(exponent - text));
        buf_text(buf, ".0");
        buf_text(buf, exponent);
    } else {
        buf_text(buf, text);
    }
}

static void add_object(struct json_out *out, const char *key, const json_t *value, bool php_maps)
{
    if (php_maps && json_object_size(value) == 0) {
        json_out_raw(out, key, "[]");
        return;
    }
    json_out_object(out, key);
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)value, name, member)
    {
        json_out_value(out, name, member, php_maps);
    }
    json_out_object_end(out);
}

void json_out_value(struct json_out *out, const char *key, const json_t *value, bool php_maps)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        add_object(out, key, value, php_maps);
        break;
    case JSON_ARRAY:
        json_out_array(out, key);
        for (size_t i = 0; i < json_array_size(value); i++) {
            json_out_value(out, NULL, json_array_get(value, i), php_maps);
        }
        json_out_array_end(out);
        break;
    case JSON_STRING:
        json_out_text_sized(out, key, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        json_out_int(out, key, json_integer_value(value));
        break;
    case JSON_REAL:
        lead(out, key);
        add_real(out->buf, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_out_bool(out, key, json_is_true(value));
        break;
    case JSON_NULL:
        json_out_null(out, key);
        break;
    }
}
