#include "json_pointer.h"

#include "base/buf.h"
#include "base/text.h"

#include <string.h>

/* Reads "/name", with ~1 for a slash and ~0 for a tilde, and returns what follows it. */
static const char *read_name(const char *pointer, struct buf *ret_name)
{
    const char *p = pointer + 1;
    ret_name->size = 0;
    for (; *p && *p != '/'; p++) {
        bool escape = p[0] == '~' && (p[1] == '0' || p[1] == '1');
        char c = !escape ? *p : p[1] == '1' ? '/' : '~';
        buf_add(ret_name, &c, 1);
        p += escape;
    }
    return p;
}

/* The index of a list's element, or of the place behind the last one; -1: there is none. */
static int64_t index_of(const json_t *list, const char *name)
{
    int64_t n = (int64_t)json_array_size(list), at;
    if (text_equal(name, "-")) {
        return n;
    }
    return text_to_int(name, &at) && at >= 0 && at <= n ? at : -1;
}

static json_t *member(const json_t *container, const char *name)
{
    int64_t at = json_is_array(container) ? index_of(container, name) : -1;
    return at >= 0 ? json_array_get(container, (size_t)at) : json_object_get(container, name);
}

static bool put(json_t *container, const char *name, json_t *value)
{
    if (json_is_object(container)) {
        return json_object_set(container, name, value) == 0;
    }
    int64_t at = json_is_array(container) ? index_of(container, name) : -1;
    bool last = at == (int64_t)json_array_size(container);
    return at >= 0 && (last ? json_array_append(container, value)
                            : json_array_set(container, (size_t)at, value)) == 0;
}

bool json_pointer_set(json_t *document, const char *pointer, json_t *value)
{
    buf_auto name = {0};
    json_t *container = document;
    if (*pointer != '/') {
        return false;
    }
    for (;;) {
        pointer = read_name(pointer, &name);
        if (!*pointer) {
            return put(container, buf_str(&name), value);
        }
        container = member(container, buf_str(&name));
        if (!container) {
            return false;
        }
    }
}
