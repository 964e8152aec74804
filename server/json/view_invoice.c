#include "view_invoice.h"

#include "base/text.h"
#include "domain/token.h"
#include "json/view_payout.h"
#include "json/view_resource.h"

#include <string.h>

#define HPP_PATH "\\/redirect\\/hpp\\/?cpi="
#define CARD_PAGE_PATH "\\/hpp\\/"

static const char *const source_names[] = {
    [SOURCE_MERCHANT_API] = "merchant_api",
    [SOURCE_PLATFORM_PUBLIC_API] = "platform_public_api",
};
const char *view_source_name(enum invoice_source source)
{
    return source_names[source];
}

static const char *const flow_names[] = {[FLOW_CHARGE] = "charge", [FLOW_VERIFY] = "verify"};

/* Fields of a service that the fixtures no longer have: empty; of one that is not chosen yet: null.
 */
static const struct payment_method lost_method = {.code = ""};
static const struct service lost_service = {.method = &lost_method, .currency = "", .flow = ""};
static const struct payment_method no_method = {.code = NULL};
static const struct service no_service = {.method = &no_method};

static const struct service *service_of(const struct view_invoice *view)
{
    return view->service ? view->service : view->invoice->service ? &lost_service : &no_service;
}

/* A URL of the mock's own: the invoice's base, then what needs no escaping any more. */
static void write_url(struct json_out *out, const char *key, const struct invoice *invoice,
                      const char *path, const char *id)
{
    json_out_text(out, key, invoice->base_url);
    out->buf->size--; /* reopen the string at its closing quote */
    buf_text(out->buf, path);
    buf_text(out->buf, id);
    buf_char(out->buf, '"');
}

void view_invoice_action(struct buf *out, const struct invoice *invoice)
{
    buf_text(out, invoice->base_url);
    buf_text(out, "/hpp/");
    buf_text(out, invoice->session);
}

/* flow_data, and the payload of active_payment: {action, method, params, metadata{sid, token}} */
static void write_flow_data(struct json_out *out, const char *key, const struct view_invoice *view)
{
    const struct invoice *invoice = view->invoice;
    json_out_object(out, key);
    write_url(out, "action", invoice, CARD_PAGE_PATH, invoice->session);
    json_out_text(out, "method", service_of(view)->posts ? "POST" : "GET");
    if (service_of(view)->posts) {
        json_out_object(out, "params"); /* what the shop sends as hidden inputs (facts.md e.1) */
        json_out_text(out, VIEW_PARAM_SESSION, invoice->session);
        json_out_object_end(out);
    } else {
        json_out_raw(out, "params", "[]");
    }
    json_out_object(out, "metadata");
    json_out_text(out, "sid", invoice->session);
    json_out_raw(out, "token", "\"");
    token_write(out->buf, view->token_key, invoice->session, invoice->expires_ms / 1000);
    buf_char(out->buf, '"');
    json_out_object_end(out);
    json_out_object_end(out);
}

/* The upstream's data: ids of the account before the payment, of the payment after it (facts.md
 * i.6). */
static void write_original_data(struct json_out *out, const struct view_invoice *view)
{
    bool paid = status_is_paid(view->invoice->status);
    json_out_object(out, "original_data");
    json_out_text(out, "external_id", paid ? view->invoice->session : NULL);
    json_out_text(out, "merchant_id", paid ? "host2hostTest" : NULL);
    json_out_null(out, "provider_id");
    json_out_text(out, "external_mid",
                  paid ? view->account->merchant_id : view->account->organisation_id);
    json_out_text(out, "provider_code", paid ? "test" : NULL);
    json_out_object_end(out);
}

static void write_attributes(struct json_out *out, const struct view_invoice *view,
                             enum view_kind kind)
{
    const struct invoice *i = view->invoice;
    json_out_object(out, "attributes");
    json_out_text(out, "serial_number", ident_serial(i->id));
    json_out_text(out, "status", status_name(i->status));
    json_out_text(out, "resolution", i->resolution);
    json_out_bool(out, "moderation_required", false);
    json_out_money(out, "amount", i->amount);
    json_out_money(out, "payment_amount", i->payment_amount);
    json_out_text(out, "currency", i->currency);
    json_out_text(out, "service_currency", service_of(view)->currency);
    json_out_text(out, "reference_id", i->reference_id);
    json_out_bool(out, "test_mode", i->test_mode);
    json_out_money(out, "fee", i->fee);
    json_out_money(out, "deposit", i->deposit);
    json_out_seconds(out, "processed", i->processed_ms);
    json_out_money(out, "processed_amount", i->processed_amount);
    json_out_money(out, "refunded_amount", i->refunded_amount);
    json_out_money(out, "processed_fee", i->processed_fee);
    json_out_money(out, "processed_deposit", i->processed_deposit);
    json_out_raw(out, "metadata", i->metadata);
    write_flow_data(out, "flow_data", view);
    json_out_text(out, "flow", service_of(view)->flow);
    if (kind == VIEW_CREATE) {
        write_url(out, "hpp_url", i, HPP_PATH, i->id);
    }
    json_out_text(out, "payment_flow", flow_names[i->flow]);
    json_out_seconds(out, "created", i->created_ms);
    json_out_seconds(out, "updated", i->updated_ms);
    json_out_raw(out, "payload", i->payload);
    json_out_text(out, "description", i->description);
    json_out_text(out, "descriptor", i->descriptor);
    json_out_text(out, "callback_url", i->callback_url);
    json_out_text(out, "return_url", i->return_url);
    write_original_data(out, view);
    json_out_null(out, "rrn");
    json_out_null(out, "approval_code");
    json_out_null(out, "reserved_amount");
    json_out_null(out, "reserve_expires");
    json_out_null(out, "unreserved");
    json_out_text(out, "source", view_source_name(i->source));
    json_out_raw(out, "callback_logs", kind == VIEW_READ ? i->callback_logs : "[]");
    json_out_object_end(out);
}

static void write_payment(struct json_out *out, const char *key, const struct view_invoice *view,
                          enum view_kind kind)
{
    const struct invoice *invoice = view->invoice;
    json_out_object(out, key);
    json_out_text(out, "type", invoice_type(INVOICE_PAYMENT));
    json_out_text(out, "id", invoice->id);
    write_attributes(out, view, kind);
    json_out_object(out, "relationships");
    view_relationship(out, "payment-service", "payment-services", invoice->service);
    view_relationship(out, "payment-method", "payment-methods", service_of(view)->method->code);
    if (invoice->customer_id) {
        view_relationship(out, "customer", "customers", invoice->customer_id);
    }
    json_out_object_end(out);
    view_self_link(out, "\\/api\\/payment-invoices\\/", invoice->id);
    json_out_object_end(out);
}

void view_invoice_private(struct json_out *out, const char *key, const struct view_invoice *view,
                          enum view_kind kind)
{
    static void (*const writers[INVOICE_KINDS])(struct json_out *, const char *,
                                                const struct view_invoice *, enum view_kind) = {
        [INVOICE_PAYMENT] = write_payment, [INVOICE_PAYOUT] = view_payout_private};
    writers[invoice_kind(view->invoice->seq)](out, key, view, kind);
}

void view_invoice_public(struct json_out *out, const char *key, const struct view_invoice *view,
                         enum view_kind kind)
{
    const struct invoice *i = view->invoice;
    json_out_object(out, key);
    json_out_text(out, "id", i->id);
    json_out_text(out, "serial_number", ident_serial(i->id));
    json_out_seconds(out, "created", i->created_ms);
    json_out_bool(out, "test_mode", i->test_mode);
    json_out_text(out, "reference_id", i->reference_id);
    json_out_text(out, "currency", i->currency);
    json_out_money(out, "amount", i->amount);
    json_out_money(out, "payment_amount", i->payment_amount);
    json_out_money(out, "processed_amount", i->processed_amount);
    json_out_money(out, "refunded_amount", i->refunded_amount);
    json_out_text(out, "description", i->description);
    json_out_bool(out, "has_return_url",
                  i->return_url || i->return_success || i->return_fail || i->return_pending);
    json_out_text(out, "status", status_name(i->status));
    view_public_resolution(out, i->resolution);
    json_out_text(out, "service", i->service);
    json_out_text(out, "service_method", service_of(view)->method->code);
    json_out_text(out, "service_flow", service_of(view)->flow);
    json_out_text(out, "service_currency", service_of(view)->currency);
    json_out_raw(out, "metadata", i->metadata);
    if (kind == VIEW_CREATE) {
        write_url(out, "hpp_url", i, HPP_PATH, i->id);
    }
    json_out_object(out, "active_payment");
    write_flow_data(out, "payload", view);
    json_out_text(out, "status", status_payment_name(i->status));
    view_public_resolution(out, i->resolution);
    json_out_object_end(out);
    json_out_object_end(out);
}

/* The key is the second in which a callback was queued; a second that is taken moves it to the next
 * free one. */
void view_callback_logs(struct buf *buf, const struct callback *callbacks, size_t n)
{
    if (!n) {
        buf_text(buf, "[]");
        return;
    }
    struct json_out out = {.buf = buf};
    int64_t last = INT64_MIN;
    json_out_object(&out, NULL);
    for (size_t k = 0; k < n; k++) {
        const struct callback *c = &callbacks[k];
        int64_t second = c->queued_ms / 1000;
        last = second > last ? second : last + 1;
        buf_auto name = {0};
        buf_int(&name, last);
        bool ended = c->state != CALLBACK_QUEUED && c->state != CALLBACK_SENDING;
        json_out_object(&out, name.data);
        json_out_text(&out, "status", ended ? callback_state_name(c->state) : "queued");
        json_out_seconds(&out, "processed", ended ? c->ended_ms : TIME_NONE);
        json_out_int_or_null(&out, "response_code", c->code, 0);
        json_out_text(&out, "transaction_status", status_name(c->transition));
        json_out_object_end(&out);
    }
    json_out_object_end(&out);
}

void view_payload(struct buf *buf, const struct card_shown *card, const char *client_ip,
                  const char *token)
{
    struct json_out out = {.buf = buf};
    json_out_object(&out, NULL);
    json_out_text(&out, "token", token);
    json_out_text(&out, "client_ip", client_ip ? client_ip : "");
    json_out_object(&out, "payment_card");
    json_out_text(&out, "last", card->last);
    json_out_text(&out, "mask", card->mask);
    json_out_text(&out, "brand", card->brand);
    json_out_text(&out, "first", card->first);
    json_out_text(&out, "holder", card->holder);
    json_out_text(&out, "network", card->network);
    json_out_text(&out, "expiry_year", card->expiry_year);
    json_out_text(&out, "issuer_name", card->issuer_name);
    json_out_text(&out, "expiry_month", card->expiry_month);
    json_out_text(&out, "issuer_country", card->issuer_country);
    json_out_object_end(&out);
    json_out_object_end(&out);
}
