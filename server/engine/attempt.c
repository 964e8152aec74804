#include "outbox.h"

#include "base/log.h"
#include "base/text.h"
#include "base/url.h"
#include "engine/engine_journal.h"
#include "engine/outbox_fault.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"
#include "view/settings_lists.h"

#include <string.h>

/* The faults that make two attempts of one. */
static const struct pair {
    enum fault_kind last; /* what it becomes when one of the two has ended; FAULT_NONE: no pair */
    enum delivery_second second;
    bool retries; /* the second counts as a retry, as its receiver sees */
} pairs[FAULT_KINDS] = {
    [FAULT_DUPLICATE] = {FAULT_TWIN, SECOND_NONE, false}, /* sent when the first has ended */
    [FAULT_AT_ONCE] = {FAULT_AT_ONCE_LAST, SECOND_AT_ONCE, false},
    [FAULT_OVERLAP] = {FAULT_OVERLAP_LAST, SECOND_WHEN_SENT, true},
};

static bool is_last_of_pair(enum fault_kind fault)
{
    bool last = false;
    for (size_t i = 0; i < FAULT_KINDS; i++) {
        last |= pairs[i].last && pairs[i].last == fault;
    }
    return last;
}

static int64_t timeout(int64_t setting_ms, bool test_mode, int64_t test_ms, int64_t live_ms)
{
    return setting_ms != ACCOUNT_UNSET ? setting_ms : test_mode ? test_ms : live_ms;
}

/* Retry n is due n intervals after the attempt before it (P973). */
static int64_t retry_delay_ms(const struct tenant *tenant, int64_t retry)
{
    return retry * tenant->account.settings.retry_interval_s * 1000;
}

static bool is_last(const struct tenant *tenant, const struct callback *callback, int64_t attempt)
{
    return callback->manual || attempt >= tenant->account.settings.retry_limit;
}

/* The account's own header fields. */
static void add_headers(struct arena *arena, const struct settings *settings,
                        struct delivery *delivery)
{
    json_auto_t *fields = settings_headers(settings);
    struct delivery_header *headers =
        arena_alloc(arena, (json_object_size(fields) + 1) * sizeof *headers);
    const char *name;
    json_t *value;
    delivery->headers = headers;
    json_object_foreach(fields, name, value)
    {
        headers[delivery->n_headers++] = (struct delivery_header){
            arena_strdup(arena, name), arena_strdup(arena, json_string_value(value))};
    }
}

bool attempt_load(void *arg, struct arena *arena, int64_t seq, bool second,
                  struct delivery *ret_delivery)
{
    struct engine *engine = arg;
    struct callback callback;
    struct tenant *tenant = NULL;
    if (store_callback_get(engine->store, arena, seq, &callback)) {
        tenant = tenants_by_num(&engine->tenants, callback.account);
    }
    if (!tenant) {
        return false;
    }
    const struct settings *settings = &tenant->account.settings;
    bool overlaps = callback.fault == FAULT_OVERLAP && second;
    int64_t retry = callback.attempts + overlaps, attempt = retry + 1;
    const char *body = outbox_body(engine, arena, &callback);
    int64_t next_ms = clock_now(tenant) + retry_delay_ms(tenant, attempt);
    *ret_delivery = (struct delivery){
        .url = callback.url,
        .signature = *callback.signature ? callback.signature : NULL,
        .body = body,
        .body_size = strlen(body),
        .retry = retry,
        .next_retry_s = is_last(tenant, &callback, attempt) ? 0 : next_ms / 1000,
        .connect_timeout_ms =
            timeout(settings->connect_timeout_ms, callback.test_mode, 10000, 20000),
        .read_timeout_ms = timeout(settings->read_timeout_ms, callback.test_mode, 10000, 20000),
        .total_timeout_ms = timeout(settings->total_timeout_ms, callback.test_mode, 20000, 60000),
    };
    ret_delivery->second = second ? SECOND_NONE : pairs[callback.fault].second;
    ret_delivery->sent = outbox_fault_sent(callback.fault);
    add_headers(arena, settings, ret_delivery);
    outbox_fault_apply(tenant, arena, &callback, ret_delivery);
    return true;
}

static void log_attempt(const struct engine *engine, const struct callback *callback,
                        const struct delivery_result *result, const char *invoice)
{
    char id[IDENT_TEXT], request[IDENT_TEXT];
    ident_number("cb", callback->seq, id);
    trace_id(trace_of_callback(&engine->watch.trace, callback->seq), request);
    bool good = result->code == OUTBOX_OK_CODE;
    char url[256];
    url_shown(callback->url, url, sizeof url);
    log_event(good ? LOG_INFO : LOG_WARN, "callback", LOG_TEXT("id", id),
              LOG_TEXT("invoice", invoice),
              LOG_TEXT("transition", status_name(callback->transition)), LOG_TEXT("url", url),
              LOG_NUMBER("attempt", callback->attempts + callback->extra),
              LOG_NUMBER("code", result->code), LOG_NUMBER("took_ms", result->took_ms),
              LOG_TEXT("error", result->error ? result->error : ""), LOG_TEXT("request", request));
}

/* The body that the attempt sent, if it differs from the callback's own; else NULL. */
static const char *other_body(struct engine *engine, const struct callback *callback,
                              const char *sent)
{
    bool same =
        !callback->fault || text_equal(sent, outbox_body(engine, &engine->scratch, callback));
    return same ? NULL : sent;
}

/* `at_ms`: when it began, in account time. */
static void save_attempt(struct engine *engine, const struct callback *callback,
                         const struct delivery_result *result, int64_t at_ms)
{
    const struct attempt attempt = {
        .callback = callback->seq,
        .number = callback->attempts + callback->extra + 1,
        .at_ms = at_ms,
        .wall_ms = result->wall_ms,
        .took_ms = result->took_ms,
        .code = result->code,
        .fault = callback->fault,
        .error = result->error,
        .request_headers = result->request_headers,
        .request_body = other_body(engine, callback, result->body),
        .response_headers = result->response_headers,
        .response_body = result->response_body,
        .response_size = (int64_t)result->response_size,
        .request_line = result->request_line,
        .response_line = result->response_line,
        .response_lines = result->response_lines,
    };
    store_attempt_insert(engine->store, &attempt);
}

/* The first of two attempts to end leaves the decision to the other one, which is being sent, or
 * follows now. */
static void await_other(struct engine *engine, struct callback *callback,
                        const struct delivery_result *result, int64_t now_ms)
{
    const struct pair *pair = &pairs[callback->fault];
    *(pair->retries ? &callback->attempts : &callback->extra) += 1;
    callback->code = result->code;
    callback->ended_ms = now_ms;
    callback->fault = pair->last;
    if (!result->more) {
        turn_queue_callback(&engine->turn, callback, true);
    }
}

/* Decides the callback's state after an attempt. */
static void settle(const struct tenant *tenant, struct callback *callback,
                   const struct delivery_result *result, int64_t now_ms)
{
    bool done = is_last_of_pair(callback->fault) && callback->code == OUTBOX_OK_CODE;
    callback->attempts++;
    callback->code = done ? OUTBOX_OK_CODE : result->code;
    callback->ended_ms = now_ms;
    callback->due_ms = TIME_NONE;
    callback->fault = callback_is_by_hand(callback) ? callback->fault : FAULT_NONE;
    if (callback->code == OUTBOX_OK_CODE) {
        callback->state = CALLBACK_DONE;
    } else if (result->refused || is_last(tenant, callback, callback->attempts)) {
        callback->state = CALLBACK_FAILED;
    } else {
        callback->state = CALLBACK_QUEUED;
        callback->due_ms = now_ms + retry_delay_ms(tenant, callback->attempts);
    }
    callback->manual = false;
}

static void note_event(struct tenant *tenant, const struct callback *callback,
                       const char *invoice_id, int64_t at_ms)
{
    struct advance_event *event = turn_add_event(tenant, invoice_id, at_ms);
    if (event) {
        event->is_callback = true;
        event->to = callback->transition;
        event->callback = callback->seq;
        event->attempt = callback->attempts + callback->extra;
        event->done = callback->code == OUTBOX_OK_CODE;
    }
}

/*
 * The account was deleted or emptied meanwhile. Its rows may still exist, under its old number, for
 * the report of the run. A snapshot may have brought the callback back: then it is another one.
 */
static void end_orphan(struct engine *engine, const struct delivery_result *result)
{
    struct arena *arena = &engine->scratch;
    struct callback callback;
    if (!result->code || tenants_by_num(&engine->tenants, result->account) ||
        !store_callback_get(engine->store, arena, result->callback, &callback) ||
        callback.account != result->account) {
        return;
    }
    save_attempt(engine, &callback, result, result->wall_ms);
    callback.attempts++;
    callback.code = result->code;
    callback.ended_ms = result->wall_ms;
    callback.state = result->code == OUTBOX_OK_CODE ? CALLBACK_DONE : CALLBACK_FAILED;
    callback.due_ms = TIME_NONE;
    store_callback_update(engine->store, &callback);
    struct invoice invoice;
    bool found = store_invoice_get(engine->store, arena, callback.invoice, &invoice);
    log_attempt(engine, &callback, result, found ? invoice.id : "");
}

void attempt_ended(void *arg, const struct delivery_result *ended)
{
    struct engine *engine = arg;
    struct arena *arena = &engine->scratch;
    struct callback callback;
    struct invoice invoice;
    arena_reset(arena);
    evidence_note(&engine->watch.evidence, ended->callback, ended->url,
                  (enum evidence_sent)ended->sent, ended->code);
    if (ended->orphan) {
        end_orphan(engine, ended);
        return;
    }
    bool known = store_callback_get(engine->store, arena, ended->callback, &callback);
    struct tenant *tenant = known ? tenants_by_num(&engine->tenants, callback.account) : NULL;
    if (!tenant) {
        return;
    }
    int64_t now_ms = clock_now(tenant);
    struct delivery_result annotated = *ended, *result = &annotated;
    if (evidence_is_refusal(ended->code)) { /* usually, it has another key */
        annotated.error =
            outbox_fault_signing(tenant, arena, &callback, outbox_body(engine, arena, &callback));
    }
    if (ended->code > OUTBOX_OK_CODE && ended->code < 400) {
        annotated.error =
            arena_printf(arena, "only %d counts, not %ld%s", OUTBOX_OK_CODE, ended->code,
                         ended->code >= 300 ? "; redirects are not followed" : "");
    }
    if (delivery_wants_tls(ended)) {
        annotated.error = "the receiver speaks TLS: use https:// in the URL";
    }
    save_attempt(engine, &callback, result, clock_at_wall(tenant, result->wall_ms));
    const struct pair *pair = &pairs[callback.fault];
    if (pair->last && (result->more || pair->second == SECOND_NONE)) {
        await_other(engine, &callback, result, now_ms);
    } else {
        tenant->sending--;
        settle(tenant, &callback, result, now_ms);
    }
    store_callback_update(engine->store, &callback);
    journal_callback(engine, tenant, &callback, result);
    turn_set_timer(&engine->turn, tenant, callback.due_ms);
    if (tenant->faults.held) {
        outbox_release(engine, tenant, callback.invoice, callback.seq);
    }
    bool found = store_invoice_get(engine->store, arena, callback.invoice, &invoice);
    if (found && !callback_is_by_hand(&callback)) {
        invoice.updated_ms = now_ms;
        outbox_save_logs(engine, arena, &invoice);
    }
    if (found) {
        note_event(tenant, &callback, invoice.id, now_ms);
    }
    log_attempt(engine, &callback, result, found ? invoice.id : "");
    turn_note_change(&engine->turn, tenant, callback.invoice);
}
