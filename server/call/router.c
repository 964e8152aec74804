#include "call/call.h"

#include "base/text.h"
#include "base/wall.h"
#include "call/credentials.h"
#include "call/guard.h"
#include "call/record.h"
#include "http/authorization.h"
#include "http/framing.h"
#include "http/target.h"

#include <stdio.h>
#include <string.h>

#define PUBLIC_PREFIX "/public-api"
#define PRIVATE_PREFIX "/api"

static void reply_error(struct call *call, unsigned status, const char *code, const char *message)
{
    const char *path = call->request->path;
    if (path && target_is_under(path, CALL_CONTROL_PREFIX)) {
        call_control_error(call, status, code, "%s", message);
    } else {
        http_reply_error(call->request, status);
    }
}

/* The same, and the platform's shape has the message in a header. */
static void reply_reason(struct call *call, unsigned status, const char *code, const char *message)
{
    const char *path = call->request->path;
    if (path && target_is_under(path, CALL_CONTROL_PREFIX)) {
        call_control_error(call, status, code, "%s", message);
    } else {
        http_reply_error_because(call->request, status, message);
    }
}

/* ------------------------------------------------------------------ where it is */

const char *call_base_url(const struct call *call)
{
    const struct router *router = call->router;
    if (router->public_url) {
        return router->public_url;
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

/* Patterns may end in a slash, as the platform writes some; paths come without. */
static bool matches(struct call *call, const struct route *route, const char *path)
{
    size_t length = strlen(route->pattern);
    const char *pattern = route->pattern;
    if (length > 1 && pattern[length - 1] == '/') {
        pattern = arena_copy(call->arena, pattern, length - 1);
    }
    const char *own = route->access == ACCESS_PRIVATE ? private_path(path) : path;
    return target_match(call->arena, own, pattern, call->params, CALL_PARAMS);
}

/* The first pattern that fits names the resource; the methods of its other rows are its other
 * methods. `ret_pattern` is NULL when none fits. */
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

/* ------------------------------------------------------------------ who may */

static bool check_private(struct call *call)
{
    struct tenant *tenant = credentials_check(call);
    if (tenant) {
        return call_enter(call, tenant, call->params[0]);
    }
    record_account(call->request, credentials_name(call));
    call_error(call, 401);
    return false;
}

static struct guard guard_of(const struct router *router)
{
    return (struct guard){router->public_url, router->allow_hosts, router->n_allow_hosts};
}

static bool cookie_passes(const struct call *call)
{
    const struct guard guard = guard_of(call->router);
    return guard_cookie_passes(http_header(call->request, "Cookie"), call->router->control_token) &&
           guard_origin_is_own(&guard, http_header(call->request, "Origin"),
                               http_header(call->request, "Host"));
}

bool call_has_control(const struct call *call)
{
    const char *token = call->router->control_token;
    const char *bearer = authorization_bearer(http_header(call->request, "Authorization"));
    const char *own = http_header(call->request, "X-Mock-Token");
    return !token || (bearer && crypt_equal(bearer, token)) || (own && crypt_equal(own, token)) ||
           cookie_passes(call);
}

static bool check_token(struct call *call)
{
    bool good = call_has_control(call);
    if (!good) {
        call_control_error(call, 401, "unauthorized",
                           "the control API wants the token of --control-token");
    }
    return good;
}

static bool host_passes(const struct call *call)
{
    const struct guard guard = guard_of(call->router);
    return guard_host_passes(&guard, http_header(call->request, "Host"));
}

static bool origin_passes(const struct call *call)
{
    const struct guard guard = guard_of(call->router);
    return guard_origin_passes(&guard, http_header(call->request, "Origin"),
                               http_header(call->request, "Host"));
}

static bool check_origin(struct call *call)
{
    if (!host_passes(call)) {
        call_control_error(call, 403, "host_not_allowed",
                           "Host must be an address, localhost or the public URL's host; "
                           "--allow-host adds others");
        return false;
    }
    if (!origin_passes(call)) {
        call_control_error(call, 403, "origin_not_allowed",
                           "Origin must be this server, loopback or the public URL; "
                           "--allow-host adds others");
        return false;
    }
    return true;
}

/* The account of a control call: ?account=, else the demo account. */
static bool find_control_tenant(struct call *call)
{
    if (json_errors_has(http_query_errors(call->request), "account")) {
        call_control_error(call, 422, "invalid_parameter", "account: it cannot be read");
        return false;
    }
    const char *id = http_query_text(call->request, "account");
    call->tenant = id ? tenants_by_id(&call->engine->tenants, id) : call->engine->tenants.demo;
    if (!call->tenant && id) {
        call_control_error(call, 404, "unknown_account", "there is no account %s", id);
        return false;
    }
    if (call->tenant) {
        call->tenant->used_ms = mono_now_ms();
    }
    return true;
}

static bool names_query(const char *names, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = names; at && *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (word == length && strncmp(at, name, length) == 0) {
            return true;
        }
        at += word;
    }
    return false;
}

/* The platform's calls: what cannot be read is refused, never ignored. */
static bool check_query_text(struct call *call)
{
    const struct json_errors *errors = http_query_errors(call->request);
    if (errors->n) {
        call_reply_errors(call, errors);
    }
    return !errors->n;
}

static bool check_page_query(struct call *call)
{
    bool good = check_query_text(call);
    if (!good) {
        call->router->error_page(call);
    }
    return good;
}

/* The control API's: what is misspelt, too. */
static bool check_query(struct call *call, const struct route *route)
{
    const struct json_errors *errors = http_query_errors(call->request);
    const char *name;
    json_t *value;
    if (errors->n) {
        call_control_error(call, 422, "invalid_parameter", "%s: %s", errors->first->path,
                           errors->first->message);
        return false;
    }
    json_object_foreach((json_t *)http_query(call->request), name, value)
    {
        if (!json_is_string(value) ||
            (!text_equal(name, "account") && !names_query(route->query, name))) {
            call_control_error(call, 422, "unknown_parameter", "the query has no parameter %s",
                               name);
            return false;
        }
    }
    return true;
}

static bool may(struct call *call, const struct route *route)
{
    switch (route->access) {
    case ACCESS_PUBLIC:
    case ACCESS_GATE:
        return check_query_text(call);
    case ACCESS_PAGE:
        return check_page_query(call);
    case ACCESS_PRIVATE:
        return check_private(call) && check_query_text(call);
    case ACCESS_CONTROL:
    case ACCESS_CONTROL_LARGE:
        return check_origin(call) && check_token(call) && check_query(call, route) &&
               find_control_tenant(call);
    case ACCESS_CONTROL_OPEN:
        return check_origin(call) && check_query(call, route) && find_control_tenant(call);
    case ACCESS_DASHBOARD:
        return check_origin(call) && check_query(call, route);
    case ACCESS_SINK:
        return find_control_tenant(call);
    }
    return false;
}

/* ------------------------------------------------------------------ answering */

static void add_cors(struct call *call)
{
    http_reply_header(call->request, "Access-Control-Allow-Origin", "*");
}

static void reply_options(struct call *call, const char *pattern)
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
}

/* A reply stands, which may still have to wait; a call that comes again later has none. */
static bool is_answered(const struct http_request *request)
{
    return request->reply.status || request->reply.fault;
}

/* Refused before anybody was asked who calls: the journal shows it to whom it names. */
static void refuse_route(struct call *call, enum journal_refusal why, unsigned status,
                         const char *code, const char *message)
{
    call->refusal = why;
    record_account(call->request, credentials_name(call));
    reply_error(call, status, code, message);
}

/* The request is not what HTTP allows, whatever its route may be. */
static void refuse_request(struct call *call)
{
    const struct framing_refusal *refusal = call->request->refusal;
    call->refusal = REFUSAL_HTTP;
    record_account(call->request, credentials_name(call));
    reply_reason(call, refusal->status, "malformed_request", refusal->reason);
    record_routed(call);
}

/* A body that nothing here can read, because it is not the text itself. */
static bool is_encoded(const struct http_request *request)
{
    const char *encoding = http_header(request, "Content-Encoding");
    return request->body_size && encoding && *encoding && !text_equal_nocase(encoding, "identity");
}

static void handle(struct call *call, const struct route *route)
{
    struct http_request *request = call->request;
    if (request->no_room) {
        reply_reason(call, 503, "busy", "too many bodies are under way; send it again");
        http_reply_header(request, "Retry-After", "1");
    } else if (is_encoded(request) && route->access != ACCESS_SINK) {
        reply_reason(call, 415, "unsupported_encoding",
                     "the body must be sent without Content-Encoding");
    } else if (request->too_large) {
        reply_reason(
            call, 413, "too_large",
            arena_printf(call->arena, "bodies are at most %zu MiB here", request->body_most >> 20));
    } else if (may(call, route)) {
        record_account(request, call->tenant);
        route->handle(call);
    }
}

static void dispatch(struct call *call)
{
    struct http_request *request = call->request;
    const char *pattern;
    const struct route *route = call->route = find_route(call, &pattern);
    if (!pattern) {
        refuse_route(call, REFUSAL_PATH, 404, "not_found", "there is no such path");
    } else if (!route && text_equal(request->method, "OPTIONS")) {
        reply_options(call, pattern);
    } else if (!route) {
        refuse_route(call, REFUSAL_METHOD, 405, "method_not_allowed",
                     "the path takes other methods, see Allow");
        call_reply_allow(call, pattern);
    } else {
        handle(call, route);
    }
    record_routed(call);
}

void router_handle(void *arg, struct http_request *request)
{
    const struct router *router = arg;
    struct call call = {
        .request = request, .arena = &request->arena, .engine = router->engine, .router = router};
    record_begin(router, request);
    if (request->refusal) {
        refuse_request(&call);
    } else if (request->path) {
        dispatch(&call);
    } else {
        call.refusal = REFUSAL_TARGET;
        http_reply_error_because(request, 404, "the path cannot be read, or is longer than 8 kB");
        record_routed(&call);
    }
    if (request->path && target_is_under(request->path, PUBLIC_PREFIX) && is_answered(request)) {
        add_cors(&call);
    }
    trace_end(&router->engine->watch.trace);
}

/* Much is taken only from those who may use it: there is room for a few such bodies at a time. */
size_t router_body_most(void *arg, struct http_request *request)
{
    const struct router *router = arg;
    struct call call = {
        .request = request, .arena = &request->arena, .engine = router->engine, .router = router};
    const char *pattern;
    if (!request->path || !target_is_under(request->path, CALL_CONTROL_PREFIX)) {
        return HTTP_BODY_MOST;
    }
    const struct route *route = find_route(&call, &pattern);
    bool large = route && route->access == ACCESS_CONTROL_LARGE && host_passes(&call) &&
                 origin_passes(&call) && call_has_control(&call);
    return large ? HTTP_DISCARD_MOST : HTTP_BODY_MOST;
}

void router_done(void *arg, struct http_request *request)
{
    record_done(arg, request);
}

void router_over(void *arg, struct http_request *request)
{
    record_over(arg, request);
}
