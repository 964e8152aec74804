/* Answers: the refusals of each API in its form, and replies that all handlers share. */
#include "base/die.h"
#include "base/text.h"
#include "call/call.h"
#include "call/reply_shape.h"
#include "view/view_errors.h"

#define AUTHENTICATE "Basic realm=\"MilkyPay\""

struct answer {
    char unused;
};

static struct answer answered;

/* ------------------------------------------------------------------ the control API */

static struct answer *reply_control_error(struct call *call, unsigned status, const char *code,
                                          const char *message)
{
    struct json_out out = call_reply_object(call, status);
    json_out_object(&out, "error");
    json_out_text(&out, "code", code);
    json_out_text(&out, "message", message);
    json_out_object_end(&out);
    return call_reply_end(&out);
}

struct answer *call_control_error(struct call *call, unsigned status, const char *code,
                                  const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = arena_vprintf(call->arena, format, args);
    va_end(args);
    return reply_control_error(call, status, code, message);
}

struct answer *call_invalid(struct call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = arena_vprintf(call->arena, format, args);
    va_end(args);
    return reply_control_error(call, 422, "invalid", message);
}

/* ------------------------------------------------------------------ the platform */

const char *call_methods(const struct call *call, const char *pattern)
{
    const char *methods = "";
    for (size_t i = 0; i < call->router->n_routes; i++) {
        const struct route *route = &call->router->routes[i];
        if (text_equal(route->pattern, pattern)) {
            methods = arena_printf(call->arena, "%s%s%s%s", methods, *methods ? ", " : "",
                                   route->method, text_equal(route->method, "GET") ? ", HEAD" : "");
        }
    }
    return methods;
}

void call_reply_allow(struct call *call, const char *pattern)
{
    http_reply_header(call->request, "Allow",
                      arena_printf(call->arena, "%s, OPTIONS", call_methods(call, pattern)));
}

struct answer *call_error(struct call *call, unsigned status)
{
    http_reply_error(call->request, status);
    if (status == 401 && call->route && call->route->access == ACCESS_PRIVATE) {
        http_reply_header(call->request, "WWW-Authenticate", AUTHENTICATE);
    }
    if (status == 405 && call->route) {
        call_reply_allow(call, call->route->pattern);
    }
    return &answered;
}

struct answer *call_error_because(struct call *call, unsigned status, const char *reason)
{
    call->detail = reason;
    return call_error(call, status);
}

struct answer *call_refuse(struct call *call, unsigned status, const char *reason,
                           const char *remedy)
{
    call->remedy = remedy;
    return call_error_because(call, status, reason);
}

enum profile call_profile(const struct call *call)
{
    return call->tenant ? engine_profile(call->engine, call->tenant) : PROFILE_2020;
}

/* The card gate has one style for all profiles. */
static enum error_style style_of(const struct call *call)
{
    enum error_style style;
    if (reply_shape_style(call, &style)) {
        return style;
    }
    return call->route->access == ACCESS_GATE ? ERROR_STYLE_LIST
                                              : view_error_style(call_profile(call));
}

struct answer *call_reply_errors(struct call *call, const struct json_errors *errors)
{
    enum route_access access = call->route->access;
    const struct error_place place = {
        .in_query = text_equal(call->request->method, "GET"),
        .document = call->request->document,
        .enveloped = access == ACCESS_PRIVATE || access == ACCESS_GATE,
        .header = OUTCOME_HEADER,
    };
    call->errors = errors->first;
    view_errors(http_reply(call->request, 422, HTTP_JSON), style_of(call), &place, errors);
    return &answered;
}

/* ------------------------------------------------------------------ what all handlers share */

bool call_is_look(const struct call *call)
{
    return call->route && call->route->access == ACCESS_PAGE &&
           text_equal(call->request->method, "GET") && http_header(call->request, LOOK_HEADER);
}

struct answer *call_redirect(struct call *call, unsigned status, const char *location)
{
    http_reply_empty(call->request, status);
    http_reply_header(call->request, "Location", location);
    if (text_equal(call->request->method, "GET")) {
        http_reply_header(call->request, "Cache-Control", "no-store");
    }
    return &answered;
}

struct json_out call_reply_object(struct call *call, unsigned status)
{
    struct json_out out = {.buf = http_reply(call->request, status, HTTP_JSON)};
    json_out_object(&out, NULL);
    return out;
}

struct answer *call_reply_end(struct json_out *out)
{
    json_out_object_end(out);
    return &answered;
}

struct json_out call_reply_list(struct call *call)
{
    struct json_out out = call_reply_object(call, 200);
    json_out_array(&out, "items");
    return out;
}

struct answer *call_reply_list_end(struct json_out *out, int64_t total, const char *next)
{
    json_out_array_end(out);
    json_out_int(out, "total", total);
    json_out_text(out, "next", next);
    return call_reply_end(out);
}

struct answer *call_answered(const struct call *call)
{
    const struct http_request *request = call->request;
    if (!request->reply.status && !request->reply.fault && !request->parked) {
        die("%s %s was not answered", request->method, request->target);
    }
    return &answered;
}
