#include "view_errors.h"

#include "base/text.h"
#include "wire/json_out.h"

#include <string.h>

#define TITLE "Unprocessable Content"

enum error_style view_error_style(enum profile profile)
{
    static const enum error_style styles[PROFILE_COUNT] = {[PROFILE_2020] = ERROR_STYLE_MAP,
                                                           [PROFILE_2024] = ERROR_STYLE_LIST,
                                                           [PROFILE_2025] = ERROR_STYLE_LIST};
    return styles[profile];
}

/* ------------------------------------------------------------------ one object of all fields */

static void write_map(struct json_out *json, const struct json_errors *errors)
{
    json_out_object(json, "errors");
    for (const struct json_error *error = errors->first; error; error = error->next) {
        json_out_text(json, error->path, error->message);
    }
    json_out_object_end(json);
}

/* ------------------------------------------------------------------ a list, with the source of
 * each
 */

/* "/data/attributes" (also without a body), "/data" or "". A field that is in `data` only, like the
 * `id` of a resource, belongs to "/data". */
static const char *envelope_pointer(const json_t *body, const char *field)
{
    const json_t *data = json_object_get(body, "data");
    const json_t *attributes = json_object_get(data, "attributes");
    if (!json_is_object(data)) {
        return body ? "" : "/data/attributes";
    }
    bool beside = json_object_get(data, field) && !json_object_get(attributes, field);
    return json_is_object(attributes) && !beside ? "/data/attributes" : "/data";
}

/* "customer.reference_id" -> "/data/attributes/customer/reference_id" (RFC 6901). */
static void pointer_of(struct buf *out, const struct error_place *place, const char *path,
                       struct arena *arena)
{
    const char *field = arena_copy(arena, path, strcspn(path, "."));
    buf_printf(out, "%s/", place->enveloped ? envelope_pointer(place->document, field) : "");
    for (; *path; path++) {
        const char *escaped = *path == '.' ? "/" : *path == '~' ? "~0" : *path == '/' ? "~1" : NULL;
        escaped ? buf_text(out, escaped) : buf_char(out, *path);
    }
}

/* "customer.reference_id" -> "customer[reference_id]"; a path with brackets does not change. */
static void parameter_of(struct buf *out, const char *path)
{
    const char *dot = strchr(path, '.');
    buf_add(out, path, dot ? (size_t)(dot - path) : strlen(path));
    while (dot) {
        const char *member = dot + 1;
        dot = strchr(member, '.');
        buf_printf(out, "[%.*s]", (int)(dot ? (size_t)(dot - member) : strlen(member)), member);
    }
}

static void write_source(struct json_out *json, const struct error_place *place, const char *path,
                         struct arena *arena)
{
    buf_auto at = {0};
    json_out_object(json, "source");
    if (place->header && text_equal(path, place->header)) {
        json_out_text(json, "header", path);
    } else if (place->in_query) {
        parameter_of(&at, path);
        json_out_text(json, "parameter", buf_str(&at));
    } else {
        pointer_of(&at, place, path, arena);
        json_out_text(json, "pointer", buf_str(&at));
    }
    json_out_object_end(json);
}

static void write_list(struct json_out *json, const struct error_place *place,
                       const struct json_errors *errors)
{
    json_out_array(json, "errors");
    for (const struct json_error *error = errors->first; error; error = error->next) {
        json_out_object(json, NULL);
        json_out_text(json, "status", TITLE);
        json_out_text(json, "code", "422");
        json_out_text(json, "title", TITLE);
        json_out_text(json, "detail", error->message);
        write_source(json, place, error->path, errors->arena);
        json_out_object_end(json);
    }
    json_out_array_end(json);
}

void view_errors(struct buf *out, enum error_style style, const struct error_place *place,
                 const struct json_errors *errors)
{
    struct json_out json = {.buf = out};
    json_out_object(&json, NULL);
    if (style == ERROR_STYLE_MAP) {
        write_map(&json, errors);
    } else {
        write_list(&json, place, errors);
    }
    json_out_object_end(&json);
}

/* ------------------------------------------------------------------ reading it again */

/* Turns a pointer back into the path. */
static void path_of(struct buf *out, const char *pointer)
{
    static const char *const envelopes[] = {"/data/attributes/", "/data/", "/"};
    size_t at = 0;
    while (!text_starts(pointer, envelopes[at])) {
        at++;
    }
    for (const char *p = pointer + strlen(envelopes[at]); *p; p++) {
        bool escape = *p == '~' && (p[1] == '0' || p[1] == '1');
        buf_char(out, *p == '/' ? '.' : !escape ? *p : p[1] == '0' ? '~' : '/');
        p += escape;
    }
}

static void read_one(const json_t *error, json_t *fields)
{
    const json_t *source = json_object_get(error, "source");
    const char *pointer = json_string_value(json_object_get(source, "pointer"));
    const char *parameter = json_string_value(json_object_get(source, "parameter"));
    const char *header = json_string_value(json_object_get(source, "header"));
    json_t *detail = json_object_get(error, "detail");
    buf_auto path = {0};
    if (pointer && *pointer == '/') {
        path_of(&path, pointer);
    } else {
        buf_text(&path, parameter ? parameter : header ? header : "");
    }
    if ((pointer || parameter || header) && detail) { /* a field may lack a name */
        json_object_set(fields, buf_str(&path), detail);
    }
}

json_t *view_errors_read(const json_t *reply)
{
    json_t *errors = json_object_get(reply, "errors");
    size_t i;
    const json_t *error;
    if (json_is_object(errors)) {
        return json_incref(errors);
    }
    json_t *fields = json_object();
    json_array_foreach(errors, i, error)
    {
        read_one(error, fields);
    }
    if (!json_object_size(fields)) {
        json_decref(fields);
        return NULL;
    }
    return fields;
}
