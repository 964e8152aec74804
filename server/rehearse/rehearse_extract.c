/* Finds values in the answers of hooks. */
#include "base/text.h"
#include "rehearse/rehearse_call.h"
#include "rehearse/rehearse_hook.h"

#include <stdlib.h>
#include <string.h>

/* One step of a JSON pointer (RFC 6901). */
static const json_t *step_into(struct arena *arena, const json_t *value, const char *token,
                               size_t size)
{
    char *name = arena_copy(arena, token, size), *to = name;
    for (const char *from = name; *from; from++) {
        bool escape = *from == '~' && (from[1] == '0' || from[1] == '1');
        *to++ = escape ? (from[1] == '0' ? '~' : '/') : *from;
        from += escape;
    }
    *to = '\0';
    int64_t index;
    if (json_is_array(value)) {
        return text_to_int(name, &index) && index >= 0 ? json_array_get(value, (size_t)index)
                                                       : NULL;
    }
    return json_object_get(value, name);
}

static const char *text_of(struct scene *scene, const json_t *value)
{
    if (!value || json_is_null(value)) {
        return NULL;
    }
    if (json_is_string(value)) {
        return arena_strdup(&scene->arena, json_string_value(value));
    }
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    const char *kept = arena_strdup(&scene->arena, text);
    free(text);
    return kept;
}

static const char *by_pointer(struct scene *scene, const char *pointer, const struct buf *body)
{
    json_t *root = json_loadb(buf_str(body), body->size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    const json_t *value = root;
    while (value && *pointer == '/') {
        size_t size = strcspn(pointer + 1, "/");
        value = step_into(&scene->arena, value, pointer + 1, size);
        pointer += size + 1;
    }
    const char *text = text_of(scene, value);
    json_decref(root);
    return text;
}

const char *hook_extract(struct scene *scene, const struct rehearse_extract *extract,
                         const struct hook_answer *answer)
{
    if (!extract->pattern) {
        return by_pointer(scene, extract->pointer, &answer->body);
    }
    if (extract->header) {
        const char *value = rehearse_header(answer->headers, extract->header);
        return value ? pattern_group(extract->pattern, &scene->arena, value, strlen(value)) : NULL;
    }
    return pattern_group(extract->pattern, &scene->arena, buf_str(&answer->body),
                         answer->body.size);
}
