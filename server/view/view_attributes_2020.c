/* `attributes` as the page's samples have them (P452, P502). */
#include "view_member.h"

static VIEW_MEMBER(serial_number)
{
    (void)kind;
    json_out_text(out, member->key, ident_serial(view->invoice->id));
}

static VIEW_MEMBER(hpp_url_once)
{
    if (kind == VIEW_CREATE) {
        view_hpp_url(out, member->key, view->invoice);
    }
}

/* The upstream's data: ids of the account before the payment, of the payment after it (P508, P509).
 */
static VIEW_MEMBER(provider)
{
    bool paid = status_is_paid(view->invoice->status);
    (void)kind;
    json_out_object(out, member->key);
    json_out_text(out, "external_id", paid ? view->invoice->session : NULL);
    json_out_text(out, "merchant_id", paid ? "host2hostTest" : NULL);
    json_out_null(out, "provider_id");
    json_out_text(out, "external_mid",
                  paid ? view->account->merchant_id : view->account->organisation_id);
    json_out_text(out, "provider_code", paid ? "test" : NULL);
    json_out_object_end(out);
}

/* clang-format off */
static const struct view_member members[] = {
    VIEW_OTHER("serial_number", serial_number),
    VIEW_OTHER("status", status),
    VIEW_FIELD(text, "resolution", resolution),
    VIEW_OTHER("moderation_required", false),
    VIEW_FIELD(money, "amount", amount),
    VIEW_FIELD(money, "payment_amount", payment_amount),
    VIEW_FIELD(text, "currency", currency),
    VIEW_OTHER("service_currency", service_currency),
    VIEW_FIELD(text, "reference_id", reference_id),
    VIEW_OTHER("test_mode", test_mode),
    VIEW_FIELD(money, "fee", fee),
    VIEW_FIELD(money, "deposit", deposit),
    VIEW_FIELD(seconds, "processed", processed_ms),
    VIEW_FIELD(money, "processed_amount", processed_amount),
    VIEW_FIELD(money, "refunded_amount", refunded_amount),
    VIEW_FIELD(money, "processed_fee", processed_fee),
    VIEW_FIELD(money, "processed_deposit", processed_deposit),
    VIEW_FIELD(raw, "metadata", metadata),
    VIEW_OTHER("flow_data", flow_data),
    VIEW_OTHER("flow", service_flow),
    VIEW_OTHER("hpp_url", hpp_url_once),
    VIEW_OTHER("payment_flow", payment_flow),
    VIEW_FIELD(seconds, "created", created_ms),
    VIEW_FIELD(seconds, "updated", updated_ms),
    VIEW_FIELD(raw, "payload", payload),
    VIEW_FIELD(text, "description", description),
    VIEW_FIELD(text, "descriptor", descriptor),
    VIEW_FIELD(text, "callback_url", callback_url),
    VIEW_FIELD(text, "return_url", return_url),
    VIEW_OTHER("original_data", provider),
    VIEW_OTHER("rrn", null),
    VIEW_OTHER("approval_code", null),
    VIEW_OTHER("reserved_amount", null),
    VIEW_OTHER("reserve_expires", null),
    VIEW_OTHER("unreserved", null),
    VIEW_OTHER("source", source),
    VIEW_OTHER("callback_logs", callback_logs),
};
/* clang-format on */

const struct view_table view_table_2020 = {members, ARRAY_SIZE(members)};
