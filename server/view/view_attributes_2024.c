/* `attributes` as the platform has them since (P472), in the order of a real body. */
#include "view_member.h"

#include "base/text.h"
#include "domain/price.h"
#include "domain/resolution.h"
#include "view/view_payload.h"

/* Nothing that an `ok` would say: a real body has null there. */
static const char *message_of(const struct invoice *invoice)
{
    bool good = text_equal(invoice->resolution, RESOLUTION_OK);
    return good ? NULL : resolution_text(invoice->resolution);
}

/* The provider has said something: the payment ended, or waits for a reason. */
static bool has_answer(const struct invoice *invoice)
{
    bool waits = invoice->status == STATUS_CREATED || invoice->status == STATUS_PROCESS_PENDING;
    return !waits || !text_equal(invoice->resolution, RESOLUTION_OK);
}

/* Null while no service is chosen. */
static VIEW_MEMBER(payment_service_amount)
{
    const struct invoice *invoice = view->invoice;
    int64_t amount = view->service ? price_converted(view->service, invoice->payment_amount,
                                                     invoice->exchange_rate)
                                   : MONEY_NONE;
    (void)kind;
    json_out_money(out, member->key, amount);
}

/* Refunds cost the merchant nothing (P553). */
static VIEW_MEMBER(refunded_fee)
{
    (void)kind;
    json_out_money(out, member->key, view->invoice->refunded_amount == MONEY_NONE ? MONEY_NONE : 0);
}

static VIEW_MEMBER(newer_payload)
{
    (void)kind;
    view_payload_newer(out, member->key, view);
}

static VIEW_MEMBER(return_urls)
{
    (void)kind;
    json_out_object(out, member->key);
    json_out_text(out, "fail", view->invoice->return_fail);
    json_out_text(out, "pending", view->invoice->return_pending);
    json_out_text(out, "success", view->invoice->return_success);
    json_out_object_end(out);
}

static VIEW_MEMBER(original_resolution)
{
    bool answered = has_answer(view->invoice);
    (void)kind;
    json_out_object(out, member->key);
    json_out_text(out, "original_resolution", answered ? view->invoice->resolution : NULL);
    json_out_text(out, "original_resolution_message", answered ? message_of(view->invoice) : NULL);
    json_out_object_end(out);
}

static VIEW_MEMBER(resolution_message)
{
    (void)kind;
    json_out_text(out, member->key, message_of(view->invoice));
}

/* The key, rrn or arn, is part of what the number is made of. */
static VIEW_MEMBER(bank_reference)
{
    char digits[IDENT_DIGITS];
    bool paid = status_is_paid(view->invoice->status);
    (void)kind;
    if (paid) {
        ident_digits(view->token_key, member->key, view->invoice->session, digits);
    }
    json_out_text(out, member->key, paid ? digits : NULL);
}

static VIEW_MEMBER(hpp_url)
{
    (void)kind;
    view_hpp_url(out, member->key, view->invoice);
}

/* clang-format off */
static const struct view_member members[] = {
    VIEW_OTHER("status", status),
    VIEW_FIELD(text, "resolution", resolution),
    VIEW_OTHER("moderation_required", false),
    VIEW_FIELD(money, "amount", amount),
    VIEW_FIELD(money, "payment_amount", payment_amount),
    VIEW_FIELD(text, "currency", currency),
    VIEW_FIELD(money, "service_amount", service_amount),
    VIEW_OTHER("payment_service_amount", payment_service_amount),
    VIEW_FIELD(money, "exchange_rate", exchange_rate),
    VIEW_OTHER("service_currency", service_currency),
    VIEW_FIELD(text, "reference_id", reference_id),
    VIEW_OTHER("test_mode", test_mode),
    VIEW_FIELD(money, "fee", fee),
    VIEW_FIELD(money, "deposit", deposit),
    VIEW_FIELD(seconds, "processed", processed_ms),
    VIEW_FIELD(money, "processed_amount", processed_amount),
    VIEW_FIELD(money, "refunded_amount", refunded_amount),
    VIEW_OTHER("refunded_fee", refunded_fee),
    VIEW_FIELD(seconds, "refunded", refunded_ms),
    VIEW_FIELD(money, "processed_fee", processed_fee),
    VIEW_FIELD(money, "processed_deposit", processed_deposit),
    VIEW_FIELD(seconds, "failed", failed_ms),
    VIEW_FIELD(raw, "metadata", metadata),
    VIEW_OTHER("flow_data", flow_data),
    VIEW_OTHER("flow", service_flow),
    VIEW_OTHER("payment_flow", payment_flow),
    VIEW_FIELD(seconds, "created", created_ms),
    VIEW_FIELD(seconds, "updated", updated_ms),
    VIEW_OTHER("payload", newer_payload),
    VIEW_FIELD(text, "description", description),
    VIEW_FIELD(text, "descriptor", descriptor),
    VIEW_FIELD(text, "callback_url", callback_url),
    VIEW_FIELD(text, "return_url", return_url),
    VIEW_OTHER("return_urls", return_urls),
    VIEW_OTHER("original_data", original_resolution),
    VIEW_OTHER("rrn", bank_reference),
    VIEW_OTHER("arn", bank_reference),
    VIEW_OTHER("approval_code", null),
    VIEW_OTHER("reserved_amount", null),
    VIEW_OTHER("reserve_expires", null),
    VIEW_OTHER("unreserved", null),
    VIEW_OTHER("source", source),
    VIEW_OTHER("callback_logs", callback_logs),
    VIEW_FIELD(money, "charged_back_amount", charged_back_amount),
    VIEW_FIELD(seconds, "charged_back", charged_back_ms),
    VIEW_OTHER("resolution_message", resolution_message),
    VIEW_OTHER("hpp_url", hpp_url),
    VIEW_OTHER("refunds", empty),
    VIEW_OTHER("reserves", empty),
    VIEW_OTHER("reserve_options", null),
    VIEW_OTHER("processed_unreserve", null),
    VIEW_OTHER("processed_reserve_cancel", null),
    VIEW_OTHER("reserve_cancelled", null),
};
/* clang-format on */

const struct view_table view_table_2024 = {members, ARRAY_SIZE(members)};
