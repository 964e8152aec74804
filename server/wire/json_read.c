#include "json_read.h"

#include "base/nearest.h"
#include "base/text.h"
#include "domain/money.h"
#include "wire/json_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERRORS_MOST                                                                                \
    100 /* each new error is compared with all earlier ones, and unknown names can be many */
#define DURATION_MOST_MS ((int64_t)3650 * 86400000)

void json_setup(void)
{
    json_set_alloc_funcs(mem_take, free);
}

bool json_errors_has(const struct json_errors *errors, const char *path)
{
    const struct json_error *error = errors->first;
    while (error && !text_equal(error->path, path)) {
        error = error->next;
    }
    return error;
}

const char *json_errors_lines(const struct json_errors *errors, const char *file)
{
    buf_auto lines = {0};
    for (const struct json_error *error = errors->first; error; error = error->next) {
        char *line = arena_printf(errors->arena, "%s: %s: %s", file, error->path, error->message);
        text_flatten(line);
        buf_printf(&lines, "%s%s", lines.size ? "\n" : "", line);
    }
    return lines.size ? arena_copy(errors->arena, lines.data, lines.size) : NULL;
}

void json_errors_add(struct json_errors *errors, const char *path, const char *format, ...)
{
    struct json_error **tail = errors->tail ? errors->tail : &errors->first;
    if (errors->n == ERRORS_MOST || json_errors_has(errors, path)) {
        return;
    }
    struct json_error *error = arena_alloc(errors->arena, sizeof *error);
    va_list args;
    va_start(args, format);
    error->message = arena_vprintf(errors->arena, format, args);
    va_end(args);
    error->path = arena_strdup(errors->arena, path);
    *tail = error;
    errors->tail = &error->next;
    errors->n++;
}

/* ------------------------------------------------------------------ kinds */

/* A value and its destination in the struct. */
struct reading {
    const struct json_field *field;
    const json_t *value;
    const char *text; /* of a string without NULs in it, else NULL */
    void *place;
    struct arena *arena;
    bool strict;
};

static const char *check_length(struct arena *arena, const struct json_field *field, int64_t length)
{
    int64_t most = field->most ? field->most : JSON_TEXT_MOST;
    if (length > most) {
        return arena_printf(arena,
                            "This value is too long. It should have %lld characters or less.",
                            (long long)most);
    }
    if (length < field->least) {
        return arena_printf(arena,
                            "This value is too short. It should have %lld characters or more.",
                            (long long)field->least);
    }
    return NULL;
}

static const char *read_text(const struct reading *r)
{
    const struct json_field *field = r->field;
    if (!r->text) {
        return "This value should be of type string.";
    }
    size_t size = strlen(r->text);
    if (size == 0 && (field->format || field->choices || field->required)) {
        return field->required ? MESSAGE_BLANK : NULL;
    }
    const char *message = check_length(r->arena, field, text_utf8_length(r->text, size));
    if (!message && field->choices && text_index(field->choices, r->text) < 0) {
        message = r->strict ? arena_printf(r->arena, MESSAGE_CHOICE " It must be %s.",
                                           nearest_choices(r->arena, field->choices))
                            : MESSAGE_CHOICE;
    }
    if (!message && !json_format_holds(field->format, r->text)) {
        message = json_format_message(field->format);
    }
    if (!message) {
        bool currency = field->format == JSON_FORMAT_CURRENCY;
        *(const char **)r->place =
            currency ? arena_upper(r->arena, r->text) : arena_copy(r->arena, r->text, size);
    }
    return message;
}

static const char *const money_messages[] = {
    [MONEY_OK] = NULL,
    [MONEY_NO_NUMBER] = "This value should be of type numeric.",
    [MONEY_TOO_LARGE] = "This value should be between -90000000000 and 90000000000.",
    [MONEY_TOO_FINE] = "This value should have 8 decimals or less.",
    [MONEY_TOO_LONG] = "This value should have 15 digits or less.",
};
_Static_assert(MONEY_MOST / MONEY_ONE == 90000000000, "the bound stands in the message");

static enum money_result parse_money(const struct reading *r)
{
    char digits[32];
    if (json_is_integer(r->value)) {
        snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(r->value));
        return money_parse(digits, r->place);
    }
    if (json_is_real(r->value)) {
        return money_from_double(json_real_value(r->value), r->place);
    }
    return r->text ? money_parse(r->text, r->place) : MONEY_NO_NUMBER;
}

static const char *read_money(const struct reading *r)
{
    return money_messages[parse_money(r)];
}

static const char *read_limit(const struct reading *r)
{
    enum money_result result = parse_money(r);
    if (result == MONEY_TOO_LARGE && json_number_value(r->value) >= 0) {
        *(int64_t *)r->place = MONEY_MOST;
        return NULL;
    }
    return money_messages[result];
}

static bool to_int(const struct reading *r, int64_t *ret_n)
{
    if (json_is_integer(r->value)) {
        *ret_n = json_integer_value(r->value);
        return true;
    }
    return r->text && text_to_int(r->text, ret_n);
}

static const char *read_int(const struct reading *r)
{
    int64_t n;
    if (!to_int(r, &n)) {
        return "This value should be of type integer.";
    }
    if ((r->field->least || r->field->most) && (n < r->field->least || n > r->field->most)) {
        return arena_printf(r->arena, "This value should be between %lld and %lld.",
                            (long long)r->field->least, (long long)r->field->most);
    }
    *(int64_t *)r->place = n;
    return NULL;
}

static const char *read_bool(const struct reading *r)
{
    int64_t n = -1;
    if (json_is_true(r->value) || text_equal(r->text, "true")) {
        n = 1;
    } else if (json_is_false(r->value) || text_equal(r->text, "false")) {
        n = 0;
    } else if (!to_int(r, &n) || (n != 0 && n != 1)) {
        return "This value should be of type bool.";
    }
    *(bool *)r->place = n == 1;
    return NULL;
}

static const char *read_duration(const struct reading *r)
{
    int64_t ms = json_integer_value(r->value);
    bool read = r->text ? text_to_duration(r->text, &ms) : json_is_integer(r->value);
    if (!read || ms < 0 || ms > DURATION_MOST_MS) {
        return "This value is not a valid duration.";
    }
    *(int64_t *)r->place = ms;
    return NULL;
}

static const char *read_datetime(const struct reading *r)
{
    int64_t seconds;
    if (to_int(r, &seconds) && seconds > 0 && seconds < (int64_t)1 << 40) {
        *(int64_t *)r->place = seconds * 1000;
        return NULL;
    }
    if (r->text && text_to_datetime(r->text, r->place)) {
        return NULL;
    }
    return "This value is not a valid datetime.";
}

static const char *read_map(const struct reading *r)
{
    if (!json_is_object(r->value) && !json_is_array(r->value)) {
        return MESSAGE_MAP;
    }
    *(const char **)r->place = json_text(r->arena, r->value, true);
    return NULL;
}

static const char *read_any(const struct reading *r)
{
    *(const json_t **)r->place = r->value;
    return NULL;
}

/* Reads the value. Returns the error, or NULL. */
static const char *(*const readers[])(const struct reading *) = {
    [JSON_KIND_TEXT] = read_text,         [JSON_KIND_MONEY] = read_money,
    [JSON_KIND_LIMIT] = read_limit,       [JSON_KIND_INT] = read_int,
    [JSON_KIND_BOOL] = read_bool,         [JSON_KIND_DURATION] = read_duration,
    [JSON_KIND_DATETIME] = read_datetime, [JSON_KIND_MAP] = read_map,
    [JSON_KIND_ANY] = read_any,
};

/* ------------------------------------------------------------------ objects */

struct reader {
    struct json_errors *errors;
    bool strict;
};

static void read_object(struct reader *r, const char *prefix, const json_t *object,
                        const struct json_field *fields, size_t n, char *into);

static void read_nested(struct reader *r, const char *path, const json_t *value,
                        const struct json_field *field, char *into)
{
    if (!json_is_map(value)) {
        json_errors_add(r->errors, path, MESSAGE_MAP);
        return;
    }
    *(bool *)(into + field->offset) = true;
    read_object(r, arena_printf(r->errors->arena, "%s.", path), value, field->fields,
                field->n_fields, into);
}

/* "" is as good as null, except for texts that may be empty. The control API and the fixtures are
 * strict: there it is an error. */
static bool is_absent(const struct reader *r, const struct json_field *field, const json_t *value)
{
    bool blank = json_is_string(value) && json_string_length(value) == 0;
    bool text = field->kind == JSON_KIND_TEXT && (field->required || !field->least);
    return !value || json_is_null(value) || (blank && !text && !r->strict);
}

static void read_field(struct reader *r, const char *prefix, const json_t *object,
                       const struct json_field *field, char *into)
{
    const json_t *value = json_object_get(object, field->name);
    bool absent = is_absent(r, field, value);
    if (absent && !field->required) {
        return;
    }
    const char *path =
        *prefix ? arena_printf(r->errors->arena, "%s%s", prefix, field->name) : field->name;
    const char *text = json_string_value(value);
    if (absent) {
        json_errors_add(r->errors, path, MESSAGE_BLANK);
    } else if (text && strlen(text) != json_string_length(value)) {
        json_errors_add(r->errors, path, MESSAGE_NUL);
    } else if (field->kind == JSON_KIND_OBJECT) {
        read_nested(r, path, value, field, into);
    } else {
        const struct reading reading = {
            field, value, text, into + field->offset, r->errors->arena, r->strict};
        const char *message = readers[field->kind](&reading);
        if (message) {
            json_errors_add(r->errors, path, "%s", message);
        }
    }
}

static const char *unknown_message(struct json_errors *errors, const char *name,
                                   const struct json_field *fields, size_t n)
{
    struct nearest nearest = nearest_to(name);
    if (errors->n < ERRORS_MOST) { /* else nobody reads it */
        nearest_offer_rows(&nearest, fields, n, sizeof *fields);
    }
    return nearest.name
               ? arena_printf(errors->arena, MESSAGE_NOT_EXPECTED " Did you mean %s?", nearest.name)
               : MESSAGE_NOT_EXPECTED;
}

static void refuse_unknown(struct reader *r, const char *prefix, const json_t *object,
                           const struct json_field *fields, size_t n)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        size_t i = 0;
        while (i < n && !text_equal(fields[i].name, name)) {
            i++;
        }
        if (i == n) {
            json_errors_add(r->errors, arena_printf(r->errors->arena, "%s%s", prefix, name), "%s",
                            unknown_message(r->errors, name, fields, n));
        }
    }
}

static void read_object(struct reader *r, const char *prefix, const json_t *object,
                        const struct json_field *fields, size_t n, char *into)
{
    for (size_t i = 0; i < n; i++) {
        read_field(r, prefix, object, &fields[i], into);
    }
    if (r->strict) {
        refuse_unknown(r, prefix, object, fields, n);
    }
}

void json_read(const json_t *object, const struct json_field *fields, size_t n, bool strict,
               void *into, struct json_errors *errors)
{
    struct reader r = {errors, strict};
    read_object(&r, "", object, fields, n, into);
}

/* ------------------------------------------------------------------ documents */

static int line_of(const char *data, const char *place)
{
    int line = 1;
    for (; data < place; data++) {
        line += *data == '\n';
    }
    return line;
}

static json_t *parse(const char *data, size_t size, size_t flags, struct arena *arena,
                     const char **ret_why)
{
    json_error_t error;
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

json_t *json_parse(const char *data, size_t size, struct arena *arena, const char **ret_why)
{
    return parse(data, size, JSON_ALLOW_NUL, arena, ret_why);
}

json_t *json_parse_once(const char *data, size_t size, struct arena *arena, const char **ret_why)
{
    return parse(data, size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, arena, ret_why);
}

json_t *json_parse_any(const char *data, size_t size, struct arena *arena, const char **ret_why)
{
    return parse(data, size, JSON_ALLOW_NUL | JSON_DECODE_ANY, arena, ret_why);
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
