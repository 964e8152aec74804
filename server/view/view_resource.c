#include "view_resource.h"

#include "base/text.h"

#include <string.h>

void view_relationship(struct json_out *out, const char *name, const char *type, const char *id)
{
    json_out_object(out, name);
    if (id) {
        json_out_object(out, "data");
        json_out_text(out, "type", type);
        json_out_text(out, "id", id);
        json_out_object_end(out);
    } else {
        json_out_null(out, "data");
    }
    json_out_object_end(out);
}

void view_public_resolution(struct json_out *out, const char *resolution)
{
    char upper[80] = {0};
    strncpy(upper, resolution, sizeof upper - 1);
    text_upper(upper);
    json_out_text(out, "resolution", upper);
}

void view_self_link(struct json_out *out, const char *path, const char *id)
{
    json_out_object(out, "links");
    json_out_raw(out, "self", "\"");
    buf_text(out->buf, path);
    buf_text(out->buf, id);
    buf_char(out->buf, '"');
    json_out_object_end(out);
}
