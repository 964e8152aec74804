#include "schedule.h"

#include "base/wall.h"
#include "engine/outbox.h"
#include "engine/payout.h"
#include "engine/plan.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#define EVENTS_PER_TURN 512 /* limits the delay of requests when many timers are due */

int64_t schedule_next_due(struct engine *engine, struct tenant *tenant)
{
    if (tenant->due_unknown) {
        int64_t invoice_ms = store_invoice_first_due(engine->store, tenant->account.num);
        int64_t callback_ms = store_callback_first_due(engine->store, tenant->account.num);
        bool invoice_first =
            callback_ms == TIME_NONE || (invoice_ms != TIME_NONE && invoice_ms <= callback_ms);
        tenant->next_due_ms = invoice_first ? invoice_ms : callback_ms;
        tenant->due_unknown = false;
    }
    return tenant->next_due_ms;
}

/* ------------------------------------------------------------------ one event */

static void expire(struct engine *engine, struct tenant *tenant, struct invoice *invoice)
{
    bool started = invoice->status != STATUS_CREATED;
    const struct transition_request request = {
        .status = started ? STATUS_PROCESS_FAILED : STATUS_EXPIRED,
        .resolution = RESOLUTION_EXPIRED,
        .amount = MONEY_NONE,
        /* A late timer stamps its due time, but never a time before the last change. */
        .at_ms =
            invoice->updated_ms > invoice->expires_ms ? invoice->updated_ms : invoice->expires_ms,
        .cause = "expiry",
    };
    invoice->plan = "";
    invoice->plan_due_ms = TIME_NONE;
    engine_transition(engine, tenant, &engine->scratch, invoice, &request);
}

static void run_invoice(struct engine *engine, struct tenant *tenant, struct invoice *invoice)
{
    if (invoice->plan_due_ms == TIME_NONE || invoice->plan_due_ms > invoice->due_ms) {
        expire(engine, tenant, invoice);
        return;
    }
    if (payout_is_awaited(invoice)) {
        payout_start(engine, tenant, &engine->scratch, invoice, invoice->plan_due_ms, NULL);
        return;
    }
    struct outcome outcome;
    const struct transition_request how = {
        .amount = MONEY_NONE, .at_ms = invoice->plan_due_ms, .cause = "timer"};
    engine_plan(engine, invoice, &outcome);
    engine_step(engine, tenant, &engine->scratch, invoice, &outcome, &how);
}

/* Runs the event that is due first, an invoice's or a callback's. */
static bool run_next(struct engine *engine, struct tenant *tenant, int64_t by_ms)
{
    int64_t num = tenant->account.num;
    struct invoice invoice;
    struct callback callback;
    arena_reset(&engine->scratch);
    bool callbacks =
        store_callback_next_due(engine->store, &engine->scratch, num, by_ms, &callback);
    int64_t before_ms = callbacks ? callback.due_ms - 1 : by_ms;
    if (store_invoice_next_due(engine->store, &engine->scratch, num, before_ms, &invoice)) {
        run_invoice(engine, tenant, &invoice);
    } else if (callbacks) {
        outbox_send(engine, tenant, &callback);
    } else {
        return false;
    }
    return true;
}

int schedule_run_tenant(struct engine *engine, struct tenant *tenant, int64_t by_ms, int budget)
{
    int ran = 0;
    while (ran < budget && run_next(engine, tenant, by_ms)) {
        ran++;
    }
    tenant->due_unknown = true;
    return ran;
}

/* ------------------------------------------------------------------ all tenants */

static bool is_due(struct engine *engine, struct tenant *tenant, int64_t now_ms,
                   int64_t *ret_wall_ms)
{
    int64_t due_ms = schedule_next_due(engine, tenant);
    *ret_wall_ms = due_ms == TIME_NONE ? INT64_MAX : clock_to_wall(tenant, due_ms);
    return due_ms != TIME_NONE && (*ret_wall_ms <= now_ms || due_ms <= clock_now(tenant));
}

void schedule_recover(struct engine *engine)
{
    for (size_t i = 0; i < engine->tenants.n; i++) {
        struct tenant *tenant = engine->tenants.list[i];
        /* What is on its way, at the sender or before it, is due again, and must not go twice. */
        turn_drop_callbacks(&engine->turn, tenant->account.num);
        first_callback_drop(tenant);
        deliver_cancel(engine->deliver, tenant->account.num);
        store_callback_requeue(engine->store, tenant->account.num);
        tenant->sending = 0;
        tenant->faults.held = 0;
        tenant->due_unknown = true;
        turn_note_change(&engine->turn, tenant, 0); /* it may be idle now */
    }
    turn_recheck(&engine->turn);
}

void schedule_run(void *arg)
{
    struct engine *engine = arg;
    if (engine->retry_at_ms && mono_now_ms() < engine->retry_at_ms) {
        return;
    }
    if (engine->retry_at_ms) {
        engine->retry_at_ms = 0;
        schedule_recover(engine);
    }
    int64_t now_ms = wall_now_ms();
    if (now_ms < engine->turn.wake_ms) {
        return;
    }
    int budget = EVENTS_PER_TURN;
    int64_t wake_ms = INT64_MAX, wall_ms;
    for (size_t i = 0; i < engine->tenants.n; i++) {
        struct tenant *tenant = engine->tenants.list[i];
        if (tenant->advance) {
            continue; /* advance_run moves its clock */
        }
        if (is_due(engine, tenant, now_ms, &wall_ms)) {
            budget -=
                schedule_run_tenant(engine, tenant, clock_now(tenant), budget > 0 ? budget : 1);
            wall_ms = is_due(engine, tenant, now_ms, &wall_ms) ? 0 : wall_ms;
        }
        wake_ms = wall_ms < wake_ms ? wall_ms : wake_ms;
    }
    engine->turn.wake_ms = wake_ms;
}

int64_t schedule_wait_ms(const void *arg)
{
    const struct engine *engine = arg;
    return engine->retry_at_ms ? timer_wait_ms(engine->retry_at_ms, mono_now_ms())
                               : timer_wait_ms(engine->turn.wake_ms, wall_now_ms());
}
