/* A call's body as a JSON object, or why it is none. */
#include "http/call.h"

#include "http/form.h"
#include "http/target.h"

#include <string.h>

/* What a body starts with that is no text in UTF-8, and what to do about it. */
static const struct {
    const char *start;
    size_t size;
    const char *why;
} starts[] = {
    {"\xEF\xBB\xBF", 3, "the body starts with a byte order mark: send it without"},
    {"\xFE\xFF", 2, "the body is UTF-16: send it as UTF-8"},
    {"\xFF\xFE", 2, "the body is UTF-16: send it as UTF-8"},
    {"\0{", 2, "the body is UTF-16: send it as UTF-8"},
    {"{\0", 2, "the body is UTF-16: send it as UTF-8"},
    {"\x1F\x8B", 2, "the body is compressed with gzip: send it as it is"},
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

static bool begins_with_brace(const struct http_request *request)
{
    size_t blank = strspn(request->body, " \t\r\n");
    return request->body[blank] == '{';
}

json_t *call_body(struct call *call, bool form)
{
    struct http_request *request = call->request;
    const char *why = call_why_no_text(call);
    if (!why) {
        why = "the body is no JSON object";
        request->document = form && !begins_with_brace(request)
                                ? form_parse(request->body, request->body_size)
                                : json_parse(request->body, request->body_size, call->arena, &why);
    }
    if (json_is_object(request->document)) {
        return request->document;
    }
    if (target_is_under(request->path, CALL_CONTROL_PREFIX)) {
        call_control_error(call, 400, "invalid_json", "%s", why);
    } else {
        http_reply_error_because(request, 400, why);
    }
    return NULL;
}
