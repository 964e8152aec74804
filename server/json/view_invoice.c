#include "view_invoice.h"

#include "base/text.h"
#include "json/invoice_options.h"
#include "json/view_customer.h"
#include "json/view_member.h"
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

/* Fields of a service that the fixtures no longer have: empty; of one that is not chosen yet: null.
 */
static const struct payment_method lost_method = {.code = ""};
static const struct service lost_service = {.method = &lost_method, .currency = "", .flow = ""};
static const struct payment_method no_method = {.code = NULL};
static const struct service no_service = {.method = &no_method};

const struct service *view_service_of(const struct view_invoice *view)
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

void view_hpp_url(struct json_out *out, const char *key, const struct invoice *invoice)
{
    if (invoice_option(invoice->options, OPTION_BYPASS_HPP, false)) {
        write_url(out, key, invoice, CARD_PAGE_PATH, invoice->session);
    } else {
        write_url(out, key, invoice, HPP_PATH, invoice->id);
    }
}

enum token_form view_token_form(enum profile profile)
{
    static const enum token_form forms[PROFILE_COUNT] = {
        [PROFILE_2020] = TOKEN_RS512,
        [PROFILE_2024] = TOKEN_HS256,
    };
    return forms[profile];
}

void view_flow_data(struct json_out *out, const char *key, const struct view_invoice *view)
{
    const struct invoice *invoice = view->invoice;
    json_out_object(out, key);
    write_url(out, "action", invoice, CARD_PAGE_PATH, invoice->session);
    json_out_text(out, "method", view_service_of(view)->posts ? "POST" : "GET");
    if (view_service_of(view)->posts) {
        json_out_object(out, "params"); /* what the shop sends as hidden inputs (P754) */
        json_out_text(out, VIEW_PARAM_SESSION, invoice->session);
        json_out_object_end(out);
    } else {
        json_out_raw(out, "params", "[]");
    }
    json_out_object(out, "metadata");
    json_out_text(out, "sid", invoice->session);
    json_out_raw(out, "token", "\"");
    token_write(out->buf, view->token_key, view_token_form(view->profile), invoice->session,
                invoice->expires_ms / 1000);
    buf_char(out->buf, '"');
    json_out_object_end(out);
    json_out_object_end(out);
}

/* The attempt that counts, by name only: no call shows it (P476). */
static void relate_payment(struct json_out *out, const struct view_invoice *view)
{
    char id[IDENT_TEXT];
    ident_derived_long(view->token_key, "pay", view->invoice->session, id);
    view_relationship(out, "active-payment", "payments", id);
}

static void write_attributes(struct json_out *out, const struct view_invoice *view,
                             enum view_kind kind)
{
    static const struct view_table *const tables[PROFILE_COUNT] = {
        [PROFILE_2020] = &view_table_2020,
        [PROFILE_2024] = &view_table_2024,
    };
    const struct view_member *members = tables[view->profile]->members;
    json_out_object(out, "attributes");
    for (size_t i = 0; i < tables[view->profile]->n; i++) {
        members[i].write(out, &members[i], view, kind);
    }
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
    view_relationship(out, "payment-method", "payment-methods",
                      view_service_of(view)->method->code);
    if (invoice->customer_id) {
        view_relationship(out, "customer", "customers", invoice->customer_id);
    }
    if (view->profile != PROFILE_2020) {
        relate_payment(out, view);
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

void view_invoice_document(struct json_out *out, const struct view_invoice *view,
                           enum view_kind kind)
{
    view_invoice_private(out, "data", view, kind);
    if (view->profile != PROFILE_2020) {
        view_customer_included(out, view);
    }
}

void view_invoice_public(struct json_out *out, const struct view_invoice *view, enum view_kind kind)
{
    const struct invoice *i = view->invoice;
    json_out_object(out, "data");
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
    json_out_text(out, "service_method", view_service_of(view)->method->code);
    json_out_text(out, "service_flow", view_service_of(view)->flow);
    json_out_text(out, "service_currency", view_service_of(view)->currency);
    json_out_raw(out, "metadata", i->metadata);
    if (kind == VIEW_CREATE) {
        view_hpp_url(out, "hpp_url", i);
    }
    json_out_object(out, "active_payment");
    view_flow_data(out, "payload", view);
    json_out_text(out, "status", status_payment_name(i->status));
    view_public_resolution(out, i->resolution);
    json_out_object_end(out);
    json_out_object_end(out);
}

void view_write_callback_logs(struct json_out *out, const char *key,
                              const struct view_invoice *view, enum view_kind kind)
{
    const char *kept = kind == VIEW_READ ? view->invoice->callback_logs : "[]";
    buf_auto logs = {0};
    if (!*kept) {
        view->write_logs(view, &logs);
    }
    json_out_raw(out, key, *kept ? kept : logs.data);
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
