#include "rehearse/fill_me.h"

#include <string.h>

static bool is_open(const char *text)
{
    return text && strstr(text, FILL_ME);
}

static void find(const json_t *value, const char *path, struct json_errors *errors)
{
    const char *key, *dot = *path ? "." : "";
    json_t *each;
    size_t i;
    if (is_open(json_string_value(value))) {
        json_errors_add(errors, path, "still has " FILL_ME);
    }
    json_object_foreach((json_t *)value, key, each)
    {
        const char *here = arena_printf(errors->arena, "%s%s%s", path, dot, key);
        if (is_open(key)) {
            json_errors_add(errors, here, "still has " FILL_ME);
        }
        find(each, here, errors);
    }
    json_array_foreach(value, i, each)
    {
        find(each, arena_printf(errors->arena, "%s[%zu]", path, i), errors);
    }
}

void fill_me_find(const json_t *settings, struct json_errors *errors)
{
    find(settings, "", errors);
}
