#include "waiter.h"

#include "api/callback_view.h"
#include "api/control.h"
#include "engine/clock.h"
#include "engine/schedule.h"
#include "store/store_invoice.h"

void wait_sight_finish(struct wait_sight *sight)
{
    buf_finish(&sight->document);
    arena_finish(&sight->arena);
}

/* ------------------------------------------------------------------ what is */

/* The invoice that is waited for, which a reset or a restore may have taken away. */
static const struct invoice *see_invoice(struct call *call, const struct waiter *waiter,
                                         struct wait_sight *sight)
{
    if (!sight->has_invoice && !sight->no_invoice) {
        sight->has_invoice = store_invoice_get(call->engine->store, &sight->arena, waiter->invoice,
                                               &sight->invoice) &&
                             sight->invoice.account == call->tenant->account.num;
        sight->no_invoice = !sight->has_invoice;
    }
    return sight->has_invoice ? &sight->invoice : NULL;
}

static void see_callbacks(struct call *call, const struct waiter *waiter, struct wait_sight *sight)
{
    if (!sight->has_callbacks) {
        sight->n_callbacks =
            store_callback_of_invoice(call->engine->store, &sight->arena, waiter->invoice,
                                      STORE_CALLBACKS_ALL, &sight->callbacks);
        sight->has_callbacks = true;
    }
}

static const struct callback *find_callback(struct call *call, const struct waiter *waiter,
                                            struct wait_sight *sight)
{
    see_callbacks(call, waiter, sight);
    for (size_t i = 0; i < sight->n_callbacks; i++) {
        const struct callback *row = &sight->callbacks[i];
        bool fits =
            waiter->transition == TIME_NONE || waiter->transition == (int64_t)row->transition;
        if (fits && row->state == waiter->state) {
            return row;
        }
    }
    return NULL;
}

bool waiter_is_idle(struct call *call, int64_t within_ms)
{
    struct tenant *tenant = call->tenant;
    int64_t due_ms = schedule_next_due(call->engine, tenant);
    return !tenant->advance && !tenant->sending &&
           (due_ms == TIME_NONE || due_ms > clock_now(tenant) + within_ms);
}

/* Goes on counting where it stopped. */
static void count_in_journal(struct call *call, struct waiter *waiter)
{
    const struct journal *journal = call->engine->journal;
    uint64_t first = journal_first(journal), end = journal_end(journal);
    for (uint64_t at = waiter->position > first ? waiter->position : first; at < end; at++) {
        waiter->counted +=
            journal_filter_fits(&waiter->filter, call->router, journal_request(journal, at));
    }
    waiter->position = end;
}

static int64_t count_requests(struct call *call, struct waiter *waiter)
{
    const struct sink_filter filter = {.invoice = waiter->sink_invoice};
    if (waiter->sink) {
        waiter->counted = (int64_t)sink_count(&call->tenant->sinks, waiter->sink, &filter);
    } else {
        count_in_journal(call, waiter);
    }
    return waiter->counted;
}

/* ------------------------------------------------------------------ answers */

/* Many may wait for one invoice: its document is written once. */
static bool try_status(struct call *call, struct waiter *waiter, struct wait_sight *sight)
{
    const struct invoice *invoice = see_invoice(call, waiter, sight);
    if (!(invoice->been & STATUS_BIT(waiter->status))) {
        return false;
    }
    if (sight->document.size) {
        buf_add(http_reply(call->request, 200, HTTP_JSON), sight->document.data,
                sight->document.size);
        return true;
    }
    control_reply_invoice(call, 200, invoice);
    buf_add(&sight->document, call->request->reply.body.data, call->request->reply.body.size);
    return true;
}

static bool try_callback(struct call *call, struct waiter *waiter, struct wait_sight *sight)
{
    const struct callback *row = find_callback(call, waiter, sight);
    const struct invoice *invoice = row ? see_invoice(call, waiter, sight) : NULL;
    struct callback callback;
    if (!invoice || !store_callback_get(call->engine->store, call->arena, row->seq, &callback)) {
        return false;
    }
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    callback_view(call, &out, NULL, &callback, invoice->id);
    return true;
}

static bool try_idle(struct call *call, struct waiter *waiter, struct wait_sight *sight)
{
    (void)sight;
    if (!waiter_is_idle(call, waiter->within_ms)) {
        return false;
    }
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_bool(&out, "idle", true);
    json_out_object_end(&out);
    return true;
}

static bool try_requests(struct call *call, struct waiter *waiter, struct wait_sight *sight)
{
    (void)sight;
    if (count_requests(call, waiter) < waiter->wanted) {
        return false;
    }
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_int(&out, "requests", waiter->counted);
    json_out_object_end(&out);
    return true;
}

/* The reply stands, unless what it tells of is gone: the turn was rolled back, or the account
 * emptied. */
static bool try_attempt(struct call *call, struct waiter *waiter, struct wait_sight *sight)
{
    struct callback callback;
    (void)sight;
    if (!store_callback_get(call->engine->store, call->arena, waiter->attempt, &callback)) {
        http_reply_error(call->request, 503);
        return true;
    }
    return callback.attempts + callback.extra > 0 || callback.state != CALLBACK_SENDING;
}

/* ------------------------------------------------------------------ what is instead */

static void write_invoice_now(struct call *call, const struct waiter *waiter, struct json_out *out)
{
    struct wait_sight sight = {.no_invoice = false};
    const struct invoice *invoice = see_invoice(call, waiter, &sight);
    if (invoice) {
        json_out_text(out, "status", status_name(invoice->status));
        json_out_text(out, "resolution", invoice->resolution);
        json_out_seconds(out, "next_due", invoice->due_ms);
        see_callbacks(call, waiter, &sight);
        json_out_array(out, "callbacks");
        for (size_t i = 0; i < sight.n_callbacks; i++) {
            const struct callback *row = &sight.callbacks[i];
            json_out_object(out, NULL);
            json_out_text(out, "transition", status_name(row->transition));
            json_out_text(out, "state", callback_state_name(row->state));
            json_out_int(out, "attempts", row->attempts);
            json_out_seconds(out, "due", row->due_ms);
            json_out_object_end(out);
        }
        json_out_array_end(out);
    }
    wait_sight_finish(&sight);
}

static void write_idle_now(struct call *call, const struct waiter *waiter, struct json_out *out)
{
    (void)waiter;
    json_out_int(out, "sending", call->tenant->sending);
    json_out_seconds(out, "next_due", schedule_next_due(call->engine, call->tenant));
}

static void write_requests_now(struct call *call, const struct waiter *waiter, struct json_out *out)
{
    (void)call;
    json_out_int(out, "requests", waiter->counted);
}

static const struct {
    bool (*try)(struct call *call, struct waiter *waiter, struct wait_sight *sight);
    void (*write_now)(struct call *call, const struct waiter *waiter, struct json_out *out);
} kinds[] = {
    [WAIT_STATUS] = {try_status, write_invoice_now},
    [WAIT_CALLBACK] = {try_callback, write_invoice_now},
    [WAIT_IDLE] = {try_idle, write_idle_now},
    [WAIT_REQUESTS] = {try_requests, write_requests_now},
    [WAIT_ATTEMPT] = {try_attempt, NULL}, /* never told what is instead */
};

bool waiter_try(struct call *call, struct waiter *waiter, struct wait_sight *sight)
{
    bool replaced =
        waiter->invoice && waiter->kind != WAIT_ATTEMPT && !see_invoice(call, waiter, sight);
    if (replaced) {
        call_control_error(call, 404, "unknown_invoice", "the account's state was replaced");
        return true;
    }
    return kinds[waiter->kind].try(call, waiter, sight);
}

/* Requests come from without, whatever the clock does, and so do answers to attempts. */
bool waiter_is_hopeless(struct call *call, const struct waiter *waiter)
{
    return waiter->kind != WAIT_REQUESTS && waiter->kind != WAIT_ATTEMPT &&
           call->tenant->account.clock.frozen && waiter_is_idle(call, 0);
}

void waiter_give_up(struct call *call, const struct waiter *waiter, const char *code,
                    const char *message)
{
    struct json_out out = {.buf = http_reply(call->request, 408, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_object(&out, "error");
    json_out_text(&out, "code", code);
    json_out_text(&out, "message", message);
    json_out_object_end(&out);
    json_out_object(&out, "now");
    kinds[waiter->kind].write_now(call, waiter, &out);
    json_out_object_end(&out);
    json_out_object_end(&out);
}
