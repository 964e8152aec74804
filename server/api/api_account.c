#include "api/api.h"

#include "engine/ledger.h"
#include "view/view_account.h"

struct answer *api_account_profile(struct call *call)
{
    struct json_out out = call_reply_object(call, 200);
    view_account_profile(&out, "data", &call->tenant->account, call_base_url(call));
    return call_reply_end(&out);
}

struct answer *api_account_balances(struct call *call)
{
    const struct view_balances balances = ledger_view(call->engine, call->tenant, call->arena);
    struct json_out out = call_reply_object(call, 200);
    view_account_balances(&out, "data", &balances);
    return call_reply_end(&out);
}

struct answer *api_rates_get(struct call *call)
{
    const char *from = arena_upper(call->arena, call->params[0]);
    const char *to = arena_upper(call->arena, call->params[1]);
    int64_t rate = rate_find(&call->engine->fixture->rates, from, to);
    if (rate == MONEY_NONE) {
        return call_refuse(
            call, 404, arena_printf(call->arena, "there is no exchange rate of %s to %s", from, to),
            "rates.json in the folder of --fixtures has the rates");
    }
    struct json_out out = call_reply_object(call, 200);
    json_out_object(&out, "data");
    json_out_object(&out, from);
    json_out_money(&out, to, rate);
    json_out_object_end(&out);
    json_out_object_end(&out);
    return call_reply_end(&out);
}
