#include "api_account.h"

#include "engine/ledger.h"
#include "view/view_account.h"

void api_account_profile(struct call *call)
{
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    view_account_profile(&out, "data", &call->tenant->account, call_base_url(call));
    json_out_object_end(&out);
}

void api_account_balances(struct call *call)
{
    const struct view_balances balances = ledger_view(call->engine, call->tenant, call->arena);
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    view_account_balances(&out, "data", &balances);
    json_out_object_end(&out);
}
