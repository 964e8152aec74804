#include "wait.h"

#include "api/control.h"
#include "api/wait_index.h"
#include "base/wall.h"
#include "engine/first_callback.h"

#include <stdlib.h>

#define HOLD_REPLY_MS 5000

struct waits {
    struct engine *engine;
    const struct router *router;
    struct wait_index index;
    struct heap deadlines;
    size_t n_requests; /* of them wait for requests */
};

/* ------------------------------------------------------------------ parked calls */

struct parked {
    struct waiter waiter; /* first */
    struct waits *waits;
};

/* The one with the earliest deadline; NULL if nothing waits. */
static struct waiter *first(const struct waits *waits)
{
    struct heap_node *node = heap_first(&waits->deadlines);
    return node ? CONTAINER_OF(node, struct waiter, deadline) : NULL;
}

static void leave(struct waits *waits, struct waiter *waiter)
{
    wait_index_remove(&waits->index, waiter);
    heap_pull(&waits->deadlines, &waiter->deadline);
    waits->n_requests -= waiter->kind == WAIT_REQUESTS;
    free(waiter);
}

static void gone(void *arg)
{
    struct parked *parked = arg;
    leave(parked->waits, &parked->waiter);
}

static void finish(struct waits *waits, struct waiter *waiter)
{
    struct http_request *request = waiter->request;
    leave(waits, waiter);
    http_unpark(request);
}

void waits_park(struct waits *waits, const struct tenant *tenant, const struct waiter *waiter,
                int64_t timeout_ms)
{
    struct parked *parked = mem_alloc(sizeof *parked);
    parked->waits = waits;
    parked->waiter = *waiter;
    parked->waiter.deadline.at_ms = mono_now_ms() + timeout_ms;
    parked->waiter.account = tenant->journal_id;
    wait_index_add(&waits->index, &parked->waiter, tenant->account.keys.id);
    heap_push(&waits->deadlines, &parked->waiter.deadline);
    waits->n_requests += waiter->kind == WAIT_REQUESTS;
    http_park(waiter->request, gone, parked);
    if (waiter->kind == WAIT_CALLBACK) {
        first_callback_hurry(waits->engine, waiter->invoice);
    } else if (waiter->kind == WAIT_IDLE) {
        first_callback_hurry_account(waits->engine, tenant);
    }
}

void waits_hold_reply(struct call *call)
{
    const struct waiter waiter = {
        .kind = WAIT_ATTEMPT,
        .invoice = call->invoice,
        .attempt = call->engine->awaited,
        .request = call->request,
    };
    call->engine->awaited = 0;
    if (waiter.attempt) {
        waits_park(call->router->waits, call->tenant, &waiter, HOLD_REPLY_MS);
    }
}

/* Looks again; the waiter may be gone afterwards. */
static void look(struct waits *waits, struct waiter *waiter, struct tenant *tenant,
                 struct wait_sight *sight, int64_t now_ms)
{
    struct call call = {
        .request = waiter->request,
        .arena = &waiter->request->arena,
        .engine = waits->engine,
        .router = waits->router,
        .tenant = tenant,
    };
    bool late = now_ms >= waiter->deadline.at_ms, holds = waiter->kind == WAIT_ATTEMPT;
    if (!tenant && !holds) {
        call_control_error(&call, 404, "unknown_account", "the account was deleted meanwhile");
    } else if (waiter_try(&call, waiter, sight) || (late && holds)) {
        /* answered */
    } else if (waiter_is_hopeless(&call, waiter)) {
        waiter_give_up(&call, waiter, "frozen",
                       "the clock is frozen and nothing is due: advance it");
    } else if (late) {
        waiter_give_up(&call, waiter, "timeout", "it has not happened in time");
    } else {
        return;
    }
    finish(waits, waiter);
}

/* An account at work is neither idle nor without hope: nobody of those who wait for its rest has to
 * be asked. */
static bool is_busy(const struct wait_group *group, const struct tenant *tenant)
{
    return !group->invoice && !group->requests && tenant && (tenant->advance || tenant->sending);
}

static void look_at_group(struct waits *waits, struct wait_group *group, int64_t now_ms)
{
    struct tenant *tenant = tenants_by_id(&waits->engine->tenants, group->owner_id);
    struct wait_sight sight = {.no_invoice = false};
    struct waiter *waiter, *next;
    if (is_busy(group, tenant)) {
        return;
    }
    for (waiter = LIST_FIRST(&group->waiters); waiter; waiter = next) {
        next = LIST_NEXT(waiter, link);
        look(waits, waiter, tenant, &sight, now_ms); /* the group goes with its last one */
    }
    wait_sight_finish(&sight);
}

/* ------------------------------------------------------------------ what happens */

void waits_changed(void *arg, int64_t account, int64_t invoice)
{
    struct waits *waits = arg;
    if (!waits->deadlines.n) {
        return;
    }
    if (invoice) {
        wait_index_mark(&waits->index, account, invoice, false);
        wait_index_mark(&waits->index, account, 0, false);
    } else {
        wait_index_mark_account(&waits->index, account);
    }
}

bool waits_hurries(void *arg, int64_t account, int64_t invoice)
{
    const struct waits *waits = arg;
    return waits->deadlines.n && (wait_index_hurries(&waits->index, account, invoice) ||
                                  wait_index_hurries(&waits->index, account, 0));
}

void waits_journaled(void *arg, const struct journal_record *record)
{
    struct waits *waits = arg;
    const struct tenant *demo = waits->engine->demo;
    if (!waits->n_requests) {
        return;
    }
    wait_index_mark(&waits->index, record->account, 0, true);
    if (record->everyone && demo) {
        wait_index_mark(&waits->index, demo->journal_id, 0, true);
    }
}

void waits_received(struct waits *waits, const struct tenant *tenant)
{
    wait_index_mark(&waits->index, tenant->journal_id, 0, true);
}

void waits_run(struct waits *waits)
{
    struct wait_group *group;
    int64_t now_ms = waits->deadlines.n ? mono_now_ms() : 0;
    while ((group = wait_index_next(&waits->index))) {
        look_at_group(waits, group, now_ms);
    }
    struct waiter *waiter;
    while ((waiter = first(waits)) && waiter->deadline.at_ms <= now_ms) {
        struct wait_sight sight = {.no_invoice = false};
        look(waits, waiter, tenants_by_id(&waits->engine->tenants, waiter->group->owner_id), &sight,
             now_ms);
        wait_sight_finish(&sight);
    }
}

int64_t waits_wait_ms(const struct waits *waits)
{
    if (!TAILQ_EMPTY(&waits->index.marked)) {
        return 0;
    }
    const struct waiter *earliest = first(waits);
    if (!earliest) {
        return -1;
    }
    int64_t left_ms = earliest->deadline.at_ms - mono_now_ms();
    return left_ms < 0 ? 0 : left_ms;
}

/* ------------------------------------------------------------------ life */

void waits_end(struct waits *waits)
{
    struct waiter *waiter;
    while ((waiter = first(waits))) {
        if (waiter->kind != WAIT_ATTEMPT) {
            http_reply_error(waiter->request, 503);
        }
        finish(waits, waiter);
    }
}

size_t waits_count(const struct waits *waits)
{
    return waits->deadlines.n;
}

struct waits *waits_new(struct engine *engine, const struct router *router)
{
    struct waits *waits = mem_alloc(sizeof *waits);
    waits->engine = engine;
    waits->router = router;
    wait_index_init(&waits->index);
    return waits;
}

void waits_free(struct waits *waits)
{
    if (waits) {
        heap_finish(&waits->deadlines);
        free(waits);
    }
}
