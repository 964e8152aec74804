#include "control.h"

#include "api/callback_view.h"
#include "api/wait.h"
#include "base/text.h"
#include "base/wall.h"
#include "engine/clock.h"
#include "engine/schedule.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#define TIMEOUT_MS 10000
#define TIMEOUT_MOST_MS 60000
#define HOLD_REPLY_MS 5000

enum wait_kind {
    WAIT_STATUS,
    WAIT_CALLBACK,
    WAIT_IDLE,
    WAIT_ATTEMPT, /* holds back a reply that stands already */
};

struct waiter {
    enum wait_kind kind;
    char owner[IDENT_TEXT];    /* the account's id */
    int64_t account;           /* its number, which a reset changes */
    int64_t invoice;           /* 0: WAIT_IDLE */
    enum status status;        /* WAIT_STATUS */
    enum callback_state state; /* WAIT_CALLBACK: done or failed */
    int64_t transition;        /* WAIT_CALLBACK: a status, TIME_NONE: any */
    int64_t within_ms;         /* WAIT_IDLE */
    int64_t attempt;           /* WAIT_ATTEMPT: of this callback */
    int64_t deadline_ms;       /* monotonic */
    struct http_request *request;
    struct waits *waits;
    LIST_ENTRY(waiter) link;
};

struct waits {
    struct engine *engine;
    const struct router *router;
    LIST_HEAD(, waiter) list;
};

/* ------------------------------------------------------------------ answers */

static struct call call_of(const struct waiter *waiter)
{
    const struct waits *waits = waiter->waits;
    return (struct call){
        .request = waiter->request,
        .arena = &waiter->request->arena,
        .engine = waits->engine,
        .router = waits->router,
        .tenant = tenants_by_id(&waits->engine->tenants, waiter->owner),
    };
}

/* The invoice that is waited for, which a reset or a restore may have taken away. */
static bool find_invoice(struct call *call, const struct waiter *waiter,
                         struct invoice *ret_invoice)
{
    return store_invoice_get(call->engine->store, call->arena, waiter->invoice, ret_invoice) &&
           ret_invoice->account == call->tenant->account.num;
}

static bool find_callback(struct call *call, const struct waiter *waiter,
                          struct callback *ret_callback)
{
    struct callback *rows;
    size_t n = store_callback_of_invoice(call->engine->store, call->arena, waiter->invoice, &rows);
    for (size_t i = 0; i < n; i++) {
        bool fits =
            waiter->transition == TIME_NONE || waiter->transition == (int64_t)rows[i].transition;
        if (fits && rows[i].state == waiter->state) {
            return store_callback_get(call->engine->store, call->arena, rows[i].seq, ret_callback);
        }
    }
    return false;
}

static bool is_idle(struct engine *engine, struct tenant *tenant, int64_t within_ms)
{
    int64_t due_ms = schedule_next_due(engine, tenant);
    return !tenant->advance && !tenant->sending &&
           (due_ms == TIME_NONE || due_ms > clock_now(tenant) + within_ms);
}

/* The reply stands, unless what it tells of is gone: the turn was rolled back, or the account
 * emptied. */
static bool has_ended(struct call *call, int64_t seq)
{
    struct callback callback;
    if (!store_callback_get(call->engine->store, call->arena, seq, &callback)) {
        http_reply_error(call->request, 503);
        return true;
    }
    return callback.attempts + callback.extra > 0 || callback.state != CALLBACK_SENDING;
}

/* Answers 200 when the condition holds, 404 when it cannot any more. */
static bool try_answer(struct call *call, const struct waiter *waiter)
{
    struct invoice invoice;
    struct callback callback;
    struct json_out out = {0};
    if (waiter->kind == WAIT_ATTEMPT) {
        return has_ended(call, waiter->attempt);
    }
    if (waiter->invoice && !find_invoice(call, waiter, &invoice)) {
        call_control_error(call, 404, "unknown_invoice", "the account's state was replaced");
        return true;
    }
    switch (waiter->kind) {
    case WAIT_ATTEMPT:
        break;
    case WAIT_STATUS:
        if (!(invoice.been & STATUS_BIT(waiter->status))) {
            return false;
        }
        control_reply_invoice(call, 200, &invoice);
        return true;
    case WAIT_CALLBACK:
        if (!find_callback(call, waiter, &callback)) {
            return false;
        }
        out.buf = http_reply(call->request, 200, HTTP_JSON);
        callback_view(call, &out, NULL, &callback, invoice.id);
        return true;
    case WAIT_IDLE:
        if (!is_idle(call->engine, call->tenant, waiter->within_ms)) {
            return false;
        }
        out.buf = http_reply(call->request, 200, HTTP_JSON);
        json_out_object(&out, NULL);
        json_out_bool(&out, "idle", true);
        json_out_object_end(&out);
        return true;
    }
    return false;
}

/* What is instead: the invoice's status and its callbacks' states, or what keeps the account busy.
 */
static void write_now(struct call *call, const struct waiter *waiter, struct json_out *out)
{
    struct invoice invoice;
    struct callback *rows;
    json_out_object(out, "now");
    if (waiter->kind == WAIT_IDLE) {
        json_out_int(out, "sending", call->tenant->sending);
        json_out_seconds(out, "next_due", schedule_next_due(call->engine, call->tenant));
    } else if (find_invoice(call, waiter, &invoice)) {
        json_out_text(out, "status", status_name(invoice.status));
        json_out_text(out, "resolution", invoice.resolution);
        json_out_seconds(out, "next_due", invoice.due_ms);
        json_out_array(out, "callbacks");
        size_t n =
            store_callback_of_invoice(call->engine->store, call->arena, waiter->invoice, &rows);
        for (size_t i = 0; i < n; i++) {
            json_out_object(out, NULL);
            json_out_text(out, "transition", status_name(rows[i].transition));
            json_out_text(out, "state", callback_state_name(rows[i].state));
            json_out_int(out, "attempts", rows[i].attempts);
            json_out_seconds(out, "due", rows[i].due_ms);
            json_out_object_end(out);
        }
        json_out_array_end(out);
    }
    json_out_object_end(out);
}

static void answer_408(struct call *call, const struct waiter *waiter, const char *code,
                       const char *message)
{
    struct json_out out = {.buf = http_reply(call->request, 408, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_object(&out, "error");
    json_out_text(&out, "code", code);
    json_out_text(&out, "message", message);
    json_out_object_end(&out);
    write_now(call, waiter, &out);
    json_out_object_end(&out);
}

/* On a clock that stands still with nothing due now, nothing will ever happen by itself. */
static bool is_hopeless(struct engine *engine, struct tenant *tenant)
{
    return tenant->account.clock.frozen && is_idle(engine, tenant, 0);
}

/* ------------------------------------------------------------------ parked calls */

static void leave(struct waiter *waiter)
{
    LIST_REMOVE(waiter, link);
    free(waiter);
}

static void gone(void *arg)
{
    leave(arg);
}

static void finish(struct waiter *waiter)
{
    struct http_request *request = waiter->request;
    leave(waiter);
    http_unpark(request);
}

/* Looks again; the waiter may be gone afterwards. */
static void look(struct waiter *waiter, int64_t now_ms)
{
    struct call call = call_of(waiter);
    bool late = now_ms >= waiter->deadline_ms, holds = waiter->kind == WAIT_ATTEMPT;
    waiter->account = call.tenant ? call.tenant->account.num : 0;
    if (!call.tenant && !holds) {
        call_control_error(&call, 404, "unknown_account", "the account was deleted meanwhile");
    } else if (try_answer(&call, waiter) || (late && holds)) {
        /* answered */
    } else if (!holds && is_hopeless(call.engine, call.tenant)) {
        answer_408(&call, waiter, "frozen", "the clock is frozen and nothing is due: advance it");
    } else if (late) {
        answer_408(&call, waiter, "timeout", "it has not happened in time");
    } else {
        return;
    }
    finish(waiter);
}

void waits_changed(void *arg, int64_t account, int64_t invoice)
{
    struct waits *waits = arg;
    struct waiter *waiter, *next;
    int64_t now_ms = mono_now_ms();
    for (waiter = LIST_FIRST(&waits->list); waiter; waiter = next) {
        next = LIST_NEXT(waiter, link);
        bool concerned = !invoice || waiter->kind == WAIT_IDLE || waiter->invoice == invoice;
        if (waiter->account == account && concerned) {
            look(waiter, now_ms);
        }
    }
}

void waits_run(struct waits *waits)
{
    struct waiter *waiter, *next;
    int64_t now_ms = mono_now_ms();
    for (waiter = LIST_FIRST(&waits->list); waiter; waiter = next) {
        next = LIST_NEXT(waiter, link);
        if (now_ms >= waiter->deadline_ms) {
            look(waiter, now_ms);
        }
    }
}

int64_t waits_wait_ms(const struct waits *waits)
{
    int64_t wait_ms = -1, now_ms = mono_now_ms();
    const struct waiter *waiter;
    LIST_FOREACH(waiter, &waits->list, link)
    {
        int64_t left_ms = waiter->deadline_ms > now_ms ? waiter->deadline_ms - now_ms : 0;
        wait_ms = wait_ms < 0 || left_ms < wait_ms ? left_ms : wait_ms;
    }
    return wait_ms;
}

void waits_end(struct waits *waits)
{
    struct waiter *waiter, *next;
    for (waiter = LIST_FIRST(&waits->list); waiter; waiter = next) {
        next = LIST_NEXT(waiter, link);
        if (waiter->kind != WAIT_ATTEMPT) {
            http_reply_error(waiter->request, 503);
        }
        finish(waiter);
    }
}

struct waits *waits_new(struct engine *engine, const struct router *router)
{
    struct waits *waits = mem_alloc(sizeof *waits);
    waits->engine = engine;
    waits->router = router;
    LIST_INIT(&waits->list);
    return waits;
}

void waits_free(struct waits *waits)
{
    free(waits);
}

static void park(const struct waiter *waiter, int64_t timeout_ms)
{
    struct waiter *parked = mem_alloc(sizeof *parked);
    *parked = *waiter;
    parked->deadline_ms = mono_now_ms() + timeout_ms;
    LIST_INSERT_HEAD(&parked->waits->list, parked, link);
    http_park(parked->request, gone, parked);
}

void waits_hold_reply(struct call *call)
{
    struct waiter waiter = {
        .kind = WAIT_ATTEMPT,
        .account = call->tenant->account.num,
        .invoice = call->invoice,
        .attempt = call->engine->awaited,
        .request = call->request,
        .waits = call->router->waits,
    };
    snprintf(waiter.owner, sizeof waiter.owner, "%s", call->tenant->account.keys.id);
    call->engine->awaited = 0;
    if (waiter.attempt) {
        park(&waiter, HOLD_REPLY_MS);
    }
}

/* ------------------------------------------------------------------ the call */

static bool refuse(struct call *call, const char *message)
{
    call_control_error(call, 422, "invalid", "%s", message);
    return false;
}

static bool read_duration(struct call *call, const char *name, int64_t *value_ms)
{
    const char *text = http_query_text(call->request, name);
    if (text && !text_to_duration(text, value_ms)) {
        return refuse(call, arena_printf(call->arena, "%s: a duration like 10s is wanted", name));
    }
    return true;
}

static bool read_callback(struct call *call, const char *name, struct waiter *waiter)
{
    const char *transition = http_query_text(call->request, "transition");
    enum status status = STATUS_CREATED;
    bool delivered = text_equal(name, "delivered");
    waiter->kind = WAIT_CALLBACK;
    waiter->state = delivered ? CALLBACK_DONE : CALLBACK_FAILED;
    if (!delivered && !text_equal(name, "failed")) {
        return refuse(call, "callback: delivered or failed is wanted");
    }
    if (transition && !status_parse(transition, &status)) {
        return refuse(call, "transition: there is no such status");
    }
    waiter->transition = transition ? (int64_t)status : TIME_NONE;
    return true;
}

/* Exactly one condition; answers 422 or 404 and returns false otherwise. */
static bool read_condition(struct call *call, struct waiter *waiter)
{
    struct http_request *request = call->request;
    const char *id = http_query_text(request, "invoice"),
               *status = http_query_text(request, "status");
    const char *callback = http_query_text(request, "callback"),
               *idle = http_query_text(request, "idle");
    struct invoice invoice;
    if ((status != NULL) + (callback != NULL) + (idle != NULL) != 1 ||
        (id == NULL) != (idle != NULL)) {
        return refuse(call, "invoice and status, invoice and callback, or idle=true is wanted");
    }
    if (idle) {
        waiter->kind = WAIT_IDLE;
        return text_equal(idle, "true") || refuse(call, "idle: true is wanted");
    }
    if (!control_find_invoice(call, id, &invoice)) {
        return false;
    }
    waiter->invoice = invoice.seq;
    if (callback) {
        return read_callback(call, callback, waiter);
    }
    waiter->kind = WAIT_STATUS;
    return status_parse(status, &waiter->status) || refuse(call, "status: there is no such status");
}

void control_wait(struct call *call)
{
    struct waiter waiter = {.request = call->request, .waits = call->router->waits};
    int64_t timeout_ms = TIMEOUT_MS;
    if (!control_has_tenant(call) || !read_condition(call, &waiter) ||
        !read_duration(call, "timeout", &timeout_ms) ||
        !read_duration(call, "within", &waiter.within_ms)) {
        return;
    }
    waiter.account = call->tenant->account.num;
    snprintf(waiter.owner, sizeof waiter.owner, "%s", call->tenant->account.keys.id);
    if (timeout_ms > TIMEOUT_MOST_MS) {
        refuse(call, "timeout: at most 60s are waited");
        return;
    }
    if (try_answer(call, &waiter)) {
        return;
    }
    if (is_hopeless(call->engine, call->tenant)) {
        answer_408(call, &waiter, "frozen", "the clock is frozen and nothing is due: advance it");
        return;
    }
    park(&waiter, timeout_ms);
}
