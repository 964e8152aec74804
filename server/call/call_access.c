/* Who may call the control API: the token, and the Host and Origin that browsers send. */
#include "base/crypt.h"
#include "call/call.h"

static bool cookie_passes(const struct call *call)
{
    return guard_cookie_passes(http_header(call->request, "Cookie"), call->router->control_token) &&
           guard_origin_is_own(&call->router->guard, http_header(call->request, "Origin"),
                               http_header(call->request, "Host"));
}

bool call_has_control(const struct call *call)
{
    const char *token = call->router->control_token;
    const char *bearer = authorization_bearer(http_header(call->request, "Authorization"));
    const char *own = http_header(call->request, TOKEN_HEADER);
    return !token || (bearer && crypt_equal(bearer, token)) || (own && crypt_equal(own, token)) ||
           cookie_passes(call);
}

struct answer *call_check_token(struct call *call)
{
    return call_has_control(call)
               ? NULL
               : call_control_error(call, 401, "unauthorized",
                                    "the control API requires the token of --control-token");
}

static bool host_passes(const struct call *call)
{
    return guard_host_passes(&call->router->guard, http_header(call->request, "Host"));
}

static bool origin_passes(const struct call *call)
{
    return guard_origin_passes(&call->router->guard, http_header(call->request, "Origin"),
                               http_header(call->request, "Host"));
}

bool call_is_from_here(const struct call *call)
{
    return host_passes(call) && origin_passes(call);
}

struct answer *call_check_host(struct call *call)
{
    static const char reason[] = "Host must be an address, localhost or the public URL's host; "
                                 "--allow-host adds others";
    if (host_passes(call)) {
        return NULL;
    }
    call->detail = reason; /* for the header: a page of the dashboard may be outside /_mock/ */
    return call_control_error(call, 403, "host_not_allowed", "%s", reason);
}

struct answer *call_check_origin(struct call *call)
{
    struct answer *refused = call_check_host(call);
    if (refused) {
        return refused;
    }
    if (!origin_passes(call)) {
        return call_control_error(call, 403, "origin_not_allowed",
                                  "Origin must be this server, loopback or the public URL; "
                                  "--allow-host adds others");
    }
    return NULL;
}
