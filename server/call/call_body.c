/* Reads a call's body, JSON or a form, and reports why it is neither. */
#include "call/call.h"

#include "base/text.h"
#include "http/form.h"
#include "http/target.h"

#include <string.h>
#include <strings.h>

/* The first bytes of bodies that are not UTF-8 text, and what to do about them. */
static const struct {
    const char *start;
    size_t size;
    const char *why;
} starts[] = {
    {"\xEF\xBB\xBF", 3, "the body starts with a byte order mark: send it without the mark"},
    {"\xFE\xFF", 2, "the body is UTF-16: send it as UTF-8"},
    {"\xFF\xFE", 2, "the body is UTF-16: send it as UTF-8"},
    {"\0{\0", 3, "the body is UTF-16: send it as UTF-8"},
    {"{\0\"\0", 4, "the body is UTF-16: send it as UTF-8"},
    {"\x1F\x8B", 2, "the body is compressed with gzip: send it uncompressed"},
};

const char *call_why_no_text(const struct call *call)
{
    const struct http_request *request = call->request;
    for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
        if (request->body_size >= starts[i].size &&
            memcmp(request->body, starts[i].start, starts[i].size) == 0) {
            return starts[i].why;
        }
    }
    return NULL;
}

/* The content decides how a body is read, not its Content-Type: shops label JSON wrongly. */
static bool begins_with_brace(const struct http_request *request)
{
    size_t blank = strspn(request->body, " \t\r\n");
    return request->body[blank] == '{';
}

static bool is_control(const struct call *call)
{
    return target_is_under(call->request->path, CALL_CONTROL_PREFIX);
}

/* Reads the body. If it does not begin like JSON, the parser's words say too little. Of a name that
 * stands twice, the platform takes the last value. */
static const char *read_json(struct call *call)
{
    struct http_request *request = call->request;
    const char *why = "the body must be a JSON object";
    request->document = (is_control(call) ? json_parse_once : json_parse)(
        request->body, request->body_size, call->arena, &why);
    size_t blanks = strspn(request->body, " \t\r\n");
    char first = request->body[blanks];
    bool begins = first == '{' || first == '[', nul = !first && blanks < request->body_size;
    return begins || nul  ? why
           : first == '"' ? "the body must be a JSON object, not a text: it may be encoded twice"
           : first        ? arena_printf(call->arena,
                                         "the body must be JSON, not a form or another text (%s)", why)
                          : "the body must be JSON: it is empty";
}

struct answer *call_body(struct call *call, json_t **ret_body)
{
    struct http_request *request = call->request;
    const char *why = call_why_no_text(call) ?: read_json(call);
    *ret_body = request->document;
    if (json_is_object(request->document)) {
        return NULL;
    }
    return is_control(call) ? call_control_error(call, 400, "invalid_json", "%s", why)
                            : call_error_because(
                                  call, 400,
                                  text_starts(why, "line ") /* of the JSON library */
                                      ? arena_printf(call->arena, "the body must be JSON: %s", why)
                                      : why);
}

struct answer *call_check_no_body(struct call *call)
{
    const struct http_request *request = call->request;
    bool takes_none = text_equal(request->method, "DELETE") || text_equal(request->method, "GET");
    return takes_none && request->body[strspn(request->body, " \t\r\n{}")]
               ? call_control_error(call, 422, "unexpected_body",
                                    "%s takes no body: what it is about stands in its path and "
                                    "query",
                                    request->method)
               : NULL;
}

json_t *call_document(struct call *call)
{
    struct http_request *request = call->request;
    if (!request->document) {
        request->document = json_parse(request->body, request->body_size, call->arena, NULL);
    }
    return json_is_object(request->document) ? request->document : NULL;
}

static const char *read_pairs(struct http_request *request, struct form *form)
{
    request->document = form_parse(request->body, request->body_size, form->errors);
    return NULL;
}

static const char *read_parts(struct http_request *request, struct form *form)
{
    const char *type = http_header(request, "Content-Type");
    const char *why = form_read_parts(type, request->body, request->body_size, form);
    request->document = form_finish(form);
    return why;
}

static const struct {
    const char *type;
    const char *(*read)(struct http_request *request, struct form *form);
} form_types[] = {
    {"application/x-www-form-urlencoded", read_pairs},
    {"multipart/form-data", read_parts},
};

/* Without a Content-Type, or if it is empty, a body is read as pairs. Returns -1 for other
 * types. */
static int find_form_type(const struct http_request *request)
{
    const char *type = http_header(request, "Content-Type");
    if (!type || !request->body_size) {
        return 0;
    }
    size_t length = strcspn(type, "; \t");
    for (size_t i = 0; i < ARRAY_SIZE(form_types); i++) {
        if (strlen(form_types[i].type) == length &&
            strncasecmp(form_types[i].type, type, length) == 0) {
            return (int)i;
        }
    }
    return -1;
}

struct answer *call_form(struct call *call, json_t **ret_form)
{
    struct http_request *request = call->request;
    struct json_errors errors = {.arena = call->arena};
    struct form form = {.errors = &errors};
    int type = find_form_type(request);
    if (begins_with_brace(request)) {
        return call_body(call, ret_form);
    }
    if (type < 0) {
        return call_error_because(call, 415,
                                  "the Content-Type must be application/x-www-form-urlencoded, "
                                  "multipart/form-data or application/json");
    }
    const char *why = call_why_no_text(call);
    why = why ? why : form_types[type].read(request, &form);
    *ret_form = request->document;
    return why        ? call_error_because(call, 400, why)
           : errors.n ? call_reply_errors(call, &errors)
                      : NULL;
}

json_t *call_attributes(json_t *body)
{
    json_t *data = json_object_get(body, "data");
    json_t *attributes = json_object_get(data, "attributes");
    return json_is_object(attributes) ? attributes : json_is_object(data) ? data : body;
}

/* What call_attributes looks for. Where it finds nothing, all fields look missing. */
static const struct json_field in_data[] = {{.name = "attributes"}};
static const struct json_field in_body[] = {
    {.name = "data", .kind = JSON_KIND_OBJECT, .fields = in_data, .n_fields = ARRAY_SIZE(in_data)},
};

static const char *misplaced(const struct call *call)
{
    const json_t *body = call->request->document, *data = json_object_get(body, "data");
    const json_t *attributes = json_object_get(data, "attributes");
    return json_is_object(attributes) ? NULL
           : attributes               ? "data.attributes is no object, so it has no effect"
           : data && !json_is_object(data)
               ? "data is no object with attributes, so it has no effect"
           : json_object_get(body, "attributes")
               ? "the field attributes has no effect: it must stand in data"
               : json_mistyped(call->arena, body, in_body, ARRAY_SIZE(in_body));
}

void call_read_fields(struct call *call, const json_t *object, const struct json_field *fields,
                      size_t n, void *into, struct json_errors *errors)
{
    json_read(object, fields, n, false, into, errors);
    call->hint = json_mistyped(call->arena, object, fields, n) ?: misplaced(call);
}
