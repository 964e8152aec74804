#include "api/api.h"

#include "base/text.h"

const char *query_bracket(struct http_request *request, const char *map, const char *name)
{
    if (!*request->query_text) {
        return NULL;
    }
    return json_string_value(json_object_get(json_object_get(http_query(request), map), name));
}

void paging_read_int(struct http_request *request, const char *name, int64_t most, int64_t *value,
                     struct json_errors *errors)
{
    const char *text = query_bracket(request, "page", name);
    int64_t n;
    if (!text) {
        return;
    }
    if (!text_to_int(text, &n) || n < 1) {
        json_errors_add(errors, arena_printf(errors->arena, "page[%s]", name), MESSAGE_INVALID);
        return;
    }
    *value = n > most ? most : n;
}
