#include "payout.h"

#include "engine/ledger.h"
#include "engine/plan.h"

#define RESOLUTION_UNCOVERED "insufficient_funds"

bool payout_is_covered(struct engine *engine, const struct tenant *tenant, const char *currency,
                       int64_t writeoff)
{
    struct ledger_balance balance;
    ledger_balance(engine, tenant, currency, &balance);
    return writeoff <= balance.active;
}

void payout_await(struct invoice *invoice, int64_t delay_ms)
{
    invoice->plan_due_ms = delay_ms == TIME_NONE ? TIME_NONE : invoice->created_ms + delay_ms;
}

bool payout_is_awaited(const struct invoice *invoice)
{
    return invoice_kind(invoice->seq) == INVOICE_PAYOUT && invoice->status == STATUS_CREATED;
}

bool payout_may_start(const struct tenant *tenant, const struct invoice *invoice)
{
    return payout_is_awaited(invoice) && clock_now(tenant) < invoice->expires_ms;
}

/* When the first step of the plan is due, counted from the start. */
static int64_t first_step_ms(const struct engine *engine, const struct tenant *tenant,
                             const struct invoice *invoice, int64_t at_ms)
{
    struct outcome outcome;
    struct invoice started = *invoice;
    started.status = STATUS_PROCESS_PENDING;
    engine_plan(engine, &started, &outcome);
    return engine_step_due(engine, tenant, &outcome, 0, at_ms);
}

void payout_start(struct engine *engine, struct tenant *tenant, struct arena *arena,
                  struct invoice *invoice, int64_t at_ms, int64_t *ret_awaited)
{
    bool covered = payout_is_covered(engine, tenant, invoice->currency, invoice->deposit);
    const struct transition_request request = {
        .status = covered ? STATUS_PROCESS_PENDING : STATUS_PROCESS_FAILED,
        .resolution = covered ? NULL : RESOLUTION_UNCOVERED,
        .amount = MONEY_NONE,
        .at_ms = at_ms,
        .cause = ret_awaited ? "command" : "timer",
        .ret_awaited = ret_awaited,
    };
    invoice->plan_due_ms = covered ? first_step_ms(engine, tenant, invoice, at_ms) : TIME_NONE;
    invoice->plan = covered ? invoice->plan : "";
    if (ret_awaited) {
        first_callback_expect(engine, tenant, invoice);
    }
    engine_transition(engine, tenant, arena, invoice, &request);
}
