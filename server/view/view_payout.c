/* Payout invoices: the private document (P609), and a flat public one like that of payments. */
#include "view/view_parts.h"

static void write_amounts(struct json_out *out, const struct view_invoice *view)
{
    const struct invoice *i = view->invoice;
    json_out_money(out, "amount", i->amount);
    json_out_money(out, "payout_amount", i->payment_amount);
    json_out_text(out, "currency", i->currency);
    json_out_text(out, "service_currency", view_service_currency(view));
    json_out_money(out, "service_amount", i->service_amount);
    json_out_money(out, "service_payout_amount", i->service_amount);
}

static void write_end(struct json_out *out, const struct invoice *i)
{
    bool failed = status_is_failure(i->status) && !status_is_paid(i->status);
    json_out_money(out, "fee", i->fee);
    json_out_money(out, "writeoff", i->deposit);
    json_out_money(out, "exchange_rate", i->exchange_rate);
    json_out_seconds(out, "failed", failed ? i->processed_ms : TIME_NONE);
    json_out_seconds(out, "processed", failed ? TIME_NONE : i->processed_ms);
    json_out_money(out, "processed_amount", i->processed_amount);
    json_out_money(out, "processed_fee", i->processed_fee);
    json_out_money(out, "processed_writeoff", i->processed_deposit);
}

static void write_attributes(struct json_out *out, const struct view_invoice *view,
                             enum view_kind kind)
{
    const struct invoice *i = view->invoice;
    json_out_object(out, "attributes");
    json_out_text(out, "status", status_name(i->status));
    json_out_text(out, "resolution", i->resolution);
    write_amounts(out, view);
    json_out_text(out, "reference_id", i->reference_id);
    json_out_bool(out, "test_mode", i->test_mode);
    json_out_text(out, "description", i->description);
    write_end(out, i);
    json_out_raw(out, "metadata", i->metadata);
    json_out_seconds(out, "created", i->created_ms);
    json_out_seconds(out, "updated", i->updated_ms);
    json_out_raw(out, "fields", i->service_fields ? i->service_fields : "[]");
    json_out_text(out, "callback_url", i->callback_url);
    json_out_text(out, "source", invoice_sources[i->source]);
    view_write_callback_logs(out, "callback_logs", view, kind);
    json_out_bool(out, "moderation_required", false);
    json_out_raw(out, "payouts", "[]");
    json_out_object_end(out);
}

void view_payout_private(struct json_out *out, const char *key, const struct view_invoice *view,
                         enum view_kind kind)
{
    const struct invoice *invoice = view->invoice;
    json_out_object(out, key);
    json_out_text(out, "type", invoice_kinds[INVOICE_PAYOUT].type);
    json_out_text(out, "id", invoice->id);
    write_attributes(out, view, kind);
    json_out_object(out, "relationships");
    view_relationship(out, "payout-service", "payout-services", invoice->service);
    view_relationship(out, "payout-method", "payout-methods", view_service_method(view));
    view_relationship(out, "customer", "customers", invoice->customer_id);
    json_out_object_end(out);
    view_self_link(out, "\\/api\\/payout-invoices\\/", invoice->id);
    json_out_object_end(out);
}

void view_payout_public(struct json_out *out, const struct view_invoice *view, enum view_kind kind)
{
    const struct invoice *i = view->invoice;
    (void)kind; /* only payments have members that only a creation shows */
    json_out_object(out, "data");
    json_out_text(out, "id", i->id);
    json_out_text(out, "serial_number", ident_serial(i->id));
    json_out_seconds(out, "created", i->created_ms);
    json_out_bool(out, "test_mode", i->test_mode);
    json_out_text(out, "reference_id", i->reference_id);
    json_out_text(out, "currency", i->currency);
    json_out_money(out, "amount", i->amount);
    json_out_money(out, "payout_amount", i->payment_amount);
    json_out_money(out, "processed_amount", i->processed_amount);
    json_out_text(out, "description", i->description);
    json_out_text(out, "status", status_name(i->status));
    view_public_resolution(out, i->resolution);
    json_out_text(out, "service", i->service);
    json_out_text(out, "service_method", view_service_method(view));
    json_out_text(out, "service_currency", view_service_currency(view));
    json_out_raw(out, "metadata", i->metadata);
    json_out_object_end(out);
}
