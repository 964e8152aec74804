#include "form.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* No key of a map is empty (`a[]` means the next index), so while a form is read the empty key of
 * each map stores its next index. */
#define NEXT_INDEX ""
#define INDEX_TEXT 24

size_t form_decode(char *text, size_t size, int plus)
{
    size_t to = 0;
    for (size_t at = 0; at < size; at++) {
        int high = text[at] == '%' && at + 2 < size ? text_hex_digit(text[at + 1]) : -1;
        int low = high >= 0 ? text_hex_digit(text[at + 2]) : -1;
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

/* ------------------------------------------------------------------ names */

/* A field name split into keys: "a[b][]" has the keys "a", "b" and NULL, which means the next
 * index. */
struct name {
    const char *keys[FORM_LEVELS_MOST + 1];
    size_t n;
};

static void underscore(char *text, const char *these)
{
    for (char *p = text; (p = strpbrk(p, these)) != NULL; p++) {
        *p = '_';
    }
}

/*
 * Splits `text` in place. An unclosed bracket ends the name; if it is the first one, it becomes
 * '_'. Text after the last closed bracket is ignored. Returns false if the name has too many
 * levels.
 */
static bool split_name(char *text, struct name *ret_name)
{
    text += strspn(text, " ");
    char *open = strchr(text, '[');
    if (open && !strchr(open + 1 + (isspace((unsigned char)open[1]) != 0), ']')) {
        underscore(open, " .[");
        open = NULL;
    }
    if (open) {
        *open = '\0';
    }
    underscore(text, " .");
    ret_name->keys[0] = text;
    ret_name->n = 1;
    while (open) {
        char *key = open + 1;
        char *close = strchr(key + (isspace((unsigned char)*key) != 0), ']');
        if (!close) {
            break;
        }
        if (ret_name->n == ARRAY_SIZE(ret_name->keys)) {
            return false;
        }
        bool next = close == key || (close == key + 1 && isspace((unsigned char)*key));
        *close = '\0';
        ret_name->keys[ret_name->n++] = next ? NULL : key;
        open = close[1] == '[' ? close + 1 : NULL;
    }
    return true;
}

const char *form_shown(struct arena *arena, const char *name, size_t size)
{
    buf_auto out = {0};
    uint32_t code;
    for (size_t at = 0, step; at < size; at += step) {
        step = text_utf8_decode(name + at, size - at, &code);
        if (step && name[at]) {
            buf_add(&out, name + at, step);
        } else {
            step = 1;
            buf_printf(&out, "%%%02X", (unsigned char)name[at]);
        }
    }
    return arena_copy(arena, buf_str(&out), out.size);
}

/* "metadata.order" for metadata[order]: the form of paths in errors of JSON bodies. */
static const char *dotted(struct arena *arena, const struct name *name)
{
    buf_auto out = {0};
    buf_text(&out, name->keys[0]);
    for (size_t i = 1; i < name->n; i++) {
        buf_printf(&out, "%s%s", name->keys[i] ? "." : "[]", name->keys[i] ? name->keys[i] : "");
    }
    return arena_copy(arena, buf_str(&out), out.size);
}

/* Returns NULL if the bytes are a valid text, else what is wrong with them. */
static const char *why_no_text(const char *bytes, size_t size)
{
    if (memchr(bytes, '\0', size)) {
        return "must not contain a NUL character.";
    }
    return text_utf8_length(bytes, size) < 0 ? "is not valid UTF-8." : NULL;
}

/* ------------------------------------------------------------------ maps */

/* Returns true if PHP treats the key as an index: a whole number of 64 bits in its normal form. */
static bool is_index(const char *key, int64_t *ret_index)
{
    char normal[INDEX_TEXT];
    char *end;
    if (strspn(key, "-0123456789") != strlen(key) || strlen(key) >= sizeof normal) {
        return false;
    }
    long long index = strtoll(key, &end, 10);
    snprintf(normal, sizeof normal, "%lld", index);
    *ret_index = index;
    return text_equal(normal, key);
}

/* Returns the key to use in the map, and updates its next index; NULL if no index is left. */
static const char *key_in(json_t *map, const char *key, char index_text[INDEX_TEXT])
{
    const json_t *counted = json_object_get(map, NEXT_INDEX);
    int64_t next = json_integer_value(counted), index;
    if (!key) {
        snprintf(index_text, INDEX_TEXT, "%lld", (long long)next);
        key = index_text;
        if (next == INT64_MAX && json_object_get(map, key)) {
            return NULL;
        }
    }
    if (is_index(key, &index) && (!counted || index >= next)) {
        json_object_set_new(map, NEXT_INDEX,
                            json_integer(index < INT64_MAX ? index + 1 : INT64_MAX));
    }
    return key;
}

/* Stores the value under the name; replaces a plain value where a map is needed. Returns false if
 * no index is left. */
static bool put(json_t *map, const struct name *name, json_t *value)
{
    char index_text[INDEX_TEXT];
    const char *key = name->keys[0];
    for (size_t i = 1; i < name->n; i++) {
        json_t *below = json_object_get(map, key);
        if (!json_is_object(below)) {
            below = json_object();
            json_object_set_new(map, key, below);
        }
        map = below;
        key = key_in(map, name->keys[i], index_text);
        if (!key) {
            json_decref(value);
            return false;
        }
    }
    json_object_set_new(map, key, value);
    return true;
}

static bool is_list(const json_t *map)
{
    const char *key;
    json_t *value;
    int64_t index, n = 0;
    json_object_foreach((json_t *)map, key, value)
    {
        if (!is_index(key, &index) || index != n++) {
            return false;
        }
    }
    return true;
}

static void settle_members(json_t *map);

/* Removes the next index from the map and its submaps, and turns maps that are lists into lists.
 * Takes the map's reference. The recursion is as deep as a name has levels. */
static json_t *settle(json_t *map) // NOLINT(misc-no-recursion)
{
    json_object_del(map, NEXT_INDEX);
    settle_members(map);
    if (!is_list(map)) {
        return map;
    }
    json_t *list = json_array();
    const char *key;
    json_t *value;
    json_object_foreach(map, key, value)
    {
        json_array_append(list, value);
    }
    json_decref(map);
    return list;
}

static void settle_members(json_t *map) // NOLINT(misc-no-recursion)
{
    for (void *at = json_object_iter(map); at; at = json_object_iter_next(map, at)) {
        json_t *value = json_object_iter_value(at);
        if (json_is_object(value)) {
            json_object_iter_set_new(map, at, settle(json_incref(value)));
        }
    }
}

/* ------------------------------------------------------------------ forms */

static json_t *root_of(struct form *form)
{
    if (!form->root) {
        form->root = json_object();
    }
    return form->root;
}

/* Splits the name. Returns NULL, or what is wrong with it. */
static const char *read_name(struct form *form, const char *name, size_t size,
                             struct name *ret_name)
{
    struct arena *arena = form->errors->arena;
    const char *why = why_no_text(name, size);
    if (form->n > FORM_FIELDS_MOST) {
        return arena_printf(arena, "There are more than %d fields.", FORM_FIELDS_MOST);
    }
    if (why) {
        return arena_printf(arena, "This name %s", why);
    }
    if (!split_name(arena_copy(arena, name, size), ret_name)) {
        return arena_printf(arena, "This name has more than %d levels.", FORM_LEVELS_MOST);
    }
    return *ret_name->keys[0] ? NULL : "This field has no name.";
}

void form_add(struct form *form, const char *name, size_t name_size, const char *value,
              size_t value_size)
{
    struct arena *arena = form->errors->arena;
    struct name parts;
    if (!name_size && !value_size) {
        return; /* ignore a lone '=' */
    }
    form->n++;
    const char *why = read_name(form, name, name_size, &parts);
    if (why) {
        json_errors_add(form->errors, form_shown(arena, name, name_size), "%s", why);
        return;
    }
    why = why_no_text(value, value_size);
    if (why) {
        json_errors_add(form->errors, dotted(arena, &parts), "This value %s", why);
    } else if (!put(root_of(form), &parts, json_stringn_nocheck(value, value_size))) {
        json_errors_add(form->errors, dotted(arena, &parts), "There is no index after %lld.",
                        (long long)INT64_MAX);
    }
}

json_t *form_finish(struct form *form)
{
    json_t *root = root_of(form);
    settle_members(root);
    return root;
}

/* Adds one pair "name=value", decoded in place. */
static void add_pair(struct form *form, char *pair, size_t size)
{
    char *mark = memchr(pair, '=', size);
    char *value = mark ? mark + 1 : pair + size;
    size_t name_size = mark ? (size_t)(mark - pair) : size;
    size_t value_size = (size_t)(pair + size - value);
    value_size = form_decode(value, value_size, 1);
    name_size = form_decode(pair, name_size, 1); /* its NUL replaces the '=' */
    form_add(form, pair, name_size, value, value_size);
}

json_t *form_parse(const char *data, size_t size, struct json_errors *errors)
{
    struct form form = {.errors = errors};
    char *copy = mem_alloc(size + 1);
    char *at = copy, *end = copy + size;
    memcpy(copy, data, size);
    while (at < end && form.n <= FORM_FIELDS_MOST) {
        char *stop = memchr(at, '&', (size_t)(end - at));
        stop = stop ? stop : end;
        if (stop > at) {
            add_pair(&form, at, (size_t)(stop - at));
        }
        at = stop + 1;
    }
    free(copy);
    return form_finish(&form);
}
