#include "sweep.h"

#include "base/log.h"
#include "base/wall.h"
#include "engine/engine_account.h"
#include "store/store_garbage.h"

#define LEFTOVERS_PER_TURN 64 /* takes less than a millisecond */
#define ROWS_PER_TURN 256     /* examined, deleted or not */
#define SOON_MS 1000
#define ROWS_PER_MS 10 /* of old invoices that must be kept: sets the time between passes */
#define LATEST_MS (3600 * 1000) /* the machine's clock may be changed meanwhile */

static void set_next(struct engine *engine, int64_t at_ms)
{
    if (at_ms < engine->turn.sweep_at_ms) {
        engine->turn.sweep_at_ms = at_ms;
    }
}

void sweep_soon(struct engine *engine)
{
    if (engine->options.retention_ms) {
        int64_t soon_ms = mono_now_ms() + SOON_MS, calm_ms = engine->sweep.calm_until_ms;
        set_next(engine, soon_ms > calm_ms ? soon_ms : calm_ms);
    }
}

/* ------------------------------------------------------------------ accounts that nobody uses */

static void expire_accounts(struct engine *engine, int64_t now_ms)
{
    for (size_t i = engine->tenants.n; i-- > 0;) {
        struct tenant *tenant = engine->tenants.list[i];
        int64_t ttl_s = tenant->account.settings.ttl_s;
        if (ttl_s == ACCOUNT_UNSET) {
            continue;
        }
        int64_t end_ms = tenant->used_ms + ttl_s * 1000;
        if (end_ms < now_ms) {
            log_event(LOG_INFO, "account_expired", LOG_TEXT("account", tenant->account.keys.id));
            engine_delete_account(engine, tenant);
        } else {
            set_next(engine, end_ms + 1);
        }
    }
}

/* ------------------------------------------------------------------ invoices that are too old */

/* Schedules the next pass for when the first remaining invoice is old enough. */
static void await_next(struct engine *engine, const struct tenant *tenant, int64_t created_ms,
                       int64_t now_ms)
{
    if (!tenant->account.clock.frozen && created_ms != TIME_NONE) {
        int64_t left_ms = created_ms + engine->options.retention_ms + 1 - clock_now(tenant);
        set_next(engine, now_ms + (left_ms < LATEST_MS ? left_ms : LATEST_MS));
    }
}

static void begin_pass(struct engine *engine, int64_t now_ms)
{
    engine->sweep = (struct sweep){.passing = engine->options.retention_ms > 0};
    engine->turn.sweep_at_ms = INT64_MAX;
    expire_accounts(engine, now_ms);
}

/* Every pass reads the old invoices that must be kept, so many of them make passes rarer. */
static void end_pass(struct engine *engine, int64_t now_ms)
{
    engine->sweep.passing = false;
    engine->sweep.calm_until_ms = now_ms + engine->sweep.kept / ROWS_PER_MS;
}

/* Moves on to the next kind or account; `next_created_ms` is that of the first invoice that is not
 * old enough. */
static void next_list(struct engine *engine, const struct tenant *tenant, int64_t next_created_ms,
                      int64_t now_ms)
{
    struct sweep *sweep = &engine->sweep;
    await_next(engine, tenant, next_created_ms, now_ms);
    sweep->invoice = 0;
    sweep->kind++;
    if (sweep->kind == INVOICE_KINDS) {
        sweep->kind = 0;
        sweep->account = tenant->account.num + 1;
    }
}

static void pass_on(struct engine *engine, int64_t now_ms)
{
    struct sweep *sweep = &engine->sweep;
    for (int64_t budget = ROWS_PER_TURN; budget > 0; budget--) {
        const struct tenant *tenant = tenants_from(&engine->tenants, sweep->account);
        if (!tenant) {
            end_pass(engine, now_ms);
            return;
        }
        if (tenant->account.num != sweep->account) {
            sweep->account = tenant->account.num;
            sweep->kind = sweep->invoice = 0;
        }
        const struct purge purge = {
            .account = sweep->account,
            .kind = sweep->kind,
            .before_ms = clock_now(tenant) - engine->options.retention_ms,
            .after = sweep->invoice,
            .limit = budget,
        };
        struct purged purged;
        store_invoice_purge(engine->store, &purge, &purged);
        budget -= purged.seen;
        sweep->kept += purged.kept;
        sweep->invoice = purged.last;
        if (purged.ended) {
            next_list(engine, tenant, purged.next_created_ms, now_ms);
        }
    }
}

/* ------------------------------------------------------------------ the turn */

void sweep_run(void *arg)
{
    struct engine *engine = arg;
    int64_t now_ms = mono_now_ms();
    if (engine->retry_at_ms) {
        return;
    }
    if (engine->turn.garbage) {
        engine->turn.garbage = store_garbage_sweep(engine->store, LEFTOVERS_PER_TURN);
    }
    if (!engine->sweep.passing && now_ms >= engine->turn.sweep_at_ms) {
        begin_pass(engine, now_ms);
    }
    if (engine->sweep.passing) {
        pass_on(engine, now_ms);
    }
}

int64_t sweep_wait_ms(const void *arg)
{
    const struct engine *engine = arg;
    if (engine->retry_at_ms) {
        return -1;
    }
    bool more = engine->turn.garbage || engine->sweep.passing;
    return more ? 0 : timer_wait_ms(engine->turn.sweep_at_ms, mono_now_ms());
}
