#include "settings_lists.h"

#include "base/text.h"

#include <string.h>

/* ------------------------------------------------------------------ callback_headers */

/* Header fields that callbacks cannot get from a setting, and why. */
static const struct {
    const char *name, *why;
} reserved[] = {
    {"Host", "it follows from the URL"},
    {"Content-Length", "it frames the message"},
    {"Transfer-Encoding", "it frames the message"},
    {"TE", "it frames the message"},
    {"Trailer", "it frames the message"},
    {"Content-Encoding", "the body is sent as it is"},
    {"Connection", "it controls the connection"},
    {"Keep-Alive", "it controls the connection"},
    {"Proxy-Connection", "it controls the connection"},
    {"Upgrade", "it controls the connection"},
    {"Expect", "it controls the connection"},
    {"Content-Type", "the platform's sender sets it"},
    {"Accept", "the platform's sender sets it"},
    {"User-Agent", "the platform's sender sets it"},
    {"X-Signature", "the platform's sender sets it"},
    {"Retry-Count", "the platform's sender sets it"},
    {"Next-Retry", "the platform's sender sets it"},
};

/* A token of RFC 9110. */
static bool is_header_name(const char *name)
{
    static const char allowed[] = TEXT_LETTERS TEXT_DIGITS "!#$%&'*+-.^_`|~";
    size_t length = strlen(name);
    return length && length <= SETTINGS_HEADER_NAME_MOST && strspn(name, allowed) == length;
}

/* Printable ASCII, with no blank at either end. This excludes CR, LF and NUL. */
static bool is_header_value(const json_t *value)
{
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    if (!text || !length || length > SETTINGS_HEADER_VALUE_MOST || text[0] == ' ' ||
        text[length - 1] == ' ') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < ' ' || text[i] > '~') {
            return false;
        }
    }
    return true;
}

static const char *why_reserved(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(reserved); i++) {
        if (text_equal_nocase(reserved[i].name, name)) {
            return reserved[i].why;
        }
    }
    return NULL;
}

static const char *check_header(const char *name, const json_t *value, const json_t *seen,
                                struct arena *arena)
{
    if (!is_header_name(name)) {
        return arena_printf(arena,
                            "names must be 1 to %d letters, digits or hyphens, as of HTTP headers",
                            SETTINGS_HEADER_NAME_MOST);
    }
    const char *why = why_reserved(name);
    if (why) {
        return arena_printf(arena, "%s cannot be set: %s", name, why);
    }
    if (!is_header_value(value)) {
        return arena_printf(arena,
                            "%s must be a text of 1 to %d printable ASCII characters, without "
                            "line breaks and without blanks at its ends",
                            name, SETTINGS_HEADER_VALUE_MOST);
    }
    return json_object_get(seen, arena_upper(arena, name))
               ? arena_printf(arena, "%s is given twice", name)
               : NULL;
}

const char *settings_read_headers(const json_t *value, struct json_errors *errors,
                                  const char **ret_text)
{
    *ret_text = NULL;
    if (json_is_null(value)) {
        return NULL;
    }
    if (!json_is_object(value) || json_object_size(value) > SETTINGS_HEADERS_MOST) {
        return arena_printf(errors->arena, "must be an object of at most %d header fields",
                            SETTINGS_HEADERS_MOST);
    }
    const char *name;
    json_t *text;
    json_auto_t *seen = json_object();
    json_object_foreach((json_t *)value, name, text)
    {
        const char *why = check_header(name, text, seen, errors->arena);
        if (why) {
            return why;
        }
        json_object_set_new(seen, arena_upper(errors->arena, name), json_true());
    }
    if (json_object_size(value)) {
        *ret_text = json_text(errors->arena, value, false);
    }
    return NULL;
}

json_t *settings_headers(const struct settings *settings)
{
    return settings->callback_headers ? json_loads(settings->callback_headers, 0, NULL) : NULL;
}

/* ------------------------------------------------------------------ required_fields */

/* Names with a dot between: customer.metadata.ip */
static bool is_path(const char *path)
{
    static const char allowed[] = TEXT_LETTERS TEXT_DIGITS "_-.";
    size_t length = strlen(path);
    return length && length <= SETTINGS_PATH_MOST && strspn(path, allowed) == length &&
           path[0] != '.' && path[length - 1] != '.' && !strstr(path, "..");
}

const char *settings_read_paths(const json_t *value, struct json_errors *errors,
                                const char **ret_text)
{
    size_t i;
    json_t *item;
    *ret_text = NULL;
    if (json_is_null(value)) {
        return NULL;
    }
    if (!json_is_array(value) || json_array_size(value) > SETTINGS_PATHS_MOST) {
        return arena_printf(errors->arena, "must be a list of at most %d fields of an order",
                            SETTINGS_PATHS_MOST);
    }
    json_array_foreach(value, i, item)
    {
        const char *path = json_string_value(item);
        if (!path || strlen(path) != json_string_length(item) || !is_path(path)) {
            return arena_printf(errors->arena,
                                "item %zu must be a dotted path such as customer.name, at most %d "
                                "characters",
                                i + 1, SETTINGS_PATH_MOST);
        }
    }
    if (json_array_size(value)) {
        *ret_text = json_text(errors->arena, value, false);
    }
    return NULL;
}

/* The value at a dotted path; NULL if there is none. */
static const json_t *value_at(const json_t *object, const char *path, struct arena *arena)
{
    char *rest = arena_strdup(arena, path);
    for (char *name; object && (name = strsep(&rest, "."));) {
        object = json_object_get(object, name);
    }
    return object;
}

static bool is_blank(const json_t *value)
{
    const char *text = json_string_value(value);
    bool empty = (json_is_object(value) && !json_object_size(value)) ||
                 (json_is_array(value) && !json_array_size(value));
    return !value || json_is_null(value) || empty || (text && !text[strspn(text, " \t\r\n")]);
}

bool settings_require(const struct settings *settings, const char *path)
{
    json_auto_t *paths =
        settings->required_fields ? json_loads(settings->required_fields, 0, NULL) : NULL;
    bool found = false;
    size_t i;
    json_t *item;
    json_array_foreach(paths, i, item)
    {
        found |= text_equal(json_string_value(item), path);
    }
    return found;
}

void settings_check_required(const struct settings *settings, const json_t *order,
                             struct json_errors *errors)
{
    json_auto_t *paths =
        settings->required_fields ? json_loads(settings->required_fields, 0, NULL) : NULL;
    size_t i;
    json_t *item;
    json_array_foreach(paths, i, item)
    {
        const char *path = json_string_value(item);
        if (is_blank(value_at(order, path, errors->arena))) {
            json_errors_add(errors, arena_strdup(errors->arena, path), MESSAGE_BLANK);
        }
    }
}
