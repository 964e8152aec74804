#include "form.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    int lower = tolower((unsigned char)c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

size_t form_decode(char *text, size_t size, int plus)
{
    size_t to = 0;
    for (size_t at = 0; at < size; at++) {
        int high = text[at] == '%' && at + 2 < size ? hex_value(text[at + 1]) : -1;
        int low = high >= 0 ? hex_value(text[at + 2]) : -1;
        if (low >= 0) {
            text[to++] = (char)(high * 16 + low);
            at += 2;
        } else {
            text[to++] = plus && text[at] == '+' ? ' ' : text[at];
        }
    }
    text[to] = '\0';
    return to;
}

/* The container below `parent` at `key` ("" in a list: a new element), made when it is not there.
 * Borrowed. */
static json_t *descend(json_t *parent, const char *key, bool list)
{
    json_t *child = NULL;
    if (json_is_array(parent)) {
        child = list ? json_array() : json_object();
        return json_array_append_new(parent, child) == 0 ? child : NULL;
    }
    child = json_object_get(parent, key);
    if (!child || (list ? !json_is_array(child) : !json_is_object(child))) {
        child = list ? json_array() : json_object();
        if (json_object_set_new(parent, key, child)) {
            return NULL;
        }
    }
    return child;
}

static void put(json_t *parent, const char *key, const char *value, size_t size)
{
    json_t *text = json_stringn(value, size);
    if (text && json_is_array(parent)) {
        json_array_append_new(parent, text);
    } else if (text) {
        json_object_set_new(parent, key, text);
    }
}

/* Splits "a[b][c]" in place into its keys; 0 when it is none or too deep. A bracket that never
 * closes belongs to the name. */
static size_t split_key(char *key, char *ret_keys[FORM_DEPTH_MOST])
{
    size_t n = 0;
    char *bracket = strchr(key, '[');
    ret_keys[n++] = key;
    while (bracket && bracket != key && *bracket == '[') {
        char *end = strchr(bracket, ']');
        if (!end) {
            break;
        }
        if (n == FORM_DEPTH_MOST) {
            return 0;
        }
        *bracket = *end = '\0';
        ret_keys[n++] = bracket + 1;
        bracket = end + 1;
    }
    return *key ? n : 0;
}

static void add_pair(json_t *root, char *key, size_t key_size, char *value, size_t value_size)
{
    char *keys[FORM_DEPTH_MOST];
    bool readable = strlen(key) == key_size && text_utf8_length(key, key_size) >= 0;
    size_t n = readable ? split_key(key, keys) : 0;
    json_t *at = n ? root : NULL;
    for (size_t i = 0; at && i + 1 < n; i++) {
        at = descend(at, keys[i], *keys[i + 1] == '\0');
    }
    if (at) {
        put(at, keys[n - 1], value, value_size);
    }
}

json_t *form_parse(const char *data, size_t size)
{
    json_t *root = json_object();
    const char *end = data + size;
    for (int pairs = 0; data < end && pairs < FORM_PAIRS_MOST; pairs++) {
        const char *stop = memchr(data, '&', (size_t)(end - data));
        size_t length = (size_t)((stop ? stop : end) - data);
        char *pair = mem_alloc(length + 2);
        memcpy(pair, data, length);
        char *mark = memchr(pair, '=', length);
        char *value = mark ? mark + 1 : pair + length + 1;
        size_t key_size = mark ? (size_t)(mark - pair) : length;
        size_t value_size = mark ? length - key_size - 1 : 0;
        pair[key_size] = '\0';
        key_size = form_decode(pair, key_size, 1);
        value_size = form_decode(value, value_size, 1);
        add_pair(root, pair, key_size, value, value_size);
        free(pair);
        data += length + 1;
    }
    return root;
}
