/* Whole documents and values of jansson: parsing and writing. */
#include "wire/json_out.h"
#include "wire/json_read.h"

#include <string.h>

static int line_of(const char *data, const char *place)
{
    int line = 1;
    for (; data < place; data++) {
        line += *data == '\n';
    }
    return line;
}

json_t *json_parse(const char *data, size_t size, struct arena *arena, const char **ret_why)
{
    json_error_t error;
    const size_t flags = JSON_ALLOW_NUL;
    const char *nul = size ? memchr(data, '\0', size) : NULL; /* jansson ends some tokens at one */
    if (nul) {
        if (ret_why) {
            *ret_why = arena_printf(arena, "line %d: there is a NUL byte", line_of(data, nul));
        }
        return NULL;
    }
    json_t *value = json_loadb(data, size, flags, &error);
    if (!value && json_error_code(&error) == json_error_numeric_overflow) {
        value = json_loadb(data, size, flags | JSON_DECODE_INT_AS_REAL, &error);
    }
    if (!value && ret_why) {
        bool in_name = json_error_code(&error) == json_error_null_byte_in_key;
        *ret_why = arena_printf(arena, "line %d column %d: %s", error.line, error.column,
                                in_name ? "a name must not contain \\u0000" : error.text);
    }
    return value;
}

json_t *json_without_blanks(const json_t *object)
{
    json_t *rest = json_copy((json_t *)object);
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(rest, next, name, value)
    {
        if (json_is_string(value) && json_string_length(value) == 0) {
            json_object_del(rest, name);
        }
    }
    return rest;
}

const char *json_text(struct arena *arena, const json_t *value, bool php_maps)
{
    buf_auto text = {0};
    struct json_out out = {.buf = &text};
    json_out_value(&out, NULL, value, php_maps);
    return arena_copy(arena, text.data, text.size);
}

bool json_is_map(const json_t *value)
{
    return json_is_object(value) || (json_is_array(value) && json_array_size(value) == 0);
}
