#include "header_view.h"

#include "base/buf.h"
#include "base/text.h"

#include <jansson.h>
#include <string.h>

void header_add(void *headers, const char *name, const char *value)
{
    const char *other;
    json_t *before;
    json_object_foreach((json_t *)headers, other, before)
    {
        if (text_equal_nocase(other, name)) {
            buf_auto both = {0};
            buf_printf(&both, "%s, %s", json_string_value(before), value);
            json_object_set_new_nocheck(headers, other, json_string_nocheck(both.data));
            return;
        }
    }
    json_object_set_new_nocheck(headers, name, json_string_nocheck(value));
}

void header_lines_write(struct json_out *out, const char *lines)
{
    if (!lines) {
        return;
    }
    json_out_array(out, "header_lines");
    while (*lines) {
        size_t size = strcspn(lines, "\n");
        json_out_text_sized(out, NULL, lines, size);
        lines += size + (lines[size] == '\n');
    }
    json_out_array_end(out);
}
