#include "page.h"

#include "base/die.h"
#include "base/embedded.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define ASSETS "server/web/assets/"

/* form-action names http: and https: because a payer may be sent on to the shop after a form
 * (auto_return). */
static const char policy[] =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
    " form-action 'self' http: https:";

static const struct {
    const char *ending, *type;
} types[] = {{".css", "text/css; charset=utf-8"},
             {".svg", "image/svg+xml"},
             {".js", "text/javascript; charset=utf-8"}};

void page_reply(struct call *call, unsigned status, const char *name,
                const struct template_value *values, size_t n)
{
    const struct embedded_file *file = embedded_find(arena_printf(call->arena, ASSETS "%s", name));
    if (!file) {
        die("there is no page %s", name);
    }
    call->request->reply.n_headers = 0;
    template_fill(http_reply(call->request, status, HTTP_HTML), file->data, values, n);
    http_reply_header(call->request, "Content-Security-Policy", policy);
    http_reply_header(call->request, "X-Content-Type-Options", "nosniff");
    http_reply_header(call->request, "Referrer-Policy", "no-referrer");
    http_reply_header(call->request, "Cache-Control", "no-store");
}

void page_error(struct call *call, unsigned status, const char *message)
{
    const struct template_value values[] = {
        {"code", arena_printf(call->arena, "%u", status)},
        {"message", message},
    };
    page_reply(call, status, "error.html", values, ARRAY_SIZE(values));
}

void page_error_instead(struct call *call)
{
    struct http_request *request = call->request;
    const struct http_reply *reply = &request->reply, before = *reply;
    json_auto_t *body = json_loadb(reply->body.data, reply->body.size, 0, NULL);
    const json_t *errors = json_object_get(body, "errors");
    buf_auto message = {0};
    const char *path;
    json_t *value;
    if (json_is_object(errors)) {
        json_object_foreach((json_t *)errors, path, value)
        {
            buf_printf(&message, "%s%s: %s", message.size ? " " : "", path,
                       json_string_value(value));
        }
    } else {
        const json_t *first = json_array_get(errors, 0);
        const char *detail = json_string_value(json_object_get(first, "detail"));
        const char *status = json_string_value(json_object_get(first, "status"));
        buf_text(&message, detail ? detail : status ? status : "");
    }
    page_error(call, reply->status, arena_strdup(call->arena, buf_str(&message)));
    for (size_t i = 0; i < before.n_headers; i++) {
        http_reply_header(request, before.headers[i].name, before.headers[i].value);
    }
}

static bool accepts(const struct call *call, const char *type)
{
    const char *accept = http_header(call->request, "Accept");
    return accept && strstr(accept, type);
}

bool page_is_browser(const struct call *call)
{
    return accepts(call, "text/html");
}

bool page_wants_json(const struct call *call)
{
    return accepts(call, "application/json") && !page_is_browser(call);
}

void page_asset(struct call *call)
{
    const char *name = call->params[0];
    const struct embedded_file *file = embedded_find(arena_printf(call->arena, ASSETS "%s", name));
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; file && ending && i < ARRAY_SIZE(types); i++) {
        if (text_equal(types[i].ending, ending)) {
            http_reply_fixed(call->request, 200, types[i].type, file->data, file->size);
            http_reply_header(call->request, "Cache-Control", "max-age=3600");
            return;
        }
    }
    http_reply_error(call->request, 404);
}
