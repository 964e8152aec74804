#include "api_payouts.h"

#include "api/invoice_create.h"
#include "api/outcome_read.h"
#include "api/wait.h"
#include "engine/clock.h"
#include "engine/payout.h"
#include "engine/plan.h"
#include "view/view_invoice.h"

void api_payouts_create(struct call *call)
{
    invoice_create(call, ORDER_PAYOUT);
}

static bool find_own(struct call *call, struct invoice *ret_payout)
{
    return engine_find_payout_any_account(call->engine, call->arena, call->params[0], ret_payout) &&
           ret_payout->account == call->tenant->account.num;
}

/* A payout of the account; answers 404 and returns false when there is none. */
static bool find(struct call *call, struct invoice *ret_payout)
{
    bool found = find_own(call, ret_payout);
    if (!found) {
        http_reply_error(call->request, 404);
    }
    return found;
}

void api_payouts_get(struct call *call)
{
    struct invoice payout;
    if (find(call, &payout)) {
        invoice_reply(call, 200, &payout, view_invoice_document, VIEW_READ);
    }
}

/* Starts it; an outcome (or NULL) takes the place of what was planned at its creation. */
static void start(struct call *call, struct invoice *payout, const char *outcome)
{
    int64_t now_ms = clock_now(call->tenant);
    if (outcome) {
        engine_set_plan(call->engine, call->tenant, call->arena, payout, outcome,
                        STATUS_PROCESS_PENDING, now_ms);
    }
    payout_start(call->engine, call->tenant, call->arena, payout, now_ms, &call->awaited);
    invoice_reply(call, 201, payout, view_invoice_document, VIEW_READ);
    waits_hold_reply(call);
}

static void refuse_process(struct call *call, const struct invoice *payout)
{
    invoice_reply_conflict(call, payout,
                           arena_printf(call->arena,
                                        "The payout invoice is %s and cannot be processed.",
                                        status_name(payout->status)),
                           view_invoice_document);
}

bool api_payouts_conflict(struct call *call)
{
    struct invoice payout;
    bool found = call->route->handle == api_payouts_process && find_own(call, &payout);
    if (found) {
        refuse_process(call, &payout);
    }
    return found;
}

void api_payouts_process(struct call *call)
{
    static const struct outcome_subject subject = {STATUS_PROCESS_PENDING, INVOICE_PAYOUT,
                                                   FLOW_CHARGE};
    const char *outcome = http_header(call->request, OUTCOME_HEADER);
    struct invoice payout;
    struct json_errors errors = {.arena = call->arena};
    if (!find(call, &payout)) {
        return;
    }
    call->invoice = payout.seq;
    if (!account_is_active(&call->tenant->account)) {
        http_reply_error_because(call->request, 403, "the account is not active");
        return;
    }
    if (!payout_may_start(call->tenant, &payout)) {
        refuse_process(call, &payout);
        return;
    }
    outcome_read(call, OUTCOME_HEADER, outcome, &subject, &errors);
    if (!payout_is_covered(call->engine, call->tenant, payout.currency, payout.deposit)) {
        json_errors_add(&errors, "amount", MESSAGE_UNCOVERED);
    }
    if (errors.n) {
        call_reply_errors(call, &errors);
    } else {
        start(call, &payout, outcome);
    }
}

void api_payouts_get_public(struct call *call)
{
    struct invoice payout;
    bool found =
        engine_find_payout_any_account(call->engine, call->arena, call->params[0], &payout);
    struct tenant *tenant = found ? tenants_by_num(&call->engine->tenants, payout.account) : NULL;
    if (!invoice_key_holds(call, tenant)) {
        return;
    }
    call->invoice = payout.seq;
    if (call_enter(call, tenant, payout.id)) {
        invoice_reply(call, 200, &payout, view_payout_public, VIEW_READ);
    }
}
