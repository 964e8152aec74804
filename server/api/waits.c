#include "wait.h"

#include "api/waiter.h"
#include "base/wall.h"

#include <stdio.h>
#include <stdlib.h>

#define HOLD_REPLY_MS 5000

struct waits {
    struct engine *engine;
    const struct router *router;
    TAILQ_HEAD(, waiter) list;
    struct timers deadlines;
    size_t n, n_requests; /* n_requests of them wait for requests */
    bool any_marked;
};

/* ------------------------------------------------------------------ parked calls */

static void leave(void *arg)
{
    struct waiter *waiter = arg;
    struct waits *waits = waiter->waits;
    TAILQ_REMOVE(&waits->list, waiter, link);
    timer_stop(&waits->deadlines, &waiter->deadline);
    waits->n--;
    waits->n_requests -= waiter->kind == WAIT_REQUESTS;
    free(waiter);
}

static void finish(struct waiter *waiter)
{
    struct http_request *request = waiter->request;
    leave(waiter);
    http_unpark(request);
}

/* Returns NULL if it must wait longer. */
static struct answer *try_again(struct call *call, struct waiter *waiter, struct wait_cache *cache,
                                bool late)
{
    bool holds_reply = waiter->kind == WAIT_ATTEMPT;
    if (!call->tenant && !holds_reply) {
        return call_control_error(call, 404, "unknown_account",
                                  "the account was deleted while the call waited");
    }
    struct answer *answer = waiter_try(call, waiter, cache);
    if (answer || (late && holds_reply)) {
        return answer ? answer : call_answered(call);
    }
    return late ? waiter_give_up(call, waiter, "timeout",
                                 "the condition was not met before the timeout")
                : NULL;
}

/* Checks the condition and answers if it is decided. Frees the waiter, unless it must wait
 * longer. */
static void recheck(struct waiter *waiter, struct tenant *tenant, struct wait_cache *cache,
                    bool late)
{
    struct call call = {
        .request = waiter->request,
        .arena = &waiter->request->arena,
        .engine = waiter->waits->engine,
        .router = waiter->waits->router,
        .tenant = tenant,
    };
    if (try_again(&call, waiter, cache, late)) {
        finish(waiter);
    }
}

static struct tenant *tenant_of(const struct waiter *waiter)
{
    return tenants_by_id(&waiter->waits->engine->tenants, waiter->owner_id);
}

static void end_late(void *arg)
{
    struct waiter *waiter = arg;
    struct wait_cache cache = {.no_invoice = false};
    recheck(waiter, tenant_of(waiter), &cache, true);
    wait_cache_finish(&cache);
}

void waits_park(struct waits *waits, const struct tenant *tenant, const struct waiter *given,
                int64_t timeout_ms)
{
    struct waiter *waiter = mem_alloc(sizeof *waiter);
    *waiter = *given;
    waiter->waits = waits;
    waiter->account = tenant->journal_id;
    snprintf(waiter->owner_id, sizeof waiter->owner_id, "%s", tenant->account.keys.id);
    TAILQ_INSERT_TAIL(&waits->list, waiter, link);
    waits->n++;
    waits->n_requests += waiter->kind == WAIT_REQUESTS;
    timer_start(&waits->deadlines, &waiter->deadline, mono_now_ms() + timeout_ms, end_late, waiter);
    http_park(waiter->request, leave, waiter);
    if (waiter->kind == WAIT_CALLBACK) {
        first_callback_hurry(waits->engine, waiter->invoice);
    } else if (waiter->kind == WAIT_IDLE) {
        first_callback_hurry_account(tenant);
    }
}

struct answer *waits_hold_reply(struct call *call, struct answer *answer)
{
    const struct waiter waiter = {
        .kind = WAIT_ATTEMPT,
        .invoice = call->invoice,
        .attempt = call->awaited,
        .request = call->request,
    };
    if (waiter.attempt) {
        waits_park(call->router->waits, call->tenant, &waiter, HOLD_REPLY_MS);
    }
    return answer;
}

/* ------------------------------------------------------------------ what happens */

/* `invoice` 0: all of the account. */
static bool concerns(const struct waiter *waiter, int64_t account, int64_t invoice)
{
    return waiter->account == account &&
           (!invoice || waiter->invoice == invoice || waiter->kind == WAIT_IDLE);
}

static void mark(struct waits *waits, struct waiter *waiter)
{
    waiter->marked = waits->any_marked = true;
}

void waits_changed(void *arg, int64_t account, int64_t invoice)
{
    struct waits *waits = arg;
    struct waiter *waiter;
    TAILQ_FOREACH(waiter, &waits->list, link)
    {
        if (concerns(waiter, account, invoice)) {
            mark(waits, waiter);
        }
    }
}

bool waits_for_callbacks(void *arg, int64_t account, int64_t invoice)
{
    const struct waits *waits = arg;
    const struct waiter *waiter;
    TAILQ_FOREACH(waiter, &waits->list, link)
    {
        bool for_callbacks = waiter->kind == WAIT_CALLBACK || waiter->kind == WAIT_IDLE;
        if (for_callbacks && concerns(waiter, account, invoice)) {
            return true;
        }
    }
    return false;
}

void waits_received(struct waits *waits, int64_t account)
{
    struct waiter *waiter;
    TAILQ_FOREACH(waiter, &waits->list, link)
    {
        if (waiter->kind == WAIT_REQUESTS && waiter->account == account) {
            mark(waits, waiter);
        }
    }
}

void waits_journaled(void *arg, const struct journal_record *record)
{
    struct waits *waits = arg;
    const struct tenant *demo = waits->engine->tenants.demo;
    if (!waits->n_requests) {
        return;
    }
    waits_received(waits, record->account);
    if (record->everyone && demo) {
        waits_received(waits, demo->journal_id);
    }
}

/* ------------------------------------------------------------------ turns of the loop */

static void recheck_marked(struct waits *waits)
{
    struct wait_cache cache = {.no_invoice = false};
    int64_t invoice = 0, account = 0; /* what cache and tenant are of */
    struct tenant *tenant = NULL;
    struct waiter *waiter, *next;
    waits->any_marked = false;
    for (waiter = TAILQ_FIRST(&waits->list); waiter; waiter = next) {
        next = TAILQ_NEXT(waiter, link);
        if (!waiter->marked) {
            continue;
        }
        waiter->marked = false;
        tenant = waiter->account == account ? tenant : tenant_of(waiter);
        account = waiter->account;
        if (waiter->invoice != invoice) {
            wait_cache_finish(&cache);
            cache = (struct wait_cache){.no_invoice = false};
            invoice = waiter->invoice;
        }
        /* They cannot be satisfied yet. */
        bool busy = tenant && (tenant->advance || tenant->sending);
        if (waiter->kind != WAIT_IDLE || !busy) {
            recheck(waiter, tenant, &cache, false);
        }
    }
    wait_cache_finish(&cache);
}

void waits_run(void *arg)
{
    struct waits *waits = arg;
    if (waits->any_marked) {
        recheck_marked(waits);
    }
    timers_run(&waits->deadlines, mono_now_ms());
}

int64_t waits_wait_ms(const void *arg)
{
    const struct waits *waits = arg;
    return waits->any_marked ? 0 : timers_wait_ms(&waits->deadlines, mono_now_ms());
}

/* ------------------------------------------------------------------ life */

void waits_end(void *arg)
{
    struct waits *waits = arg;
    struct waiter *waiter;
    while ((waiter = TAILQ_FIRST(&waits->list))) {
        if (waiter->kind != WAIT_ATTEMPT) {
            http_reply_error(waiter->request, 503);
        }
        finish(waiter);
    }
}

size_t waits_count(const struct waits *waits)
{
    return waits->n;
}

struct waits *waits_new(struct engine *engine, const struct router *router)
{
    struct waits *waits = mem_alloc(sizeof *waits);
    waits->engine = engine;
    waits->router = router;
    TAILQ_INIT(&waits->list);
    return waits;
}

void waits_free(struct waits *waits)
{
    if (waits) {
        timers_finish(&waits->deadlines);
        free(waits);
    }
}
