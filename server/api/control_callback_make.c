/*
 * POST /_mock/callbacks: composes, signs and sends one callback by hand (server/docs/callbacks.md).
 * It never changes an invoice, also if it says something else about one.
 */
#include "control.h"

#include "base/text.h"
#include "engine/outbox.h"
#include "engine/transition.h"
#include "wire/json_pointer.h"

#include <string.h>

#define URL_MOST 2048
#define EDITS_MOST 64

struct make_input {
    const char *invoice, *url, *transition, *body, *sign, *sign_as;
    const json_t *edit;
};

/* How it is signed, in the order of `signs`. */
enum sign { SIGN_RIGHT, SIGN_LIVE, SIGN_TEST, SIGN_NONE, SIGN_WRONG };
static const char *const signs[] = {"right", "live", "test", "none", "wrong", NULL};

static const struct json_field fields[] = {
    JSON_FIELD(make_input, "invoice", TEXT, invoice, .least = 1),
    JSON_FIELD(make_input, "url", TEXT, url, .format = JSON_FORMAT_URL, .most = URL_MOST),
    JSON_FIELD(make_input, "transition", TEXT, transition),
    JSON_FIELD(make_input, "edit", ANY, edit),
    JSON_FIELD(make_input, "body", TEXT, body, .least = 1, .most = HTTP_BODY_MOST),
    JSON_FIELD(make_input, "sign", TEXT, sign, .choices = signs),
    JSON_FIELD(make_input, "sign_as", TEXT, sign_as, .least = 1),
};

struct making {
    struct call *call;
    struct make_input input;
    struct tenant *owner;   /* of the invoice */
    struct tenant *signer;  /* whose secret signs */
    struct invoice invoice; /* a copy that says what is to be sent */
    bool own;               /* it is an invoice of the call's account */
    bool changed;           /* the platform would send something else */
    struct callback callback;
};

/* ------------------------------------------------------------------ what it is about */

/* An invoice that was never ordered, for a callback without one. */
static void invent_invoice(struct making *making)
{
    const struct call *call = making->call;
    int64_t now_ms = clock_now(making->owner), amount = 100 * MONEY_ONE;
    struct invoice *invoice = &making->invoice;
    *invoice = (struct invoice){
        .account = making->owner->account.num,
        .reference_id = "test-callback",
        .description = "Test callback",
        .currency = "USD",
        .test_mode = true,
        .status = STATUS_PROCESS_PENDING,
        .resolution = RESOLUTION_OK,
        .service_amount = MONEY_NONE,
        .exchange_rate = MONEY_NONE,
        .amount = amount,
        .payment_amount = amount,
        .deposit = amount,
        .processed_amount = MONEY_NONE,
        .processed_fee = MONEY_NONE,
        .processed_deposit = MONEY_NONE,
        .refunded_amount = MONEY_NONE,
        .charged_back_amount = MONEY_NONE,
        .created_ms = now_ms,
        .updated_ms = now_ms,
        .expires_ms = now_ms + making->owner->account.settings.lifetime_s * 1000,
        .processed_ms = TIME_NONE,
        .refunded_ms = TIME_NONE,
        .charged_back_ms = TIME_NONE,
        .failed_ms = TIME_NONE,
        .callback_logs = OUTBOX_NO_LOGS,
        .base_url = call_base_url(call),
        .plan = "",
        .plan_due_ms = TIME_NONE,
        .due_ms = TIME_NONE,
    };
    invoice_id(call->engine->keys.rows, invoice->seq, invoice->id);
    ident_of_row(call->engine->keys.rows, "cgi", invoice->seq, invoice->session);
}

/* The invoice of any account: that of another one is what a receiver must not believe. */
static struct answer *find_invoice(struct making *making)
{
    struct call *call = making->call;
    const char *id = making->input.invoice;
    struct engine *engine = call->engine;
    making->owner = call->tenant;
    if (!id) {
        invent_invoice(making);
        making->changed = true;
        return NULL;
    }
    if (engine_find_any_account(engine, call->arena, invoice_kind_of(id), id, &making->invoice)) {
        making->owner = tenants_by_num(&engine->tenants, making->invoice.account);
    } else {
        making->owner = NULL;
    }
    making->own = making->owner == call->tenant;
    making->changed = !making->own;
    return making->owner ? NULL
                         : call_control_error(call, 404, "unknown_invoice",
                                              "no account has an invoice %s", id);
}

/* The status that it reports: by default that of the invoice, and "processed" without one. */
static struct answer *find_transition(struct making *making)
{
    struct call *call = making->call;
    const char *usual = making->input.invoice ? NULL : "processed";
    const char *name = making->input.transition ? making->input.transition : usual;
    enum status status = making->invoice.status;
    if (name && !status_parse(name, &status)) {
        return call_control_error(call, 422, "unknown_status", "%s",
                                  status_unknown(name, call->arena));
    }
    if (status == making->invoice.status) {
        return NULL;
    }
    if (!invoice_can_be(&making->invoice, invoice_success(&making->invoice, status))) {
        return call_invalid(call, "transition: a %s cannot be %s",
                            invoice_kinds[invoice_kind(making->invoice.seq)].noun,
                            status_name(status));
    }
    making->changed = true;
    engine_imagine(call->engine, call->arena, &making->invoice, status, clock_now(making->owner));
    return NULL;
}

static struct answer *find_url(struct making *making)
{
    const struct settings *settings = &making->call->tenant->account.settings;
    const char *of_invoice = making->own ? making->invoice.callback_url : NULL;
    const char *url = making->input.url ? making->input.url
                      : of_invoice      ? of_invoice
                                        : settings->callback_url;
    making->callback.url = url;
    return url ? NULL
               : call_invalid(making->call, "url: is required, because %s has no callback_url",
                              making->own ? "neither the invoice nor the account" : "the account");
}

/* ------------------------------------------------------------------ its body */

static struct answer *apply_edits(struct making *making, json_t *document)
{
    struct call *call = making->call;
    const char *place;
    json_t *value;
    if (!json_is_object(making->input.edit)) {
        return call_invalid(call, "edit: must be an object of JSON pointers and values, "
                                  "{\"/data/attributes/amount\":1}");
    }
    if (json_object_size(making->input.edit) > EDITS_MOST) {
        return call_invalid(call, "edit: must have at most %d members", EDITS_MOST);
    }
    json_object_foreach((json_t *)(uintptr_t)making->input.edit, place, value)
    {
        if (!json_pointer_set(document, place, value)) {
            return call_invalid(call,
                                "edit: the body has no place for %s; a JSON pointer is like "
                                "/data/attributes/amount",
                                place);
        }
    }
    return NULL;
}

static struct answer *edit_body(struct making *making, const struct buf *body)
{
    struct call *call = making->call;
    json_auto_t *document = json_parse(body->data, body->size, call->arena, NULL);
    struct answer *refused = apply_edits(making, document);
    making->callback.body = json_text(call->arena, document, false);
    making->changed = true;
    return refused || strlen(making->callback.body) <= HTTP_BODY_MOST
               ? refused
               : call_invalid(call, "edit: the body must be at most %zu bytes", HTTP_BODY_MOST);
}

static struct answer *find_body(struct making *making)
{
    struct call *call = making->call;
    buf_auto body = {0};
    if (making->input.body && making->input.edit) {
        return call_invalid(call, "edit: changes the body that the mock composes; it cannot be "
                                  "given together with body");
    }
    if (making->input.body) {
        making->callback.body = making->input.body;
        making->changed = true;
        return NULL;
    }
    outbox_document(call->engine, making->owner, &making->invoice, &body);
    making->callback.body = arena_copy(call->arena, body.data, body.size);
    return making->input.edit ? edit_body(making, &body) : NULL;
}

/* ------------------------------------------------------------------ its signature */

static struct answer *find_signer(struct making *making)
{
    const char *id = making->input.sign_as;
    making->signer = id ? tenants_by_id(&making->call->engine->tenants, id) : making->owner;
    return making->signer ? NULL
                          : call_invalid(making->call, "sign_as: there is no account %s", id);
}

static const char *sign(const struct making *making, const struct tenant *signer, enum sign how)
{
    struct arena *arena = making->call->arena;
    const char *body = making->callback.body;
    bool test_mode = how == SIGN_TEST || (how != SIGN_LIVE && making->invoice.test_mode);
    char *signature =
        arena_strdup(arena, account_sign(&signer->account, arena, test_mode, body, strlen(body)));
    if (how == SIGN_WRONG) {
        signature[0] = signature[0] == 'A' ? 'B' : 'A';
    }
    return how == SIGN_NONE ? "" : signature;
}

/* What it is to its receiver, which knows the secret of the call's account only. */
static enum fault_kind kind_of(const struct making *making)
{
    const char *right = sign(making, making->call->tenant, SIGN_RIGHT);
    return !text_equal(making->callback.signature, right) ? FAULT_BY_HAND_FORGED
           : making->changed                              ? FAULT_BY_HAND_EDITED
                                                          : FAULT_BY_HAND;
}

/* ------------------------------------------------------------------ the call */

struct answer *control_callbacks_make(struct call *call)
{
    struct making making = {.call = call};
    struct answer *refused = control_read(call, true, fields, ARRAY_SIZE(fields), &making.input)
                                 ?: find_invoice(&making)
                                 ?: find_transition(&making)
                                 ?: find_url(&making)
                                 ?: find_signer(&making)
                                 ?: find_body(&making);
    if (refused) {
        return refused;
    }
    struct callback *callback = &making.callback;
    int how = making.input.sign ? text_index(signs, making.input.sign) : SIGN_RIGHT;
    callback->invoice = making.own ? making.invoice.seq : 0;
    callback->transition = making.invoice.status;
    callback->test_mode = making.invoice.test_mode;
    callback->signature = sign(&making, making.signer, (enum sign)how);
    callback->fault = kind_of(&making);
    return outbox_by_hand(call->engine, call->tenant, callback)
               ? control_reply_callback(call, 201, callback)
               : call_control_error(call, 409, "too_many_callbacks",
                                    "%d callbacks made by hand have not ended; wait for them",
                                    OUTBOX_BY_HAND_MOST);
}
