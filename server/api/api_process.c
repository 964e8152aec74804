/* POST /payout-invoices/{id}/process: the start of a payout. */
#include "api/api.h"
#include "api/service_fields.h"
#include "api/wait.h"
#include "engine/payout.h"
#include "engine/plan.h"

/* Starts it; an outcome (or NULL) replaces the plan of its creation. */
static struct answer *start(struct call *call, struct invoice *payout, const char *outcome)
{
    int64_t now_ms = clock_now(call->tenant);
    if (outcome) {
        engine_set_plan(call->engine, call->tenant, call->arena, payout, outcome,
                        STATUS_PROCESS_PENDING, now_ms);
    }
    payout_start(call->engine, call->tenant, call->arena, payout, now_ms, &call->awaited);
    return waits_hold_reply(call,
                            invoice_reply(call, 201, payout, view_invoice_document, VIEW_READ));
}

static struct answer *refuse_process(struct call *call, const struct invoice *payout)
{
    call->remedy = "only a created one that has not expired can: create another";
    return invoice_reply_conflict(call, payout,
                                  arena_printf(call->arena,
                                               "The payout invoice is %s and cannot be processed.",
                                               status_name(payout->status)),
                                  view_invoice_document);
}

struct answer *api_process_conflict(struct call *call)
{
    struct invoice payout;
    return call->route->handle == api_process && api_find(call, call->params[0], &payout)
               ? refuse_process(call, &payout)
               : NULL;
}

struct answer *api_process(struct call *call)
{
    const struct outcome_subject subject = {STATUS_PROCESS_PENDING, INVOICE_PAYOUT, FLOW_CHARGE,
                                            call_profile(call)};
    const char *outcome = http_header(call->request, OUTCOME_HEADER);
    struct invoice payout;
    struct json_errors errors = {.arena = call->arena};
    if (!api_find(call, call->params[0], &payout)) {
        return api_missing(call, call->params[0]);
    }
    call->invoice = payout.seq;
    struct answer *refused = api_check_active(call);
    if (refused) {
        return refused;
    }
    if (!payout_may_start(call->tenant, &payout)) {
        return refuse_process(call, &payout);
    }
    outcome_read(call, OUTCOME_HEADER, outcome, &subject, &errors);
    if (!payout_is_covered(call->engine, call->tenant, payout.currency, payout.deposit)) {
        api_say_uncovered(call, &errors);
    }
    return errors.n ? call_reply_errors(call, &errors) : start(call, &payout, outcome);
}
