/* JSON, read leniently: a name is anything before a colon, quoted or not. */
#include "mask_scan.h"

#include <string.h>

struct json_scan {
    const struct mask_scan *scan;
    size_t end;
    size_t depth;
    size_t secret_depth;    /* depth of the secret object or list, 0: not in one */
    bool secret;            /* the next value is a secret */
    struct mask_range name; /* whose value is a secret */
    enum mask_kind kind;
};

static const unsigned char ends_scalar[256] = {
    [','] = 1, [':'] = 1, ['{'] = 1,  ['}'] = 1,  ['['] = 1,  [']'] = 1,
    ['"'] = 1, [' '] = 1, ['\t'] = 1, ['\r'] = 1, ['\n'] = 1,
};

/* Skips a string from after the opening quote to the closing one, or the end. */
static size_t string_end(const struct json_scan *json, size_t at)
{
    while (at < json->end && json->scan->data[at] != '"') {
        at += json->scan->data[at] == '\\' ? 2 : 1;
    }
    return at < json->end ? at : json->end;
}

static size_t scalar_end(const struct json_scan *json, size_t at)
{
    while (at < json->end && !ends_scalar[(unsigned char)json->scan->data[at]]) {
        at++;
    }
    return at;
}

static bool is_number(const struct json_scan *json, struct mask_range token)
{
    const char *text = json->scan->data + token.start;
    size_t size = token.end - token.start;
    for (size_t i = 0; i < size; i++) {
        if (!mask_is_one_of(text[i], "0123456789+-.eE")) {
            return false;
        }
    }
    return memchr("-0123456789", text[0], 11) != NULL;
}

static bool is_word(const struct json_scan *json, struct mask_range token)
{
    static const char *const words[] = {"null", "true", "false"};
    size_t size = token.end - token.start;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == size &&
            memcmp(json->scan->data + token.start, words[i], size) == 0) {
            return true;
        }
    }
    return false;
}

/* Reads the inside of a string or a bare token that is a value. */
static void take_value(struct json_scan *json, struct mask_range value, bool quoted)
{
    bool bare = !quoted && value.end > value.start && is_number(json, value);
    if (!json->secret && !json->secret_depth) {
        if (quoted) {
            mask_find_url_in_json(json->scan, value);
        } else {
            mask_find_anywhere(json->scan, value, MASK_PLAIN, bare);
        }
    } else if (quoted || !is_word(json, value)) {
        mask_emit(json->scan, value, json->name, json->kind, bare);
    }
    json->secret = false;
}

static void take_name(struct json_scan *json, struct mask_range name)
{
    mask_find_anywhere(json->scan, name, MASK_ESCAPED, false);
    if (!json->secret_depth && mask_is_secret_name(json->scan, name, MASK_ESCAPED, &json->kind)) {
        json->secret = true;
        json->name = name;
    }
}

/* Reads a name or a value from `start` to `end`, followed by `next`. Returns where to continue. */
static size_t take(struct json_scan *json, struct mask_range range, size_t next, bool quoted)
{
    size_t sign = mask_skip(json->scan, next, json->end, MASK_BLANKS);
    if (sign < json->end && json->scan->data[sign] == ':') {
        take_name(json, range);
        return sign + 1;
    }
    take_value(json, range, quoted);
    return next;
}

static void take_bracket(struct json_scan *json, char c)
{
    if (c == '{' || c == '[') {
        json->depth++;
        if (json->secret) {
            json->secret_depth = json->depth;
            json->secret = false;
        }
    } else if (c == '}' || c == ']') {
        if (json->secret_depth == json->depth) {
            json->secret_depth = 0;
        }
        json->depth -= json->depth > 0;
        json->secret = false;
    } else if (c == ',') {
        json->secret = false;
    }
}

void mask_find_json(const struct mask_scan *scan, struct mask_range range)
{
    struct json_scan json = {.scan = scan, .end = range.end};
    for (size_t at = range.start; at < range.end;) {
        char c = scan->data[at];
        if (c == '"') {
            size_t end = string_end(&json, at + 1);
            size_t next = end < range.end ? end + 1 : end;
            at = take(&json, (struct mask_range){at + 1, end}, next, true);
        } else if (ends_scalar[(unsigned char)c]) {
            take_bracket(&json, c);
            at++;
        } else {
            size_t end = scalar_end(&json, at);
            at = take(&json, (struct mask_range){at, end}, end, false);
        }
    }
}
