#include "outbox.h"

#include "base/text.h"
#include "domain/token.h"
#include "engine/lookup.h"
#include "engine/outbox_fault.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"
#include "view/view_parts.h"

#include <string.h>

/* Signatures of other forms are too short to cut. */
#define CUT_FORM TOKEN_RS512

/*
 * The signature of the token in flow_data is a third of the body and can be computed from the
 * token, so it is not stored. Cuts it out of `body` and returns its offset, 0 if there is none.
 */
static int64_t cut_signature(const struct engine *engine, struct buf *body,
                             const struct invoice *invoice)
{
    const size_t cut = token_signature_size(CUT_FORM);
    buf_auto token = {0};
    token_write(&token, &engine->keys.token, CUT_FORM, invoice->session,
                invoice->expires_ms / 1000);
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
    const char *body = callback->body;
    size_t end = (size_t)callback->body_cut, begin = end;
    if (!end) {
        return body;
    }
    while (begin && body[begin - 1] != '"') {
        begin--; /* "HEADER.CLAIMS." stands before the cut */
    }
    char signature[TOKEN_SIGNATURE_MOST + 1];
    token_sign(&engine->keys.token, CUT_FORM, body + begin, end - 1 - begin, signature);
    /* Copied, not printed: a bounded %s costs 80,000 instructions here. */
    size_t size = token_signature_size(CUT_FORM), tail = strlen(body + end);
    char *whole = arena_alloc(arena, end + size + tail + 1);
    memcpy(whole, body, end);
    memcpy(whole + end, signature, size);
    memcpy(whole + end + size, body + end, tail);
    return whole;
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

/* Makes callback_logs from the invoice's callbacks and `more`, which is not inserted yet (or
 * NULL). */
static const char *logs_with(struct engine *engine, struct arena *arena,
                             const struct invoice *invoice, const struct callback *more)
{
    struct callback all[OUTBOX_LOGS_KEPT + 2];
    struct callback *rows;
    size_t n = 0;
    if (!*invoice->callback_logs) {
        return ""; /* callbacks never become fewer */
    }
    if (!text_equal(invoice->callback_logs, OUTBOX_NO_LOGS)) {
        n = store_callback_of_invoice(engine->store, arena, invoice->seq, OUTBOX_LOGS_KEPT + 1,
                                      &rows);
        memcpy(all, rows, n * sizeof *rows);
    }
    if (more) {
        all[n++] = *more;
    }
    return outbox_logs_of(arena, all, n);
}

static void impose_shape(const struct engine *engine, struct buf *body)
{
    const struct shapes *shapes = engine->options.shapes;
    const struct shapes_document *document = shapes ? shapes_of_callback(shapes) : NULL;
    if (document) {
        shapes_impose(document, body);
    }
}

void outbox_document(struct engine *engine, struct tenant *tenant, const struct invoice *invoice,
                     struct buf *ret_body)
{
    struct json_out out = {.buf = ret_body};
    const struct view_invoice view = engine_view(engine, tenant, invoice);
    json_out_object(&out, NULL);
    view_invoice_document(&out, &view, VIEW_CALLBACK);
    json_out_object_end(&out);
    impose_shape(engine, ret_body);
}

bool outbox_compose(struct engine *engine, struct tenant *tenant, struct arena *arena,
                    struct invoice *invoice, int64_t at_ms, struct callback *ret_callback)
{
    const struct settings *settings = &tenant->account.settings;
    const char *url = invoice->callback_url ? invoice->callback_url : settings->callback_url;
    if (!url || (settings->only_final && !status_is_final(invoice->status))) {
        return false;
    }
    buf_auto body = {0};
    outbox_document(engine, tenant, invoice, &body);
    const char *signature =
        account_sign(&tenant->account, arena, invoice->test_mode, body.data, body.size);
    bool cuts = view_token_form(engine_profile(engine, tenant)) == CUT_FORM;
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
        .signature = signature,
        .body = arena_copy(arena, body.data, body.size),
        .body_cut = cut,
    };
    invoice->callback_logs = logs_with(engine, arena, invoice, ret_callback);
    return true;
}

void outbox_save_logs(struct engine *engine, struct arena *arena, struct invoice *invoice)
{
    invoice->callback_logs = logs_with(engine, arena, invoice, NULL);
    store_invoice_update(engine->store, invoice);
}

/* ------------------------------------------------------------------ sending */

/* Starts a saved callback, or does what its fault decided instead. */
static void start(struct engine *engine, struct tenant *tenant, const struct callback *callback,
                  bool goes)
{
    if (goes) {
        tenant->sending++;
        turn_queue_callback(&engine->turn, callback, false);
        return;
    }
    turn_set_timer(&engine->turn, tenant, callback->due_ms);
    if (callback->state == CALLBACK_DROPPED) {
        metrics_attempt(&engine->watch.metrics, CALLBACK_DROPPED);
        outbox_release(engine, tenant, callback->invoice, callback->seq);
    }
}

void outbox_insert(struct engine *engine, struct tenant *tenant, struct arena *arena,
                   struct invoice *invoice, int64_t *ret_awaited, struct callback *callback)
{
    callback->invoice = invoice->seq;
    bool goes = !outbox_fault_may(tenant) ||
                outbox_fault_meet(engine, tenant, callback, ret_awaited != NULL);
    store_callback_insert(engine->store, callback);
    trace_callback(&engine->watch.trace, callback->seq);
    start(engine, tenant, callback, goes);
    if (callback->state == CALLBACK_DROPPED) {
        outbox_save_logs(engine, arena, invoice);
    } else if (ret_awaited && callback->fault == FAULT_BEFORE_RESPONSE) {
        *ret_awaited = callback->seq;
        first_callback_hurry(engine, invoice->seq);
    }
}

void outbox_send(struct engine *engine, struct tenant *tenant, struct callback *callback)
{
    bool asked = callback->fault != FAULT_NONE;
    if (callback->fault == FAULT_REORDER) {
        tenant->faults.held -= callback_is_held(callback);
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
        outbox_save_logs(engine, &engine->scratch, &invoice);
        turn_note_change(&engine->turn, tenant, callback->invoice);
    }
}

void outbox_release(struct engine *engine, struct tenant *tenant, int64_t invoice, int64_t before)
{
    struct callback callback;
    while (tenant->faults.held &&
           store_callback_held(engine->store, &engine->scratch, tenant->account.num, invoice,
                               &callback) &&
           callback.seq < before) {
        outbox_send(engine, tenant, &callback);
    }
}

int64_t outbox_payer_returns(struct engine *engine, struct tenant *tenant,
                             const struct invoice *invoice)
{
    struct callback callback;
    int64_t num = tenant->account.num;
    for (bool first = true; store_callback_met(engine->store, &engine->scratch, num, invoice->seq,
                                               FAULT_AFTER_RETURN, CALLBACK_QUEUED, &callback);
         first = false) {
        if (first) {
            first_callback_expect(engine, tenant, invoice);
        }
        outbox_send(engine, tenant, &callback);
        turn_note_change(&engine->turn, tenant, invoice->seq);
    }
    bool awaits = store_callback_met(engine->store, &engine->scratch, num, invoice->seq,
                                     FAULT_BEFORE_RETURN, CALLBACK_SENDING, &callback);
    if (awaits) {
        first_callback_hurry(engine, invoice->seq);
    }
    return awaits ? callback.seq : 0;
}

void outbox_release_returns(struct engine *engine, struct tenant *tenant)
{
    struct callback callback;
    while (store_callback_met(engine->store, &engine->scratch, tenant->account.num, 0,
                              FAULT_AFTER_RETURN, CALLBACK_QUEUED, &callback)) {
        outbox_send(engine, tenant, &callback);
    }
}

bool outbox_resend(struct engine *engine, struct tenant *tenant, struct arena *arena,
                   struct callback *callback, bool resign)
{
    bool held = callback_is_held(callback);
    first_callback_hurry(engine, callback->invoice);
    if (callback->state == CALLBACK_SENDING && !held) {
        return false; /* it keeps its own retries */
    }
    if (resign && callback->fault == FAULT_BY_HAND_FORGED) {
        callback->fault = FAULT_BY_HAND_EDITED;
    }
    if (resign) {
        const char *body = outbox_body(engine, arena, callback);
        callback->signature =
            account_sign(&tenant->account, arena, callback->test_mode, body, strlen(body));
    }
    if (callback->state != CALLBACK_QUEUED && !held) {
        callback->manual = true;
        callback->fault = callback_is_by_hand(callback) ? callback->fault : FAULT_NONE;
    }
    trace_callback(&engine->watch.trace, callback->seq);
    outbox_send(engine, tenant, callback);
    turn_note_change(&engine->turn, tenant, callback->invoice);
    return true;
}

bool outbox_by_hand(struct engine *engine, struct tenant *tenant, struct callback *callback)
{
    if (!store_callback_make_room(engine->store, tenant->account.num, callback->invoice,
                                  OUTBOX_BY_HAND_MOST)) {
        return false;
    }
    callback->account = tenant->account.num;
    callback->state = CALLBACK_SENDING;
    callback->queued_ms = clock_now(tenant);
    callback->due_ms = callback->ended_ms = TIME_NONE;
    callback->manual = true;
    first_callback_hurry(engine, callback->invoice);
    store_callback_insert(engine->store, callback);
    trace_callback(&engine->watch.trace, callback->seq);
    start(engine, tenant, callback, true);
    turn_note_change(&engine->turn, tenant, callback->invoice);
    return true;
}
