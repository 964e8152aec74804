#include "json_out.h"

#include "base/json_text.h"
#include "domain/invoice.h"
#include "domain/money.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_TEXT 40
/* Digits before the point (0 or less: zeros behind it) beyond which PHP writes an exponent. */
#define PHP_BEFORE_LEAST (-3)
#define PHP_BEFORE_MOST 17

static void lead(struct json_out *out, const char *key)
{
    if (out->comma) {
        buf_char(out->buf, ',');
    }
    if (key) {
        json_text_add(out->buf, JSON_TEXT_PHP, key, strlen(key));
        buf_char(out->buf, ':');
    }
    out->comma = true;
}

void json_out_key(struct json_out *out, const struct json_key *key)
{
    struct buf *buf = out->buf;
    char *to = buf_reserve(buf, 1 + key->size);
    *to = ',';
    to += out->comma;
    memcpy(to, key->text, key->size);
    to[key->size] = '\0';
    buf->size += out->comma + key->size;
    out->comma = false;
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
    if (text) {
        json_out_text_sized(out, key, text, strlen(text));
    } else {
        json_out_null(out, key);
    }
}

void json_out_text_sized(struct json_out *out, const char *key, const char *text, size_t size)
{
    lead(out, key);
    json_text_add(out->buf, JSON_TEXT_PHP, text, size);
}

void json_out_int(struct json_out *out, const char *key, int64_t n)
{
    lead(out, key);
    buf_int(out->buf, n);
}

void json_out_bool(struct json_out *out, const char *key, bool value)
{
    json_out_raw(out, key, value ? "true" : "false");
}

void json_out_null(struct json_out *out, const char *key)
{
    static const char null[] = "null";
    lead(out, key);
    memcpy(buf_reserve(out->buf, sizeof null - 1), null, sizeof null);
    out->buf->size += sizeof null - 1;
}

void json_out_money(struct json_out *out, const char *key, int64_t amount)
{
    char text[MONEY_TEXT];
    if (amount == MONEY_NONE) {
        json_out_null(out, key);
    } else {
        money_format(amount, text);
        json_out_raw(out, key, text);
    }
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
    if (json) {
        lead(out, key);
        buf_text(out->buf, json);
    } else {
        json_out_null(out, key);
    }
}

/* The fewest digits that read back as the same double, "1.2345e-05". */
static void shortest(double number, char ret_text[NUMBER_TEXT])
{
    for (int digits = fabs(number) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        snprintf(ret_text, NUMBER_TEXT, "%.*e", digits - 1, number);
        if (strtod(ret_text, NULL) == number) {
            return;
        }
    }
}

/*
 * As PHP writes it: 100.0 is 100, 1e22 is 1.0e+22, 0.00001 is 1.0e-5. The number of digits before
 * the point decides between the two forms.
 */
static void add_real(struct buf *buf, double number)
{
    char text[NUMBER_TEXT], digits[NUMBER_TEXT];
    shortest(number, text);
    size_t n = 0;
    for (const char *p = text; *p != 'e'; p++) {
        if (isdigit((unsigned char)*p)) {
            digits[n++] = *p;
        }
    }
    while (n > 1 && digits[n - 1] == '0') {
        n--;
    }
    int exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10), before = exponent + 1;
    buf_text(buf, *text == '-' ? "-" : "");
    if (before < PHP_BEFORE_LEAST || before > PHP_BEFORE_MOST) {
        buf_printf(buf, "%c.%.*s%se%+d", digits[0], (int)n - 1, digits + 1, n == 1 ? "0" : "",
                   exponent);
    } else if (before <= 0) {
        buf_printf(buf, "0.%.*s%.*s", -before, "000", (int)n, digits);
    } else if ((size_t)before >= n) {
        buf_printf(buf, "%.*s%.*s", (int)n, digits, before - (int)n, "0000000000000000");
    } else {
        buf_printf(buf, "%.*s.%.*s", before, digits, (int)n - before, digits + before);
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
