#include "json_read.h"

#include "base/text.h"
#include "domain/money.h"
#include "wire/json_out.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MOST 255
#define ERRORS_MOST                                                                                \
    100 /* unknown names can be many, and each new error is compared with all before */
#define DURATION_MOST_MS ((int64_t)3650 * 86400000)

bool json_errors_has(const struct json_errors *errors, const char *path)
{
    const struct json_error *error = errors->first;
    while (error && !text_equal(error->path, path)) {
        error = error->next;
    }
    return error;
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

/* ------------------------------------------------------------------ kinds: each returns NULL or a
 * message */

struct reader {
    struct json_errors *errors;
    bool strict;
};

static const char *check_choice(const struct json_field *field, const char *text)
{
    for (const char *const *choice = field->choices; choice && *choice; choice++) {
        if (text_equal(*choice, text)) {
            return NULL;
        }
    }
    return field->choices ? MESSAGE_CHOICE : NULL;
}

static const char *check_length(struct arena *arena, const struct json_field *field, int64_t length)
{
    int64_t most = field->most ? field->most : TEXT_MOST;
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

static const char *read_text(struct reader *r, const struct json_field *field, const json_t *value,
                             void *place)
{
    if (!json_is_string(value)) {
        return "This value should be of type string.";
    }
    const char *text = json_string_value(value);
    size_t size = json_string_length(value);
    if (size == 0 && (field->format || field->choices || field->required)) {
        return field->required ? MESSAGE_BLANK : NULL;
    }
    const char *message = check_length(r->errors->arena, field, text_utf8_length(text, size));
    if (!message) {
        message = check_choice(field, text);
    }
    if (!message && !json_format_holds(field->format, text)) {
        message = json_format_message(field->format);
    }
    if (!message) {
        char *copy = arena_copy(r->errors->arena, text, size);
        if (field->format == JSON_FORMAT_CURRENCY) {
            text_upper(copy);
        }
        *(const char **)place = copy;
    }
    return message;
}

/* The text of a string without NULs in it, else NULL. */
static const char *plain_text(const json_t *value)
{
    const char *text = json_string_value(value);
    return text && strlen(text) == json_string_length(value) ? text : NULL;
}

static const char *const money_messages[] = {
    [MONEY_OK] = NULL,
    [MONEY_NO_NUMBER] = "This value should be of type numeric.",
    [MONEY_TOO_LARGE] = "This value should be between -90000000000 and 90000000000.",
    [MONEY_TOO_FINE] = "This value should have 8 decimals or less.",
    [MONEY_TOO_LONG] = "This value should have 15 digits or less.",
};
_Static_assert(MONEY_MOST / MONEY_ONE == 90000000000, "the bound stands in the message");

static enum money_result parse_money(const json_t *value, int64_t *ret_amount)
{
    char digits[32];
    if (plain_text(value)) {
        return money_parse(plain_text(value), ret_amount);
    }
    if (json_is_integer(value)) {
        snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
        return money_parse(digits, ret_amount);
    }
    return json_is_real(value) ? money_from_double(json_real_value(value), ret_amount)
                               : MONEY_NO_NUMBER;
}

static const char *read_money(struct reader *r, const struct json_field *field, const json_t *value,
                              void *place)
{
    (void)r;
    (void)field;
    return money_messages[parse_money(value, place)];
}

static const char *read_limit(struct reader *r, const struct json_field *field, const json_t *value,
                              void *place)
{
    (void)r;
    (void)field;
    enum money_result result = parse_money(value, place);
    if (result == MONEY_TOO_LARGE && json_number_value(value) >= 0) {
        *(int64_t *)place = MONEY_MOST;
        return NULL;
    }
    return money_messages[result];
}

static bool to_int(const json_t *value, int64_t *ret_n)
{
    if (json_is_integer(value)) {
        *ret_n = json_integer_value(value);
        return true;
    }
    return plain_text(value) && text_to_int(plain_text(value), ret_n);
}

static const char *read_int(struct reader *r, const struct json_field *field, const json_t *value,
                            void *place)
{
    int64_t n;
    if (!to_int(value, &n)) {
        return "This value should be of type integer.";
    }
    if ((field->least || field->most) && (n < field->least || n > field->most)) {
        return arena_printf(r->errors->arena, "This value should be between %lld and %lld.",
                            (long long)field->least, (long long)field->most);
    }
    *(int64_t *)place = n;
    return NULL;
}

static const char *read_bool(struct reader *r, const struct json_field *field, const json_t *value,
                             void *place)
{
    (void)r;
    (void)field;
    int64_t n = -1;
    const char *text = plain_text(value);
    if (json_is_true(value) || text_equal(text, "true")) {
        n = 1;
    } else if (json_is_false(value) || text_equal(text, "false")) {
        n = 0;
    } else if (!to_int(value, &n) || (n != 0 && n != 1)) {
        return "This value should be of type bool.";
    }
    *(bool *)place = n == 1;
    return NULL;
}

static const char *read_duration(struct reader *r, const struct json_field *field,
                                 const json_t *value, void *place)
{
    (void)r;
    (void)field;
    const char *text = plain_text(value);
    int64_t ms = json_integer_value(value);
    bool read = text ? text_to_duration(text, &ms) : json_is_integer(value);
    if (!read || ms < 0 || ms > DURATION_MOST_MS) {
        return "This value is not a valid duration.";
    }
    *(int64_t *)place = ms;
    return NULL;
}

static const char *read_datetime(struct reader *r, const struct json_field *field,
                                 const json_t *value, void *place)
{
    (void)r;
    (void)field;
    int64_t seconds;
    if (to_int(value, &seconds) && seconds > 0 && seconds < (int64_t)1 << 40) {
        *(int64_t *)place = seconds * 1000;
        return NULL;
    }
    if (plain_text(value) && text_to_datetime(plain_text(value), place)) {
        return NULL;
    }
    return "This value is not a valid datetime.";
}

bool json_is_map(const json_t *value)
{
    return json_is_object(value) || (json_is_array(value) && json_array_size(value) == 0);
}

static const char *read_map(struct reader *r, const struct json_field *field, const json_t *value,
                            void *place)
{
    (void)field;
    if (!json_is_object(value) && !json_is_array(value)) {
        return MESSAGE_MAP;
    }
    *(const char **)place = json_text(r->errors->arena, value, true);
    return NULL;
}

static const char *read_any(struct reader *r, const struct json_field *field, const json_t *value,
                            void *place)
{
    (void)r;
    (void)field;
    *(const json_t **)place = value;
    return NULL;
}

static const char *(*const readers[])(struct reader *, const struct json_field *, const json_t *,
                                      void *) = {
    [JSON_KIND_TEXT] = read_text,         [JSON_KIND_MONEY] = read_money,
    [JSON_KIND_LIMIT] = read_limit,       [JSON_KIND_INT] = read_int,
    [JSON_KIND_BOOL] = read_bool,         [JSON_KIND_DURATION] = read_duration,
    [JSON_KIND_DATETIME] = read_datetime, [JSON_KIND_MAP] = read_map,
    [JSON_KIND_ANY] = read_any,
};

/* ------------------------------------------------------------------ objects */

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

/* "" says as little as null, except as a text that may be empty. The control API and the fixtures
 * are strict: there it is a mistake. */
static bool is_absent(const struct reader *r, const struct json_field *field, const json_t *value)
{
    bool blank = json_is_string(value) && json_string_length(value) == 0;
    bool text = field->kind == JSON_KIND_TEXT && (field->required || !field->least);
    return !value || json_is_null(value) || (blank && !text && !r->strict);
}

static bool holds_nul(const json_t *value)
{
    return json_is_string(value) && !plain_text(value);
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
    if (absent) {
        json_errors_add(r->errors, path, MESSAGE_BLANK);
    } else if (holds_nul(value)) {
        json_errors_add(r->errors, path, MESSAGE_NUL);
    } else if (field->kind == JSON_KIND_OBJECT) {
        read_nested(r, path, value, field, into);
    } else {
        const char *message = readers[field->kind](r, field, value, into + field->offset);
        if (message) {
            json_errors_add(r->errors, path, "%s", message);
        }
    }
}

/* A name that is misspelt in about a third of its letters at most gets the right one told. */
static const char *unknown_message(struct json_errors *errors, const char *name,
                                   const struct json_field *fields, size_t n)
{
    const char *best = NULL;
    size_t least = strlen(name) / 3;
    for (size_t i = 0; i < n && errors->n < ERRORS_MOST; i++) {
        size_t distance = text_distance(fields[i].name, name);
        if (distance <= least) {
            best = fields[i].name;
            least = distance;
        }
    }
    return best ? arena_printf(errors->arena, MESSAGE_NOT_EXPECTED " Did you mean %s?", best)
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

/* Commas stand between values; what is inside a string does not count. */
size_t json_weight(const char *data, size_t size)
{
    size_t weight = 0;
    bool inside = false;
    for (size_t i = 0; i < size; i++) {
        char c = data[i];
        if (c == '"') {
            inside = !inside;
        } else if (inside) {
            i += c == '\\';
        } else if (c == '{' || c == '[') {
            weight += 8;
        } else if (c == ',') {
            weight++;
        }
    }
    return weight;
}

const char *json_text(struct arena *arena, const json_t *value, bool php_maps)
{
    buf_auto text = {0};
    struct json_out out = {.buf = &text};
    json_out_value(&out, NULL, value, php_maps);
    return arena_copy(arena, text.data, text.size);
}
