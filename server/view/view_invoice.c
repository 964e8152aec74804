#include "view_invoice.h"

#include "base/text.h"
#include "view/view_customer.h"
#include "view/view_member.h"
#include "view/view_payout.h"
#include "view/view_resource.h"

#include <string.h>

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
