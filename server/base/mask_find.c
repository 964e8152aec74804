#include "mask_scan.h"

#include "attr.h"
#include "text.h"

#include <ctype.h>
#include <string.h>

#define NAME_MOST 64

static const struct {
    const char *name;
    enum mask_kind kind;
} names[] = {
    {"card_number", MASK_CARD},
    {"cardnumber", MASK_CARD},
    {"pan", MASK_CARD},
    {"cvv", MASK_CODE},
    {"cvv2", MASK_CODE},
    {"cvc", MASK_CODE},
    {"cvc2", MASK_CODE},
    {"csc", MASK_CODE},
    {"security_code", MASK_CODE},
    {"api_key", MASK_API_KEY},
    {"apikey", MASK_API_KEY},
    {"password", MASK_API_KEY},
    {"secret", MASK_SECRET},
    {"secret_key", MASK_SECRET},
    {"secret_live_key", MASK_SECRET},
    {"control_token", MASK_SECRET},
};

/* ------------------------------------------------------------------ names */

/* False when a value under this name is no secret. */
static bool is_secret_name(const char *name, bool query, enum mask_kind *ret_kind)
{
    char first = (char)tolower((unsigned char)*name);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (first == *names[i].name && text_equal_nocase(name, names[i].name)) {
            *ret_kind = names[i].kind;
            return true;
        }
    }
    *ret_kind = MASK_SECRET;
    return query && text_equal_nocase(name, "token");
}

static int hex_digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* A form's key without its escapes; what is longer than any name is cut. */
static void undo_escapes(const char *key, size_t size, char ret_text[NAME_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < size && n < NAME_MOST - 1; i++) {
        bool escape = key[i] == '%' && i + 2 < size && isxdigit((unsigned char)key[i + 1]) &&
                      isxdigit((unsigned char)key[i + 2]);
        char c = escape ? (char)(hex_digit(key[i + 1]) * 16 + hex_digit(key[i + 2])) : key[i];
        ret_text[n++] = c ? c : '?';
        i += escape ? 2 : 0;
    }
    ret_text[n] = '\0';
}

/* The innermost name of a form's key: cvv of "card[cvv]" and of "cvv[]". */
static const char *form_name(const char *key, size_t size, char text[NAME_MOST])
{
    undo_escapes(key, size, text);
    for (char *open; (open = strrchr(text, '['));) {
        open[strcspn(open, "]")] = '\0';
        if (open[1]) {
            return open + 1;
        }
        *open = '\0';
    }
    return text;
}

/* ------------------------------------------------------------------ forms */

static void find_in_form(const struct mask_scan *scan, size_t start)
{
    char text[NAME_MOST];
    enum mask_kind kind;
    for (size_t at = start; at < scan->size;) {
        const char *pair = scan->data + at;
        const char *amp = memchr(pair, '&', scan->size - at);
        size_t end = amp ? (size_t)(amp - scan->data) : scan->size;
        const char *equals = memchr(pair, '=', end - at);
        size_t value = equals ? (size_t)(equals - scan->data) + 1 : at;
        const char *name = form_name(pair, equals ? value - 1 - at : 0, text);
        if (equals && is_secret_name(name, scan->query, &kind)) {
            mask_emit(scan, value, end, kind, false);
        } else {
            mask_find_anywhere(scan, value, end, false);
        }
        at = end + 1;
    }
}

/* ------------------------------------------------------------------ JSON */

/* From behind the opening quote to the closing one, or the end. */
static size_t string_end(const struct mask_scan *scan, size_t at)
{
    while (at < scan->size && scan->data[at] != '"') {
        at += scan->data[at] == '\\' ? 2 : 1;
    }
    return at < scan->size ? at : scan->size;
}

static size_t skip_blank(const struct mask_scan *scan, size_t at)
{
    while (at < scan->size && strchr(" \t\r\n", scan->data[at]) && scan->data[at]) {
        at++;
    }
    return at;
}

static size_t scalar_end(const struct mask_scan *scan, size_t at)
{
    while (at < scan->size && !(mask_classes[(unsigned char)scan->data[at]] & MASK_ENDS_SCALAR)) {
        at++;
    }
    return at;
}

/* False when a member of this name is no secret. */
static bool is_secret_member(const struct mask_scan *scan, size_t start, size_t end,
                             enum mask_kind *ret_kind)
{
    char name[NAME_MOST];
    size_t size = end - start;
    *ret_kind = MASK_SECRET;
    if (memchr(scan->data + start, '\\', size)) {
        return true;
    }
    if (size >= sizeof name) {
        return false;
    }
    memcpy(name, scan->data + start, size);
    name[size] = '\0';
    return is_secret_name(name, false, ret_kind);
}

/* The value of a secret member; where to go on. Of an object or a list each part is looked at by
 * itself. */
static size_t take_member(const struct mask_scan *scan, size_t at, enum mask_kind kind)
{
    if (at < scan->size && scan->data[at] == '"') {
        size_t end = string_end(scan, at + 1);
        mask_emit(scan, at + 1, end, kind, false);
        return end + 1;
    }
    size_t end = scalar_end(scan, at);
    mask_emit(scan, at, end, kind, true);
    return end;
}

static void find_in_json(const struct mask_scan *scan)
{
    for (size_t at = 0; at < scan->size;) {
        if (scan->data[at] != '"') {
            size_t end = scalar_end(scan, at);
            mask_find_anywhere(scan, at, end, true);
            at = end > at ? end : at + 1;
            continue;
        }
        size_t start = at + 1, end = string_end(scan, start);
        size_t next = skip_blank(scan, end + 1);
        enum mask_kind kind;
        bool name = next < scan->size && scan->data[next] == ':';
        if (name && is_secret_member(scan, start, end, &kind)) {
            at = take_member(scan, skip_blank(scan, next + 1), kind);
        } else {
            mask_find_anywhere(scan, start, end, false);
            at = end + 1;
        }
    }
}

void mask_find(const char *data, size_t size, void (*each)(void *arg, const struct mask_span *span),
               void *arg)
{
    const struct mask_scan scan = {.data = data, .size = size, .each = each, .arg = arg};
    size_t first = skip_blank(&scan, 0);
    if (first < size && (data[first] == '{' || data[first] == '[')) {
        find_in_json(&scan);
    } else {
        find_in_form(&scan, 0);
    }
}

void mask_find_query(const char *data, size_t size,
                     void (*each)(void *arg, const struct mask_span *span), void *arg)
{
    const struct mask_scan scan = {
        .data = data, .size = size, .query = true, .each = each, .arg = arg};
    find_in_form(&scan, 0);
}
