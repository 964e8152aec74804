#include "outbox.h"

#include "base/crypt.h"
#include "base/log.h"
#include "base/url.h"
#include "base/wall.h"
#include "domain/token.h"
#include "engine/advance.h"
#include "engine/clock.h"
#include "engine/first_callback.h"
#include "engine/journal_notes.h"
#include "engine/outbox_fault.h"
#include "engine/schedule.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"
#include "view/view_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Signatures of the other form are too short to be worth it. */
#define CUT_FORM TOKEN_RS512

/*
 * The signature of the token in flow_data is a third of a body and follows from the token's other
 * parts, so it is not stored. Cuts it out of `body` and says where it was.
 */
static int64_t cut_signature(const struct engine *engine, struct buf *body,
                             const struct invoice *invoice)
{
    const size_t cut = token_signature_size(CUT_FORM);
    buf_auto token = {0};
    token_write(&token, engine->token_key, CUT_FORM, invoice->session, invoice->expires_ms / 1000);
    char *at = strstr(body->data, token.data);
    if (!at) {
        return 0;
    }
    char *signature = at + token.size - cut;
    char *rest = signature + cut;
    memmove(signature, rest, body->size - (size_t)(rest - body->data) + 1);
    body->size -= cut;
    return signature - body->data;
}

const char *outbox_body(const struct engine *engine, struct arena *arena,
                        const struct callback *callback)
{
    size_t cut = (size_t)callback->body_cut;
    if (!cut) {
        return callback->body;
    }
    /* "HEADER.CLAIMS." stands before the cut, behind a quote. */
    size_t end = cut - 1, begin = end;
    while (begin && callback->body[begin - 1] != '"') {
        begin--;
    }
    const size_t size = token_signature_size(CUT_FORM);
    char signature[TOKEN_SIGNATURE_MOST + 1];
    token_sign(engine->token_key, CUT_FORM, callback->body + begin, end - begin, signature);
    size_t tail = strlen(callback->body + cut);
    char *whole = arena_alloc(arena, cut + size + tail + 1);
    memcpy(whole, callback->body, cut);
    memcpy(whole + cut, signature, size);
    memcpy(whole + cut + size, callback->body + cut, tail);
    return whole;
}

bool outbox_compose(struct engine *engine, struct tenant *tenant, struct arena *arena,
                    const struct invoice *invoice, int64_t at_ms, struct callback *ret_callback)
{
    const struct settings *settings = &tenant->account.settings;
    const char *url = invoice->callback_url ? invoice->callback_url : settings->callback_url;
    if (!url || (settings->only_final && !status_is_final(invoice->status))) {
        return false;
    }
    buf_auto body = {0};
    struct json_out out = {.buf = &body};
    const struct view_invoice view = engine_view(engine, tenant, invoice);
    json_out_object(&out, NULL);
    view_invoice_document(&out, &view, VIEW_CALLBACK);
    json_out_object_end(&out);
    char signature[CRYPT_SHA1_TEXT];
    crypt_sandwich_sha1(account_secret(&tenant->account, invoice->test_mode), body.data, body.size,
                        signature);
    bool cuts = view_token_form(view.profile) == CUT_FORM;
    int64_t cut = cuts ? cut_signature(engine, &body, invoice) : 0;
    *ret_callback = (struct callback){
        .account = tenant->account.num,
        .transition = invoice->status,
        .state = CALLBACK_SENDING,
        .queued_ms = at_ms,
        .due_ms = TIME_NONE,
        .ended_ms = TIME_NONE,
        .test_mode = invoice->test_mode,
        .url = url,
        .signature = arena_strdup(arena, signature),
        .body = arena_copy(arena, body.data, body.size),
        .body_cut = cut,
    };
    return true;
}

/* Remembers to push it to the sender after the commit; `ahead`: before what waits there. */
static void note_fresh(struct engine *engine, const struct callback *callback, bool ahead)
{
    if (engine->n_fresh == engine->room_fresh) {
        engine->room_fresh = engine->room_fresh ? engine->room_fresh * 2 : 64;
        engine->fresh = mem_resize(engine->fresh, engine->room_fresh * sizeof *engine->fresh);
    }
    engine->fresh[engine->n_fresh++] = (struct fresh_callback){
        .callback = callback->seq,
        .invoice = callback->invoice,
        .account = callback->account,
        .url = mem_strdup(callback->url),
        .ahead = ahead,
    };
}

/* After it was saved: on its way, or what a fault made of it. */
static void start(struct engine *engine, struct tenant *tenant, const struct callback *callback,
                  bool goes)
{
    if (goes) {
        tenant->sending++;
        note_fresh(engine, callback, false);
        return;
    }
    schedule_at(engine, tenant, callback->due_ms);
    if (callback->state == CALLBACK_DROPPED) {
        metrics_attempt(&engine->metrics, CALLBACK_DROPPED);
        outbox_let_go(engine, tenant, callback->invoice, callback->seq);
    }
}

static void save_logs(struct engine *engine, struct arena *arena, struct invoice *invoice)
{
    invoice->callback_logs = outbox_logs(engine, arena, invoice, NULL);
    store_invoice_update(engine->store, invoice);
}

void outbox_insert(struct engine *engine, struct tenant *tenant, struct arena *arena,
                   struct invoice *invoice, bool answered, struct callback *callback)
{
    callback->invoice = invoice->seq;
    bool goes = !outbox_fault_may(tenant) || outbox_fault_meet(engine, tenant, callback, answered);
    store_callback_insert(engine->store, callback);
    trace_callback(&engine->trace, callback->seq);
    start(engine, tenant, callback, goes);
    if (callback->state == CALLBACK_DROPPED) {
        save_logs(engine, arena, invoice);
    } else if (callback->fault == FAULT_BEFORE_RESPONSE) {
        engine->awaited = callback->seq;
        first_callback_hurry(engine, invoice->seq);
    }
}

const char *outbox_logs_of(struct arena *arena, const struct callback *callbacks, size_t n)
{
    buf_auto logs = {0};
    if (n > OUTBOX_LOGS_KEPT) {
        return "";
    }
    view_callback_logs(&logs, callbacks, n);
    return arena_copy(arena, logs.data, logs.size);
}

const char *outbox_logs(struct engine *engine, struct arena *arena, const struct invoice *invoice,
                        const struct callback *more)
{
    struct callback all[OUTBOX_LOGS_KEPT + 2];
    struct callback *rows;
    if (!*invoice->callback_logs) {
        return ""; /* callbacks never become fewer */
    }
    size_t n =
        store_callback_of_invoice(engine->store, arena, invoice->seq, OUTBOX_LOGS_KEPT + 1, &rows);
    for (size_t i = 0; i < n; i++) {
        all[i] = rows[i];
    }
    if (more) {
        all[n++] = *more;
    }
    return outbox_logs_of(arena, all, n);
}

void outbox_write_logs(const struct view_invoice *view, struct buf *out)
{
    struct arena arena = {0};
    struct callback *rows;
    size_t n = store_callback_of_invoice(view->logs_arg, &arena, view->invoice->seq,
                                         view->logs_most, &rows);
    view_callback_logs(out, rows, n);
    arena_finish(&arena);
}

void outbox_send(struct engine *engine, struct tenant *tenant, struct callback *callback)
{
    bool asked = callback->fault != FAULT_NONE;
    if (callback->fault == FAULT_REORDER) {
        tenant->faults.held -= callback->state == CALLBACK_SENDING;
        callback->fault = FAULT_REORDERED;
    }
    callback->state = CALLBACK_SENDING;
    callback->due_ms = TIME_NONE;
    bool goes =
        asked || !outbox_fault_may(tenant) || outbox_fault_meet(engine, tenant, callback, false);
    store_callback_update(engine->store, callback);
    start(engine, tenant, callback, goes);
    struct invoice invoice;
    if (callback->state == CALLBACK_DROPPED &&
        store_invoice_get(engine->store, &engine->scratch, callback->invoice, &invoice)) {
        save_logs(engine, &engine->scratch, &invoice);
        engine_note_change(engine, tenant, callback->invoice);
    }
}

void outbox_resend(struct engine *engine, struct tenant *tenant, struct arena *arena,
                   struct callback *callback, bool resign)
{
    bool held = callback->fault == FAULT_REORDER;
    first_callback_hurry(engine, callback->invoice);
    if (callback->state == CALLBACK_SENDING && !held) {
        return; /* it is on its way, and its retries are its own */
    }
    char signature[CRYPT_SHA1_TEXT];
    if (resign) {
        const char *body = outbox_body(engine, arena, callback);
        crypt_sandwich_sha1(account_secret(&tenant->account, callback->test_mode), body,
                            strlen(body), signature);
        callback->signature = signature;
    }
    if (callback->state != CALLBACK_QUEUED && !held) {
        callback->manual = true;
        callback->fault = FAULT_NONE;
    }
    trace_callback(&engine->trace, callback->seq);
    outbox_send(engine, tenant, callback);
    engine_note_change(engine, tenant, callback->invoice);
}

void outbox_recover(struct engine *engine)
{
    for (size_t i = 0; i < engine->tenants.n; i++) {
        struct tenant *tenant = engine->tenants.list[i];
        deliver_cancel(engine->deliver, tenant->account.num);
        store_callback_requeue(engine->store, tenant->account.num);
        tenant->sending = 0;
        tenant->faults.held = 0;
        tenant->due_unknown = true;
    }
    schedule_look(engine);
}

/* ------------------------------------------------------------------ attempts */

static int64_t timeout(int64_t setting_ms, bool test_mode, int64_t test_ms, int64_t live_ms)
{
    return setting_ms != ACCOUNT_UNSET ? setting_ms : test_mode ? test_ms : live_ms;
}

/* Retry n comes n intervals after the attempt before it. */
static int64_t retry_delay_ms(const struct tenant *tenant, int64_t retry)
{
    return retry * tenant->account.settings.retry_interval_s * 1000;
}

static bool is_last(const struct tenant *tenant, const struct callback *callback, int64_t attempt)
{
    return callback->manual || attempt >= tenant->account.settings.retry_limit;
}

bool outbox_load(void *arg, struct arena *arena, int64_t seq, struct delivery *ret_delivery)
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
    int64_t attempt = callback.attempts + 1;
    const char *body = outbox_body(engine, arena, &callback);
    int64_t next_ms = clock_now(tenant) + retry_delay_ms(tenant, attempt);
    *ret_delivery = (struct delivery){
        .url = callback.url,
        .signature = callback.signature,
        .body = body,
        .body_size = strlen(body),
        .retry = callback.attempts,
        .next_retry_s = is_last(tenant, &callback, attempt) ? 0 : next_ms / 1000,
        .connect_timeout_ms =
            timeout(settings->connect_timeout_ms, callback.test_mode, 10000, 20000),
        .read_timeout_ms = timeout(settings->read_timeout_ms, callback.test_mode, 10000, 20000),
        .total_timeout_ms = timeout(settings->total_timeout_ms, callback.test_mode, 20000, 60000),
    };
    outbox_fault_spoil(tenant, arena, &callback, ret_delivery);
    return true;
}

static void log_attempt(const struct engine *engine, const struct callback *callback,
                        const struct delivery_result *result, const char *invoice)
{
    char id[IDENT_TEXT], request[IDENT_TEXT];
    callback_id(callback->seq, id);
    trace_id(trace_of_callback(&engine->trace, callback->seq), request);
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

/* What the attempt sent instead of the callback's own body, NULL: nothing else. */
static const char *other_body(struct engine *engine, const struct tenant *tenant,
                              const struct callback *callback)
{
    if (!callback->fault) {
        return NULL;
    }
    const char *body = outbox_body(engine, &engine->scratch, callback);
    struct delivery sent = {
        .body = body, .body_size = strlen(body), .signature = callback->signature};
    outbox_fault_spoil(tenant, &engine->scratch, callback, &sent);
    return sent.body == body ? NULL : sent.body;
}

static void save_attempt(struct engine *engine, const struct tenant *tenant,
                         const struct callback *callback, const struct delivery_result *result)
{
    const struct attempt attempt = {
        .callback = callback->seq,
        .number = callback->attempts + callback->extra + 1,
        .at_ms = clock_at_wall(tenant, result->wall_ms),
        .wall_ms = result->wall_ms,
        .took_ms = result->took_ms,
        .code = result->code,
        .fault = callback->fault,
        .error = result->error,
        .request_headers = result->request_headers,
        .request_body = other_body(engine, tenant, callback),
        .response_headers = result->response_headers,
        .response_body = result->response_body,
        .response_size = (int64_t)result->response_size,
    };
    store_attempt_insert(engine->store, &attempt);
}

/* The first of two is no attempt of the plan: the other one follows at once and decides for both.
 */
static void repeat(struct engine *engine, struct callback *callback,
                   const struct delivery_result *result, int64_t now_ms)
{
    callback->extra++;
    callback->code = result->code;
    callback->ended_ms = now_ms;
    callback->fault = FAULT_TWIN;
    note_fresh(engine, callback, true);
}

/* What becomes of a callback after an attempt. */
static void settle(const struct tenant *tenant, struct callback *callback,
                   const struct delivery_result *result, int64_t now_ms)
{
    bool twin_done = callback->fault == FAULT_TWIN && callback->code == OUTBOX_OK_CODE;
    callback->attempts++;
    callback->code = twin_done ? OUTBOX_OK_CODE : result->code;
    callback->ended_ms = now_ms;
    callback->due_ms = TIME_NONE;
    callback->fault = FAULT_NONE;
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

/* These answers most often mean that the receiver checked the signature with another key. */
static bool is_refusal(long code)
{
    return code == 401 || code == 403;
}

void outbox_ended(void *arg, const struct delivery_result *ended)
{
    struct engine *engine = arg;
    struct arena *arena = &engine->scratch;
    struct callback callback;
    struct invoice invoice;
    arena_reset(arena);
    bool known = store_callback_get(engine->store, arena, ended->callback, &callback);
    struct tenant *tenant = known ? tenants_by_num(&engine->tenants, callback.account) : NULL;
    if (!tenant) {
        return;
    }
    int64_t now_ms = clock_now(tenant);
    struct delivery_result told = *ended, *result = &told;
    if (is_refusal(ended->code)) {
        told.error = outbox_fault_signing(arena, &callback);
    }
    save_attempt(engine, tenant, &callback, result);
    if (callback.fault == FAULT_DUPLICATE) {
        repeat(engine, &callback, result, now_ms);
    } else {
        tenant->sending--;
        settle(tenant, &callback, result, now_ms);
    }
    store_callback_update(engine->store, &callback);
    journal_callback(engine, tenant, &callback, result);
    schedule_at(engine, tenant, callback.due_ms);
    if (tenant->faults.held) {
        outbox_let_go(engine, tenant, callback.invoice, callback.seq);
    }
    if (store_invoice_get(engine->store, arena, callback.invoice, &invoice)) {
        invoice.updated_ms = now_ms;
        invoice.callback_logs = outbox_logs(engine, arena, &invoice, NULL);
        store_invoice_update(engine->store, &invoice);
        advance_note_callback(tenant, &invoice, &callback, now_ms);
        log_attempt(engine, &callback, result, invoice.id);
    }
    engine_note_change(engine, tenant, callback.invoice);
}
