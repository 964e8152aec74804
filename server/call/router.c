#include "call/call.h"

#include "base/die.h"
#include "base/text.h"
#include "call/reason.h"
#include "call/record.h"
#include "call/reply_shape.h"
#include "http/framing.h"
#include "http/target.h"

#include <stdio.h>
#include <string.h>

#define PUBLIC_PREFIX "/public-api"
#define PRIVATE_PREFIX "/api"
#define DATABASE_HEADER "X-Mock-Database" /* a client that sees another one has lost its data */

static bool is_under(const struct http_request *request, const char *prefix)
{
    return request->path && target_is_under(request->path, prefix);
}

/* An error in the form of the API; the platform's has the message in a header. */
static struct answer *reply_reason(struct call *call, unsigned status, const char *code,
                                   const char *message)
{
    return is_under(call->request, CALL_CONTROL_PREFIX)
               ? call_control_error(call, status, code, "%s", message)
               : call_error_because(call, status, message);
}

/* ------------------------------------------------------------------ where it is */

const char *call_base_url(const struct call *call)
{
    const struct router *router = call->router;
    if (router->guard.public_url) {
        return router->guard.public_url;
    }
    const char *host = http_header(call->request, "Host");
    if (!guard_host_is_plain(host)) {
        return router->listen_url;
    }
    return arena_printf(call->arena, "%s://%s", router->tls ? "https" : "http", host);
}

/* ------------------------------------------------------------------ finding the route */

/* The private API is served at / and at /api: routes are written without. */
static const char *private_path(const char *path)
{
    if (!target_is_under(path, PRIVATE_PREFIX)) {
        return path;
    }
    const char *rest = path + strlen(PRIVATE_PREFIX);
    return *rest ? rest : "/";
}

/* Patterns may end in a slash, like some of the platform; paths come without. */
static const char *without_slash(struct arena *arena, const char *path)
{
    size_t length = strlen(path);
    return length > 1 && path[length - 1] == '/' ? arena_copy(arena, path, length - 1) : path;
}

static bool matches(struct call *call, const struct route *route, const char *path)
{
    const char *own = route->access == ACCESS_PRIVATE ? private_path(path) : path;
    const char *pattern = without_slash(call->arena, route->pattern);
    return target_match(call->arena, own, pattern, call->params, CALL_PARAMS);
}

/* Whether a path that fits `glob` may be one of the route's, which may begin with /api. */
static bool may_match(struct arena *arena, const struct route *route, const char *glob)
{
    const char *pattern = without_slash(arena, route->pattern);
    return target_may_match(glob, pattern) ||
           (route->access == ACCESS_PRIVATE &&
            target_may_match(glob, arena_printf(arena, PRIVATE_PREFIX "%s", pattern)));
}

bool call_has_path(const struct call *call, bool page, const char *method, const char *path)
{
    const char *glob = without_slash(call->arena, path);
    for (size_t i = 0; i < call->router->n_routes; i++) {
        const struct route *route = &call->router->routes[i];
        bool platform = route->account && !target_is_under(route->pattern, CALL_CONTROL_PREFIX);
        if (platform && page == (route->access == ACCESS_PAGE) &&
            (!method || text_equal(method, route->method)) && may_match(call->arena, route, glob)) {
            return true;
        }
    }
    return false;
}

/* The first pattern that matches is the resource; its other rows are its other methods.
 * `ret_pattern` is NULL if none matches. */
static const struct route *find_route(struct call *call, const char **ret_pattern)
{
    const struct http_request *request = call->request;
    const struct route *found = NULL;
    const char *pattern = NULL;
    for (size_t i = 0; i < call->router->n_routes && !found; i++) {
        const struct route *route = &call->router->routes[i];
        if (pattern ? !text_equal(route->pattern, pattern) : !matches(call, route, request->path)) {
            continue;
        }
        pattern = route->pattern;
        found = text_equal(route->method, request->method) ? route : NULL;
    }
    *ret_pattern = pattern;
    return found;
}

/* ------------------------------------------------------------------ what the route needs */

static struct answer *check_needs(struct call *call)
{
    unsigned needs = call->route->needs;
    if (needs & NEEDS_ACCOUNT && !call->tenant) {
        return call_control_error(
            call, 404, "unknown_account",
            "the demo account was deleted; POST /_mock/reset brings it back, or name another one "
            "with ?account=");
    }
    return needs & NEEDS_JOURNAL ? call_check_journal(call) : NULL;
}

/* Browsers get error pages. */
static struct answer *page_if_needed(struct call *call, struct answer *answer)
{
    if (answer && call->route->needs & NEEDS_PAGES) {
        call->router->error_page(call);
    }
    return answer;
}

/* Finds the account and applies its faults. */
static struct answer *enter(struct call *call)
{
    const struct route *route = call->route;
    struct answer *refused = route->account ? route->account(call) : NULL;
    if (!refused && call->tenant) {
        refused = call_set_account(call);
    }
    return page_if_needed(call, refused ? refused : check_needs(call));
}

#define CHECKS_MOST 5

/* The steps before the handler, in this order. */
static struct answer *(*const checks[][CHECKS_MOST])(struct call *call) = {
    [ACCESS_PUBLIC] = {call_check_query_text, enter, call_check_headers},
    [ACCESS_PRIVATE] = {enter, call_check_query_text, call_check_headers},
    [ACCESS_GATE] = {call_check_query_text, enter, call_check_headers},
    [ACCESS_PAGE] = {call_check_page_query, enter},
    [ACCESS_CONTROL] = {call_check_origin, call_check_token, call_check_query, call_check_no_body,
                        enter},
    [ACCESS_CONTROL_OPEN] = {call_check_origin, call_check_query, call_check_no_body, enter},
    [ACCESS_CONTROL_LARGE] = {call_check_origin, call_check_token, call_check_query,
                              call_check_no_body, enter},
    [ACCESS_DASHBOARD] = {call_check_origin, call_check_query},
    [ACCESS_SINK] = {enter},
};

/* ------------------------------------------------------------------ answering */

static struct answer *reply_options(struct call *call, const char *pattern)
{
    struct http_request *request = call->request;
    const char *wanted = http_header(request, "Access-Control-Request-Headers");
    http_reply_empty(request, 204);
    call_reply_allow(call, pattern);
    if (target_is_under(request->path, PUBLIC_PREFIX)) {
        http_reply_header(request, "Access-Control-Allow-Methods", call_methods(call, pattern));
        http_reply_header(request, "Access-Control-Allow-Headers",
                          wanted ? wanted : "Content-Type, Accept, " OUTCOME_HEADER);
        http_reply_header(request, "Access-Control-Max-Age", "86400");
    }
    return call_answered(call);
}

/* Refused before authentication: the journal shows it to the account that the login names. The
 * platform says no more about a path or a method than the status. */
static struct answer *refuse_route(struct call *call, enum journal_refusal why, unsigned status,
                                   const char *code, const char *message)
{
    call->refusal = why;
    record_account(call->request, account_named(call));
    if (why == REFUSAL_HTTP) {
        return reply_reason(call, status, code, message);
    }
    return is_under(call->request, CALL_CONTROL_PREFIX)
               ? call_control_error(call, status, code, "%s; %s", message,
                                    reason_nearest(call) ?: "")
               : call_error(call, status);
}

/* The request violates HTTP, whatever its route. */
static struct answer *refuse_request(struct call *call)
{
    const struct framing_refusal *refusal = call->request->refusal;
    return refuse_route(call, REFUSAL_HTTP, refusal->status, "malformed_request", refusal->reason);
}

static struct answer *refuse_target(struct call *call)
{
    call->refusal = REFUSAL_TARGET;
    return call_error(call, 404);
}

/* A body with a Content-Encoding cannot be read. */
static bool is_encoded(const struct http_request *request)
{
    const char *encoding = http_header(request, "Content-Encoding");
    return request->body_size && encoding && *encoding && !text_equal_nocase(encoding, "identity");
}

static struct answer *refuse_busy(struct call *call, const char *message)
{
    struct answer *busy = reply_reason(call, 503, "busy", message);
    http_reply_header(call->request, "Retry-After", "1");
    return busy;
}

/* Clients that read nothing must not fill the memory. Calls that change something have small
 * replies, and what watches the server has no account. */
static struct answer *check_replies(struct call *call)
{
    const struct route *route = call->route;
    bool large = text_equal(route->method, "GET") &&
                 (route->access == ACCESS_PRIVATE || route->access == ACCESS_PUBLIC ||
                  route->needs & NEEDS_ACCOUNT);
    return large && call->request->crowded
               ? refuse_busy(call, "too many responses are not read yet; send it again")
               : NULL;
}

/* Checks the body before anything reads it. */
static struct answer *check_body(struct call *call)
{
    struct http_request *request = call->request;
    if (request->no_room) {
        return refuse_busy(call, "too many bodies are under way; send it again");
    }
    if (is_encoded(request) && call->route->access != ACCESS_SINK) {
        return reply_reason(call, 415, "unsupported_encoding",
                            "the body must be sent without Content-Encoding");
    }
    if (request->too_large) {
        return reply_reason(call, 413, "too_large",
                            arena_printf(call->arena, "the body must be at most %zu MiB",
                                         request->body_most >> 20));
    }
    return NULL;
}

static struct answer *handle(struct call *call)
{
    const struct route *route = call->route;
    struct answer *answer = check_body(call) ?: check_replies(call);
    for (size_t i = 0; !answer && i < CHECKS_MOST && checks[route->access][i]; i++) {
        answer = checks[route->access][i](call);
    }
    if (answer) {
        return answer;
    }
    return page_if_needed(call, route->handle(call));
}

static struct answer *dispatch(struct call *call)
{
    const char *pattern;
    call->route = find_route(call, &pattern);
    if (call->route) {
        return handle(call);
    }
    if (!pattern) {
        return refuse_route(call, REFUSAL_PATH, 404, "not_found", "there is no such path");
    }
    if (text_equal(call->request->method, "OPTIONS")) {
        return reply_options(call, pattern);
    }
    struct answer *refused = refuse_route(call, REFUSAL_METHOD, 405, "method_not_allowed",
                                          "the path has other methods, see Allow");
    call_reply_allow(call, pattern);
    return refused;
}

void router_handle(void *arg, struct http_request *request)
{
    const struct router *router = arg;
    struct call call = {
        .request = request, .arena = &request->arena, .engine = router->engine, .router = router};
    record_begin(router, request);
    struct answer *answer = request->refusal ? refuse_request(&call)
                            : request->path  ? dispatch(&call)
                                             : refuse_target(&call);
    if (!answer) {
        die("%s %s was not answered", request->method, request->target);
    }
    record_routed(&call);
    reply_shape(&call);
    /* A delayed call has no reply yet. */
    bool stands = request->reply.status || request->reply.fault;
    if (stands && is_under(request, PUBLIC_PREFIX)) {
        http_reply_header(request, "Access-Control-Allow-Origin", "*");
        http_reply_header(request, "Access-Control-Expose-Headers", HTTP_REASON);
    }
    if (stands && is_under(request, CALL_CONTROL_PREFIX)) {
        http_reply_header(request, DATABASE_HEADER, router->engine->database);
    }
    if (stands) {
        reason_give(&call);
    }
    router->engine->watch.trace.current = 0;
}

/* Large bodies are accepted only from authorized callers: there is room for a few at a time. */
size_t router_body_most(void *arg, struct http_request *request)
{
    const struct router *router = arg;
    struct call call = {
        .request = request, .arena = &request->arena, .engine = router->engine, .router = router};
    const char *pattern;
    if (!is_under(request, CALL_CONTROL_PREFIX)) {
        return HTTP_BODY_MOST;
    }
    const struct route *route = find_route(&call, &pattern);
    bool large = route && route->access == ACCESS_CONTROL_LARGE && call_is_from_here(&call) &&
                 call_has_control(&call);
    return large ? HTTP_DISCARD_MOST : HTTP_BODY_MOST;
}
