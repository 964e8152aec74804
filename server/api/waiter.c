#include "waiter.h"

#include "api/control.h"
#include "engine/schedule.h"
#include "store/store_invoice.h"

void wait_cache_finish(struct wait_cache *cache)
{
    buf_finish(&cache->document);
    arena_finish(&cache->arena);
}

/* ------------------------------------------------------------------ what is */

/* The invoice of the condition, which a reset or a restore may have deleted. */
static const struct invoice *cached_invoice(struct call *call, const struct waiter *waiter,
                                            struct wait_cache *cache)
{
    if (!cache->has_invoice && !cache->no_invoice) {
        cache->has_invoice = store_invoice_get(call->engine->store, &cache->arena, waiter->invoice,
                                               &cache->invoice) &&
                             cache->invoice.account == call->tenant->account.num;
        cache->no_invoice = !cache->has_invoice;
    }
    return cache->has_invoice ? &cache->invoice : NULL;
}

static void cache_callbacks(struct call *call, const struct waiter *waiter,
                            struct wait_cache *cache)
{
    if (!cache->has_callbacks) {
        cache->n_callbacks =
            store_callback_of_invoice(call->engine->store, &cache->arena, waiter->invoice,
                                      STORE_CALLBACKS_ALL, &cache->callbacks);
        cache->has_callbacks = true;
    }
}

static const struct callback *find_callback(struct call *call, const struct waiter *waiter,
                                            struct wait_cache *cache)
{
    cache_callbacks(call, waiter, cache);
    for (size_t i = 0; i < cache->n_callbacks; i++) {
        const struct callback *row = &cache->callbacks[i];
        bool fits =
            waiter->transition == TIME_NONE || waiter->transition == (int64_t)row->transition;
        if (fits && row->state == waiter->state && !callback_is_by_hand(row)) {
            return row;
        }
    }
    return NULL;
}

/* The account has nothing in flight and nothing due within this time. Shortly after a failed commit
 * nobody knows that: attempts that ended in it are sent again. */
static bool is_idle(struct call *call, int64_t within_ms)
{
    struct tenant *tenant = call->tenant;
    if (call->engine->retry_at_ms) {
        return false;
    }
    int64_t due_ms = schedule_next_due(call->engine, tenant);
    return !tenant->advance && !tenant->sending &&
           (due_ms == TIME_NONE || due_ms > clock_now(tenant) + within_ms);
}

/* Continues counting at its position. */
static void count_in_journal(struct call *call, struct waiter *waiter)
{
    const struct journal *journal = call->engine->watch.journal;
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

/* Many calls may wait for one invoice, so its document is written once. */
static struct answer *try_status(struct call *call, struct waiter *waiter, struct wait_cache *cache)
{
    const struct invoice *invoice = cached_invoice(call, waiter, cache);
    if (!invoice || !(invoice->statuses_reached & STATUS_BIT(waiter->status))) {
        return NULL;
    }
    if (cache->document.size) {
        buf_add(http_reply(call->request, 200, HTTP_JSON), cache->document.data,
                cache->document.size);
        return call_answered(call);
    }
    struct answer *answer = control_reply_invoice(call, 200, invoice);
    buf_add(&cache->document, call->request->reply.body.data, call->request->reply.body.size);
    return answer;
}

static struct answer *try_callback(struct call *call, struct waiter *waiter,
                                   struct wait_cache *cache)
{
    const struct callback *row = find_callback(call, waiter, cache);
    const struct invoice *invoice = row ? cached_invoice(call, waiter, cache) : NULL;
    struct callback callback;
    if (!invoice || !store_callback_get(call->engine->store, call->arena, row->seq, &callback)) {
        return NULL;
    }
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    callback_view(call, &out, CALLBACK_RAW, &callback, invoice);
    return call_answered(call);
}

static struct answer *try_idle(struct call *call, struct waiter *waiter, struct wait_cache *cache)
{
    (void)cache;
    if (!is_idle(call, waiter->within_ms)) {
        return NULL;
    }
    struct json_out out = call_reply_object(call, 200);
    json_out_bool(&out, "idle", true);
    return call_reply_end(&out);
}

static struct answer *try_requests(struct call *call, struct waiter *waiter,
                                   struct wait_cache *cache)
{
    (void)cache;
    if (count_requests(call, waiter) < waiter->requests) {
        return NULL;
    }
    struct json_out out = call_reply_object(call, 200);
    json_out_int(&out, "requests", waiter->counted);
    return call_reply_end(&out);
}

/* The reply is sent, unless the turn was rolled back or the account was emptied. */
static struct answer *try_attempt(struct call *call, struct waiter *waiter,
                                  struct wait_cache *cache)
{
    struct callback callback;
    (void)cache;
    if (!store_callback_get(call->engine->store, call->arena, waiter->attempt, &callback)) {
        return call_error(call, 503);
    }
    bool ended = callback.attempts + callback.extra > 0 || callback.state != CALLBACK_SENDING;
    return ended ? call_answered(call) : NULL;
}

/* ------------------------------------------------------------------ the answer at a timeout */

static void write_invoice_now(struct call *call, const struct waiter *waiter, struct json_out *out)
{
    struct wait_cache cache = {.no_invoice = false};
    const struct invoice *invoice = cached_invoice(call, waiter, &cache);
    if (invoice) {
        json_out_text(out, "status", status_name(invoice->status));
        json_out_text(out, "resolution", invoice->resolution);
        json_out_seconds(out, "next_due", invoice->due_ms);
        cache_callbacks(call, waiter, &cache);
        json_out_array(out, "callbacks");
        for (size_t i = 0; i < cache.n_callbacks; i++) {
            const struct callback *row = &cache.callbacks[i];
            json_out_object(out, NULL);
            json_out_text(out, "transition", status_name(row->transition));
            json_out_text(out, "state", callback_state_name(row->state));
            json_out_int(out, "attempts", row->attempts);
            json_out_int_or_null(out, "code", row->code, 0);
            json_out_seconds(out, "due", row->due_ms);
            json_out_object_end(out);
        }
        json_out_array_end(out);
    }
    wait_cache_finish(&cache);
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
    struct answer *(*try)(struct call *call, struct waiter *waiter, struct wait_cache *cache);
    void (*write_now)(struct call *call, const struct waiter *waiter, struct json_out *out);
} kinds[] = {
    [WAIT_STATUS] = {try_status, write_invoice_now},
    [WAIT_CALLBACK] = {try_callback, write_invoice_now},
    [WAIT_IDLE] = {try_idle, write_idle_now},
    [WAIT_REQUESTS] = {try_requests, write_requests_now},
    [WAIT_ATTEMPT] = {try_attempt, NULL}, /* has no such answer */
};

/* Nothing can happen without another call: the clock is frozen and nothing is due. Requests and
 * answers to attempts come from outside, independent of the clock. */
static bool is_hopeless(struct call *call, const struct waiter *waiter)
{
    return waiter->kind != WAIT_REQUESTS && waiter->kind != WAIT_ATTEMPT &&
           call->tenant->account.clock.frozen && is_idle(call, 0);
}

/* No callback was queued, and none will be: there is no URL. A later change of the account would
 * only affect later callbacks, which the caller can wait for then. */
static bool has_no_url(struct call *call, const struct waiter *waiter, struct wait_cache *cache)
{
    if (waiter->kind != WAIT_CALLBACK || call->tenant->account.settings.callback_url) {
        return false;
    }
    const struct invoice *invoice = cached_invoice(call, waiter, cache);
    cache_callbacks(call, waiter, cache);
    return !cache->n_callbacks && invoice && !invoice->callback_url;
}

struct answer *waiter_try(struct call *call, struct waiter *waiter, struct wait_cache *cache)
{
    bool replaced =
        waiter->invoice && waiter->kind != WAIT_ATTEMPT && !cached_invoice(call, waiter, cache);
    if (replaced) {
        return call_control_error(call, 404, "unknown_invoice",
                                  "the account's state was replaced while the call waited");
    }
    struct answer *answer = kinds[waiter->kind].try(call, waiter, cache);
    if (!answer && has_no_url(call, waiter, cache)) {
        return waiter_give_up(call, waiter, "no_callback_url",
                              "no callback is queued: neither the invoice nor the account has a "
                              "callback_url");
    }
    return answer || !is_hopeless(call, waiter)
               ? answer
               : waiter_give_up(call, waiter, "frozen",
                                "the clock is frozen and nothing is due: advance it");
}

/* The message with what a test wants to know first: the invoice's status, and what its receiver
 * answered. Clients show it and nothing else. */
static const char *with_state(struct call *call, const struct waiter *waiter, const char *message)
{
    struct wait_cache cache = {.no_invoice = false};
    const struct invoice *invoice = waiter->kind == WAIT_STATUS || waiter->kind == WAIT_CALLBACK
                                        ? cached_invoice(call, waiter, &cache)
                                        : NULL;
    if (invoice) {
        message = arena_printf(call->arena, "%s; the invoice is %s", message,
                               status_name(invoice->status));
        cache_callbacks(call, waiter, &cache);
        const struct callback *last =
            cache.n_callbacks ? &cache.callbacks[cache.n_callbacks - 1] : NULL;
        if (last && last->attempts) {
            message = arena_printf(
                call->arena, "%s, and its last callback (%s) %s", message,
                status_name(last->transition),
                last->code ? arena_printf(call->arena, "was answered %lld", (long long)last->code)
                           : "got no answer");
        }
    }
    wait_cache_finish(&cache);
    return message;
}

struct answer *waiter_give_up(struct call *call, const struct waiter *waiter, const char *code,
                              const char *message)
{
    struct json_out out = call_reply_object(call, 408);
    json_out_object(&out, "error");
    json_out_text(&out, "code", code);
    json_out_text(&out, "message", with_state(call, waiter, message));
    json_out_object_end(&out);
    json_out_object(&out, "now");
    kinds[waiter->kind].write_now(call, waiter, &out);
    json_out_object_end(&out);
    return call_reply_end(&out);
}
