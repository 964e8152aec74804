/* Who may call the control API: the token, and the Host and Origin that browsers send. */
#include "base/crypt.h"
#include "base/text.h"
#include "call/call.h"

#include <string.h>

#define NAME_SHOWN_MOST 64 /* bytes of a host's name in a message */

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

/* A name that came, for a message; "" if it is long or not plain. */
static const char *plain_name(struct call *call, const char *host)
{
    size_t size = host ? strspn(host, TEXT_LETTERS TEXT_DIGITS ".-") : 0;
    return size && size <= NAME_SHOWN_MOST ? arena_copy(call->arena, host, size) : "";
}

struct answer *call_check_host(struct call *call)
{
    if (host_passes(call)) {
        return NULL;
    }
    const char *name = plain_name(call, http_header(call->request, "Host"));
    const char *reason = arena_printf(
        call->arena, "Host must be an address, localhost or the public URL's host; --allow-host %s",
        *name ? arena_printf(call->arena, "%s adds this one", name) : "adds others");
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
