#include "reply_shape.h"

#include "base/text.h"
#include "fixture/shapes.h"
#include "http/target.h"

#include <string.h>

#define PUBLIC_PREFIX "/public-api"
#define MADE_UP "mock" /* the value of a header that only the file has */

/* "GET /payment-invoices/{id}", "private 404"; NULL: a call that the file does not describe. */
static const char *document_name(const struct call *call, unsigned status)
{
    const struct route *route = call->route;
    bool public = target_is_under(call->request->path, PUBLIC_PREFIX);
    if (route && route->access != ACCESS_PUBLIC && route->access != ACCESS_PRIVATE) {
        return NULL;
    }
    if (status >= 400) {
        return target_is_under(call->request->path, CALL_CONTROL_PREFIX)
                   ? NULL
                   : arena_printf(call->arena, "%s %u", public ? "public" : "private", status);
    }
    return route ? arena_printf(call->arena, "%s %s", route->method, route->pattern) : NULL;
}

/* ------------------------------------------------------------------ headers */

static const char *lower(struct call *call, const char *name)
{
    char *text = arena_strdup(call->arena, name);
    text_lower(text);
    return text;
}

static bool has_header(struct call *call, const char *name)
{
    const struct http_reply *reply = &call->request->reply;
    bool has = reply->type && text_equal(name, "content-type");
    for (size_t i = 0; !has && i < reply->n_headers; i++) {
        has = text_equal_nocase(reply->headers[i].name, name);
    }
    return has;
}

static void drop_headers(struct call *call, const struct shape *headers)
{
    struct http_reply *reply = &call->request->reply;
    size_t kept = 0;
    for (size_t i = 0; i < reply->n_headers; i++) {
        const char *name = lower(call, reply->headers[i].name);
        if (shapes_passes_header(name) || shape_member(headers, name)) {
            reply->headers[kept++] = reply->headers[i];
        }
    }
    reply->n_headers = kept;
    reply->type = shape_member(headers, "content-type") ? reply->type : NULL;
}

/* One place stays for the header that the router adds. */
static void add_headers(struct call *call, const struct shape *headers)
{
    for (size_t i = 0; i < headers->n_members; i++) {
        const struct shape_member *member = &headers->members[i];
        bool needed = !shape_is_optional(headers, member) && !shapes_passes_header(member->key);
        if (needed && !has_header(call, member->key) &&
            call->request->reply.n_headers < HTTP_HEADERS_MOST - 1) {
            http_reply_header(call->request, member->key, MADE_UP);
        }
    }
}

/* ------------------------------------------------------------------ the reply */

static bool is_success(int status)
{
    return status / 100 == 2;
}

/* A call that reads is refused where the account refuses it. */
static bool refuses(const struct call *call, const struct shapes_document *document)
{
    return document->status >= 400 && call->request->reply.status < 400 &&
           text_equal(call->request->method, "GET");
}

static void change(struct call *call, const struct shapes_document *document)
{
    struct http_reply *reply = &call->request->reply;
    if (refuses(call, document)) {
        reply->n_headers = 0;
        http_reply_error(call->request, (unsigned)document->status);
    }
    bool same = (reply->status >= 400 && document->status >= 400) ||
                (is_success((int)reply->status) && is_success(document->status)) ||
                reply->status / 100 == (unsigned)document->status / 100;
    if (same) {
        reply->status = (unsigned)document->status;
        drop_headers(call, &document->headers);
        add_headers(call, &document->headers);
        shapes_impose(document, &reply->body);
    }
}

bool reply_shape_style(const struct call *call, enum error_style *ret_style)
{
    const struct shapes *shapes = call->engine->options.shapes;
    const char *name = shapes ? document_name(call, 422) : NULL;
    const struct shapes_document *document = name ? shapes_find(shapes, name) : NULL;
    const struct shape_member *errors = document ? shape_member(&document->body, "errors") : NULL;
    if (!errors || !(errors->shape.types & (SHAPE_LIST | SHAPE_OBJECT))) {
        return false;
    }
    *ret_style = errors->shape.types & SHAPE_LIST ? ERROR_STYLE_LIST : ERROR_STYLE_MAP;
    return true;
}

void reply_shape(struct call *call)
{
    const struct shapes *shapes = call->engine->options.shapes;
    const struct http_reply *reply = &call->request->reply;
    if (!shapes || !reply->status || !call->request->path) {
        return;
    }
    const char *name = document_name(call, reply->status);
    const struct shapes_document *document = name ? shapes_find(shapes, name) : NULL;
    if (document) {
        change(call, document);
    }
}
