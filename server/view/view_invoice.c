#include "view_invoice.h"

#include "view/view_parts.h"

#include <string.h>

/* The active payment attempt, by name only: no call shows it (P476). */
static void relate_payment(struct json_out *out, const struct view_invoice *view)
{
    char id[IDENT_TEXT];
    ident_derived_long(view->token_key->bytes, "pay", view->invoice->session, id);
    view_relationship(out, "active-payment", "payments", id);
}

static void write_payment(struct json_out *out, const char *key, const struct view_invoice *view,
                          enum view_kind kind)
{
    const struct invoice *invoice = view->invoice;
    json_out_object(out, key);
    json_out_text(out, "type", invoice_kinds[INVOICE_PAYMENT].type);
    json_out_text(out, "id", invoice->id);
    view_attributes(out, view, kind);
    json_out_object(out, "relationships");
    view_relationship(out, "payment-service", "payment-services", invoice->service);
    view_relationship(out, "payment-method", "payment-methods", view_service_method(view));
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

/* ------------------------------------------------------------------ the customer */

/* The order's customer is kept as sent; a value that is not a text counts as unknown. */
static void copy_all(struct json_out *out, const json_t *kept, const char *const *keys)
{
    for (; *keys; keys++) {
        json_out_text(out, *keys, json_string_value(json_object_get(kept, *keys)));
    }
}

static void write_customer_metadata(struct json_out *out, const json_t *metadata)
{
    if (json_is_object(metadata) || json_is_array(metadata)) {
        json_out_value(out, "metadata", metadata, true);
    } else {
        json_out_raw(out, "metadata", "[]");
    }
}

static void write_address(struct json_out *out, const json_t *address)
{
    static const char *const keys[] = {"street",       "country",   "region", "city",
                                       "full_address", "post_code", NULL};
    if (!json_is_object(address)) {
        json_out_null(out, "address");
        return;
    }
    json_out_object(out, "address");
    copy_all(out, address, keys);
    json_out_object_end(out);
}

static void write_customer(struct json_out *out, const struct view_invoice *view,
                           const json_t *kept)
{
    static const char *const head[] = {"reference_id", "email",       "name",
                                       "phone",        "description", NULL};
    static const char *const tail[] = {
        "date_of_birth", "individual_tax_id", "passport_number", "passport_series",
        "first_name",    "surname",           "patronymic",      NULL};
    json_out_object(out, "attributes");
    copy_all(out, kept, head);
    /* Customers have no rows: each order carries its customer. */
    json_out_seconds(out, "created", view->invoice->created_ms);
    write_customer_metadata(out, json_object_get(kept, "metadata"));
    json_out_null(out, "avatar");
    json_out_bool(out, "archived", false);
    json_out_object(out, "processing_options");
    json_out_bool(out, "payment_enabled", true);
    json_out_bool(out, "payout_enabled", true);
    json_out_object_end(out);
    write_address(out, json_object_get(kept, "address"));
    copy_all(out, kept, tail);
    json_out_object_end(out);
}

/* `included` with the customer, or nothing if the invoice has none (P993). */
static void write_included(struct json_out *out, const struct view_invoice *view)
{
    const struct invoice *invoice = view->invoice;
    if (!invoice->customer_id) {
        return;
    }
    json_auto_t *kept = invoice->customer ? json_loads(invoice->customer, 0, NULL) : NULL;
    json_out_array(out, "included");
    json_out_object(out, NULL);
    json_out_text(out, "type", "customers");
    json_out_text(out, "id", invoice->customer_id);
    write_customer(out, view, kept);
    json_out_object(out, "relationships");
    view_relationship(out, "commerce-account", "commerce-accounts", view->account->keys.id);
    json_out_object_end(out);
    json_out_object_end(out);
    json_out_array_end(out);
}

/* ------------------------------------------------------------------ documents */

void view_invoice_document(struct json_out *out, const struct view_invoice *view,
                           enum view_kind kind)
{
    view_invoice_private(out, "data", view, kind);
    if (view->profile != PROFILE_2020) {
        write_included(out, view);
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
    json_out_text(out, "service_method", view_service_method(view));
    json_out_text(out, "service_flow", view_service_flow(view));
    json_out_text(out, "service_currency", view_service_currency(view));
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

/* The key is the second in which a callback was queued, or the next one that is free. */
/* What the platform would not know of is left out. */
void view_callback_logs(struct buf *buf, const struct callback *callbacks, size_t n)
{
    struct json_out out = {.buf = buf};
    int64_t last = INT64_MIN;
    for (size_t k = 0; k < n; k++) {
        const struct callback *c = &callbacks[k];
        if (callback_is_by_hand(c)) {
            continue;
        }
        if (last == INT64_MIN) {
            json_out_object(&out, NULL);
        }
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
    if (last == INT64_MIN) {
        buf_text(buf, "[]");
    } else {
        json_out_object_end(&out);
    }
}
