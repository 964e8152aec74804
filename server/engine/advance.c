#include "advance.h"

#include "base/wall.h"
#include "engine/engine_journal.h"
#include "engine/schedule.h"

#include <stdlib.h>

#define EVENTS_PER_SLICE 512

static int64_t clock_of(const struct tenant *tenant)
{
    return tenant->account.clock.now_ms; /* frozen while advancing */
}

static void freeze(struct tenant *tenant, int64_t now_ms)
{
    tenant->account.clock = (struct account_clock){.frozen = true, .now_ms = now_ms};
}

/* Saves the clock in its own mode together with what the slice did: a crash must not turn time
 * back. */
static void save_clock(struct engine *engine, struct tenant *tenant)
{
    int64_t now_ms = clock_of(tenant);
    clock_set(tenant, engine->store, tenant->advance->frozen, now_ms);
    freeze(tenant, now_ms);
}

void advance_begin(struct engine *engine, struct tenant *tenant, int64_t target_ms, bool next,
                   int64_t timeout_ms,
                   void (*done)(void *arg, struct tenant *tenant, struct advance *advance),
                   void *arg)
{
    struct advance *advance = mem_alloc(sizeof *advance);
    int64_t now_ms = clock_now(tenant);
    *advance = (struct advance){
        .target_ms = next || target_ms < now_ms ? now_ms : target_ms,
        .next = next,
        .frozen = tenant->account.clock.frozen,
        .deadline_ms = mono_now_ms() + timeout_ms,
        .done = done,
        .arg = arg,
    };
    tenant->advance = advance;
    freeze(tenant, now_ms);
    tenant->due_unknown = true;
    engine->n_advances++;
    first_callback_hurry_account(tenant);
}

void advance_abandon(void *advance)
{
    ((struct advance *)advance)->done = NULL;
}

static int compare_callbacks(const void *a, const void *b)
{
    const struct advance_event *x = a, *y = b;
    return x->at_ms != y->at_ms         ? (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms)
           : x->callback != y->callback ? (x->callback > y->callback) - (x->callback < y->callback)
                                        : (x->attempt > y->attempt) - (x->attempt < y->attempt);
}

/* Attempts of one moment end in the order their receivers answer. Sorting them by number makes
 * repeated runs equal. */
static void order_callbacks(const struct advance_events *events)
{
    for (size_t from = 0, to; from < events->n; from = to + 1) {
        for (to = from; to < events->n && events->list[to].is_callback; to++) {
        }
        qsort(&events->list[from], to - from, sizeof *events->list, compare_callbacks);
    }
}

static void end(struct engine *engine, struct tenant *tenant, bool complete)
{
    struct advance *advance = tenant->advance;
    order_callbacks(&tenant->events);
    advance->complete = complete;
    clock_set(tenant, engine->store, advance->frozen, clock_of(tenant));
    journal_clock(engine, tenant);
    tenant->advance = NULL;
    tenant->due_unknown = true;
    engine->n_advances--;
    turn_recheck(&engine->turn);
    turn_note_change(&engine->turn, tenant, 0);
    if (advance->done) {
        advance->done(advance->arg, tenant, advance);
    }
    free(tenant->events.list);
    tenant->events = (struct advance_events){0};
    free(advance);
}

void advance_cut(struct engine *engine, struct tenant *tenant)
{
    if (tenant->advance) {
        end(engine, tenant, false);
    }
}

/* After a failed commit, attempts that have ended may have to be sent again. */
static bool is_sending(const struct engine *engine, const struct tenant *tenant)
{
    return tenant->sending || engine->retry_at_ms;
}

/* Goes to the next due time, and runs what is due then. Returns how many events; 0 if the advance
 * ended, or waits for attempts. */
static int run_moment(struct engine *engine, struct tenant *tenant, int budget)
{
    struct advance *advance = tenant->advance;
    if (mono_now_ms() >= advance->deadline_ms) {
        end(engine, tenant, false);
        return 0;
    }
    if (is_sending(engine, tenant)) {
        return 0;
    }
    int64_t due_ms = schedule_next_due(engine, tenant);
    if (advance->next && due_ms != TIME_NONE) {
        advance->target_ms = due_ms > clock_of(tenant) ? due_ms : clock_of(tenant);
        advance->next = false;
    }
    if (due_ms == TIME_NONE || due_ms > advance->target_ms) {
        freeze(tenant, advance->target_ms);
        end(engine, tenant, true);
        return 0;
    }
    if (due_ms > clock_of(tenant)) {
        freeze(tenant, due_ms);
    }
    return schedule_run_tenant(engine, tenant, clock_of(tenant), budget);
}

/* Runs one slice. After a write that failed nothing is read, which must not look like the end. */
static void run_slice(struct engine *engine, struct tenant *tenant)
{
    int64_t from_ms = clock_of(tenant);
    int left = EVENTS_PER_SLICE, ran;
    do {
        ran = run_moment(engine, tenant, left);
        left -= ran;
    } while (ran && left && !*store_failure(engine->store));
    if (tenant->advance && clock_of(tenant) != from_ms) {
        save_clock(engine, tenant);
    }
}

void advance_run(void *arg)
{
    struct engine *engine = arg;
    for (size_t i = engine->tenants.n; engine->n_advances && i-- > 0;) {
        if (engine->tenants.list[i]->advance) {
            run_slice(engine, engine->tenants.list[i]);
        }
    }
}

void advance_end(void *arg)
{
    struct engine *engine = arg;
    for (size_t i = 0; i < engine->tenants.n; i++) {
        advance_cut(engine, engine->tenants.list[i]);
    }
}

int64_t advance_wait_ms(const void *arg)
{
    const struct engine *engine = arg;
    int64_t wait_ms = -1, now_ms = mono_now_ms();
    for (size_t i = 0; engine->n_advances && i < engine->tenants.n; i++) {
        const struct advance *advance = engine->tenants.list[i]->advance;
        if (advance) {
            bool sending = is_sending(engine, engine->tenants.list[i]);
            int64_t left_ms = sending ? timer_wait_ms(advance->deadline_ms, now_ms) : 0;
            wait_ms = wait_ms < 0 || left_ms < wait_ms ? left_ms : wait_ms;
        }
    }
    return wait_ms;
}
