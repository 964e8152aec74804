/* What tables cannot say of rehearsal.json: names in texts. */
#include "base/embedded.h"
#include "base/nearest.h"
#include "base/text.h"
#include "rehearse/rehearse_hook.h"
#include "rehearse/rehearse_settings.h"

#include <string.h>

/* ------------------------------------------------------------------ placeholders */

/* The name between the braces, "" if it is none; in a shell ${name} is a variable. */
static const char *name_at(struct arena *arena, const char *text, const char *brace)
{
    size_t size = strspn(brace + 1, "abcdefghijklmnopqrstuvwxyz_");
    bool variable = brace > text && brace[-1] == '$';
    return !variable && brace[1 + size] == '}' ? arena_copy(arena, brace + 1, size) : "";
}

/* The name of a placeholder that is wrong by one letter; NULL: there is none. */
static const char *slip_of(const char *name)
{
    const char *each;
    for (size_t i = 0; (each = hook_placeholder(i)); i++) {
        if (nearest_distance(name, each) == 1) {
            return each;
        }
    }
    return NULL;
}

static bool is_placeholder(const char *name)
{
    const char *each;
    for (size_t i = 0; (each = hook_placeholder(i)); i++) {
        if (text_equal(name, each)) {
            return true;
        }
    }
    return false;
}

static void check_name(struct settings_reading *reading, const char *path, const char *name)
{
    struct arena *arena = reading->errors.arena;
    struct nearest nearest = nearest_to(name);
    const char *each;
    for (size_t i = 0; (each = hook_placeholder(i)); i++) {
        nearest_offer_as(&nearest, each, arena_printf(arena, "{%s}", each));
    }
    json_errors_add(&reading->errors, path, "unknown placeholder {%s}%s", name,
                    nearest_hint(&nearest, arena, "the documentation of rehearse lists them"));
}

static void check_text(struct settings_reading *reading, const char *path, const char *text,
                       bool code)
{
    for (const char *at = text; (at = strchr(at, '{')); at++) {
        const char *name = name_at(reading->errors.arena, text, at);
        if (*name && !is_placeholder(name) && (!code || slip_of(name))) {
            check_name(reading, path, name);
        }
    }
}

void settings_check_placeholders(struct settings_reading *reading, const char *path,
                                 const json_t *value, bool code)
{
    struct arena *arena = reading->errors.arena;
    const char *name;
    size_t i;
    json_t *each;
    if (json_is_string(value)) {
        check_text(reading, path, json_string_value(value), code);
    }
    json_object_foreach((json_t *)value, name, each)
    {
        settings_check_placeholders(reading, arena_printf(arena, "%s.%s", path, name), each, code);
    }
    json_array_foreach(value, i, each)
    {
        settings_check_placeholders(reading, arena_printf(arena, "%s[%zu]", path, i), each, code);
    }
}

/* ------------------------------------------------------------------ currencies */

/* The currencies of the services that the mock of a rehearsal has. */
void settings_check_currency(struct settings_reading *reading, const char *currency)
{
    const struct embedded_file *file = embedded_find("fixtures/default.json");
    json_t *fixture = json_loadb(file->data, file->size, 0, NULL), *service;
    struct nearest nearest = nearest_to(currency);
    bool found = false;
    size_t i;
    json_array_foreach(json_object_get(fixture, "services"), i, service)
    {
        const char *each = json_string_value(json_object_get(service, "currency"));
        found = found || text_equal(each, currency);
        nearest_offer(&nearest, each);
    }
    if (!found) {
        json_errors_add(&reading->errors, "currency", "the mock has no currency \"%s\"%s", currency,
                        nearest_hint(&nearest, reading->errors.arena, NULL));
    }
    json_decref(fixture);
}
