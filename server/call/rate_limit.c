/* The account's rate_limit: how many calls of the platform it may make in a second of its clock. */
#include "call/call.h"

static bool is_limited(const struct call *call)
{
    enum route_access access = call->route->access;
    return access == ACCESS_PUBLIC || access == ACCESS_PRIVATE || access == ACCESS_GATE;
}

struct answer *call_check_rate(struct call *call)
{
    struct tenant *tenant = call->tenant;
    int64_t most = tenant->account.settings.rate_limit;
    if (most == ACCOUNT_UNSET || !is_limited(call)) {
        return NULL;
    }
    int64_t second = clock_now(tenant) / 1000;
    if (second != tenant->rate.second) {
        tenant->rate.second = second;
        tenant->rate.calls = 0;
    }
    if (tenant->rate.calls < most) {
        tenant->rate.calls++;
        return NULL;
    }
    struct answer *refused =
        call_error_because(call, 429,
                           arena_printf(call->arena,
                                        "the account may make %lld calls per second of its clock "
                                        "(rate_limit); wait for the next second",
                                        (long long)most));
    http_reply_header(call->request, "Retry-After", "1");
    return refused;
}
