#include "target.h"

#include "base/text.h"
#include "http/form.h"

#include <string.h>
#include <strings.h>

const char *target_without_authority(const char *target)
{
    size_t scheme = strncasecmp(target, "http://", 7) == 0    ? 7
                    : strncasecmp(target, "https://", 8) == 0 ? 8
                                                              : 0;
    return scheme ? target + scheme + strcspn(target + scheme, "/?") : target;
}

static bool hides_something(const char *raw, size_t size)
{
    for (size_t i = 0; i + 2 < size; i++) {
        if (raw[i] == '%' &&
            (strncmp(raw + i, "%00", 3) == 0 || strncasecmp(raw + i, "%2f", 3) == 0)) {
            return true;
        }
    }
    return false;
}

bool target_split(struct arena *arena, const char *target, const char **ret_path,
                  const char **ret_query)
{
    const char *start = target_without_authority(target);
    size_t size = strcspn(start, "?");
    if (strlen(target) > TARGET_MOST || (*start != '/' && size) || hides_something(start, size)) {
        return false;
    }
    char *path = size ? arena_copy(arena, start, size) : arena_strdup(arena, "/");
    size_t length = form_decode(path, strlen(path), 0);
    while (length > 1 && path[length - 1] == '/') {
        path[--length] = '\0';
    }
    *ret_path = path;
    *ret_query = start[size] == '?' ? start + size + 1 : "";
    return text_utf8_length(path, length) >= 0;
}

bool target_match(struct arena *arena, const char *path, const char *pattern,
                  const char **ret_params, size_t most)
{
    size_t n = 0;
    while (*path && *pattern) {
        if (*pattern != '{') {
            if (*path++ != *pattern++) {
                return false;
            }
            continue;
        }
        size_t length = strcspn(path, "/");
        if (!length || n == most) {
            return false;
        }
        ret_params[n++] = arena_copy(arena, path, length);
        path += length;
        pattern += strcspn(pattern, "}") + 1;
    }
    return !*path && !*pattern;
}

bool target_is_under(const char *path, const char *prefix)
{
    size_t length = strlen(prefix);
    return text_starts(path, prefix) && (path[length] == '/' || path[length] == '\0');
}
