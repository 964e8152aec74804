/* Reads any bytes as a form, and as one in parts. The result is a tree of strings, limited in size
 * and depth, that can be written as JSON. */
#include "fuzz.h"

#include "base/buf.h"
#include "http/form.h"
#include "view/view_errors.h"
#include "wire/json_out.h"

#include <string.h>

static size_t leaves(const json_t *value, int depth)
{
    const char *key;
    json_t *member;
    size_t i, n = 0;
    PROMISE(depth <= FORM_LEVELS_MOST + 1);
    if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, member)
        {
            n += leaves(member, depth + 1);
        }
        return n;
    }
    if (json_is_array(value)) {
        json_array_foreach(value, i, member)
        {
            n += leaves(member, depth + 1);
        }
        return n;
    }
    PROMISE(json_is_string(value));
    return 1;
}

static void judge(json_t *form, const struct json_errors *errors)
{
    buf_auto text = {0};
    struct json_out out = {.buf = &text};
    PROMISE(json_is_object(form));
    PROMISE(leaves(form, 0) <= FORM_FIELDS_MOST);
    json_out_value(&out, NULL, form, true);
    json_decref(form);
    view_errors(&text, view_error_style(PROFILE_2024), &(struct error_place){.in_query = true},
                errors);
}

/* The first line is the Content-Type. */
static void parts(const uint8_t *data, size_t size, struct arena *arena)
{
    struct json_errors errors = {.arena = arena};
    struct form form = {.errors = &errors};
    const uint8_t *line = memchr(data, '\n', size);
    size_t type = line ? (size_t)(line - data) : size;
    const char *body = arena_copy(arena, data + type, size - type);
    const char *why = form_read_parts(arena_copy(arena, data, type), body, size - type, &form);
    PROMISE(!why || *why);
    judge(form_finish(&form), &errors);
}

static void decode(const uint8_t *data, size_t size, int plus)
{
    buf_auto text = {0};
    buf_add(&text, data, size);
    size_t length = form_decode(text.data, size, plus);
    PROMISE(length <= size && text.data[length] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct json_errors errors = {.arena = &arena};
    judge(form_parse((const char *)data, size, &errors), &errors);
    parts(data, size, &arena);
    arena_finish(&arena);
    decode(data, size, 0);
    decode(data, size, 1);
    return 0;
}
