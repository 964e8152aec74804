/*
 * The members of an invoice's `attributes`, one table per profile: a row says the key and what
 * writes it. The order is that of the page's samples (P452, P502) and of a real body of 2024
 * (P472).
 */
#include "base/text.h"
#include "domain/price.h"
#include "domain/resolution.h"
#include "view/view_parts.h"

struct member {
    struct json_key key;
    void (*write)(struct json_out *out, const struct member *member,
                  const struct view_invoice *view, enum view_kind kind);
    size_t offset;    /* of the invoice's field that is shown as it is */
    const char *text; /* the JSON that is always shown, or what a reference is made of */
    bool once;        /* only in the answer to the call that creates the invoice */
};

/* The head of a writer of the value behind the key; few use all parameters. */
#define WRITER(name)                                                                               \
    static void write_##name(                                                                      \
        ATTR_UNUSED struct json_out *out, ATTR_UNUSED const struct member *member,                 \
        ATTR_UNUSED const struct view_invoice *view, ATTR_UNUSED enum view_kind kind)

static const void *field(const struct member *member, const struct view_invoice *view)
{
    return (const char *)view->invoice + member->offset;
}

/* ------------------------------------------------------------------ fields as they are */

WRITER(text)
{
    json_out_text(out, NULL, *(const char *const *)field(member, view));
}

WRITER(raw)
{
    json_out_raw(out, NULL, *(const char *const *)field(member, view));
}

WRITER(money)
{
    json_out_money(out, NULL, *(const int64_t *)field(member, view));
}

WRITER(seconds)
{
    json_out_seconds(out, NULL, *(const int64_t *)field(member, view));
}

/* ------------------------------------------------------------------ constants */

WRITER(constant)
{
    json_out_raw(out, NULL, member->text);
}

/* ------------------------------------------------------------------ in both profiles */

WRITER(status)
{
    json_out_text(out, NULL, status_name(view->invoice->status));
}

WRITER(test_mode)
{
    json_out_bool(out, NULL, view->invoice->test_mode);
}

WRITER(service_currency)
{
    json_out_text(out, NULL, view_service_currency(view));
}

WRITER(service_flow)
{
    json_out_text(out, NULL, view_service_flow(view));
}

WRITER(flow_data)
{
    view_flow_data(out, NULL, view);
}

WRITER(payment_flow)
{
    json_out_text(out, NULL, invoice_flows[view->invoice->flow]);
}

WRITER(source)
{
    json_out_text(out, NULL, invoice_sources[view->invoice->source]);
}

WRITER(callback_logs)
{
    view_write_callback_logs(out, NULL, view, kind);
}

/* ------------------------------------------------------------------ 2020 */

/* Null if no money moved (P812, P906). */
WRITER(processed)
{
    const struct invoice *invoice = view->invoice;
    json_out_seconds(out, NULL,
                     invoice->status == STATUS_VERIFIED ? TIME_NONE : invoice->processed_ms);
}

WRITER(serial_number)
{
    json_out_text(out, NULL, ident_serial(view->invoice->id));
}

/* The upstream's data: ids of the account before the payment, of the payment after it (P508, P509).
 */
WRITER(provider)
{
    bool paid = status_is_paid(view->invoice->status);
    json_out_object(out, NULL);
    json_out_text(out, "external_id", paid ? view->invoice->session : NULL);
    json_out_text(out, "merchant_id", paid ? "host2hostTest" : NULL);
    json_out_null(out, "provider_id");
    json_out_text(out, "external_mid",
                  paid ? view->account->merchant_id : view->account->organisation_id);
    json_out_text(out, "provider_code", paid ? "test" : NULL);
    json_out_object_end(out);
}

/* ------------------------------------------------------------------ 2024 */

/* Null for `ok`, as in a real body. */
static const char *message_of(const struct invoice *invoice)
{
    bool good = text_equal(invoice->resolution, RESOLUTION_OK);
    return good ? NULL : resolution_text(invoice->resolution);
}

/* Its service has another currency. Without a conversion the three amounts of the service are null
 * (P480), and so they are until a service is chosen. */
static bool is_converted(const struct view_invoice *view)
{
    const char *currency = view_service_currency(view);
    return currency && !text_equal(currency, view->invoice->currency);
}

/* The provider has said something: the payment ended, or waits for a reason. */
static bool has_answer(const struct invoice *invoice)
{
    bool waits = invoice->status == STATUS_CREATED || status_is_under_way(invoice->status);
    return !waits || !text_equal(invoice->resolution, RESOLUTION_OK);
}

WRITER(if_converted)
{
    int64_t amount = *(const int64_t *)field(member, view);
    json_out_money(out, NULL, is_converted(view) ? amount : MONEY_NONE);
}

WRITER(payment_service_amount)
{
    const struct invoice *invoice = view->invoice;
    int64_t amount =
        view->service && is_converted(view)
            ? price_converted(view->service, invoice->payment_amount, invoice->exchange_rate)
            : MONEY_NONE;
    json_out_money(out, NULL, amount);
}

/* The time of the final status, whatever it is (P907). */
WRITER(ended)
{
    const struct invoice *invoice = view->invoice;
    json_out_seconds(
        out, NULL, invoice->processed_ms == TIME_NONE ? invoice->failed_ms : invoice->processed_ms);
}

/* Refunds have no fee (P553). */
WRITER(refunded_fee)
{
    json_out_money(out, NULL, view->invoice->refunded_amount == MONEY_NONE ? MONEY_NONE : 0);
}

WRITER(newer_payload)
{
    view_payload_newer(out, NULL, view);
}

WRITER(return_urls)
{
    json_out_object(out, NULL);
    json_out_text(out, "fail", view->invoice->return_fail);
    json_out_text(out, "pending", view->invoice->return_pending);
    json_out_text(out, "success", view->invoice->return_success);
    json_out_object_end(out);
}

WRITER(original_resolution)
{
    bool answered = has_answer(view->invoice);
    json_out_object(out, NULL);
    json_out_text(out, "original_resolution", answered ? view->invoice->resolution : NULL);
    json_out_text(out, "original_resolution_message", answered ? message_of(view->invoice) : NULL);
    json_out_object_end(out);
}

WRITER(resolution_message)
{
    json_out_text(out, NULL, message_of(view->invoice));
}

/* The key, rrn or arn, is a part of it. */
WRITER(bank_reference)
{
    char digits[IDENT_DIGITS];
    bool paid = status_is_paid(view->invoice->status);
    if (paid) {
        ident_digits(view->token_key->bytes, member->text, view->invoice->session, digits);
    }
    json_out_text(out, NULL, paid ? digits : NULL);
}

/* Those of 2024 have no refunds to list: a refund there is only a change of the invoice. */
WRITER(refunds)
{
    json_out_array(out, NULL);
    if (view->profile >= PROFILE_2025) {
        view->write_refunds(view, out);
    }
    json_out_array_end(out);
}

WRITER(hpp_url)
{
    view_hpp_url(out, NULL, view->invoice);
}

/* ------------------------------------------------------------------ the tables */

/* clang-format off */
/* A field of the invoice shown as a text, JSON, money or seconds; anything else; a constant. */
#define FIELD(how, name, field) {JSON_KEY(name), write_##how, offsetof(struct invoice, field)}
#define OTHER(name, how, ...) {JSON_KEY(name), write_##how, ##__VA_ARGS__}
#define CONSTANT(name, json) OTHER(name, constant, .text = json)

static const struct member members_2020[] = {
    OTHER("serial_number", serial_number),
    OTHER("status", status),
    FIELD(text, "resolution", resolution),
    CONSTANT("moderation_required", "false"),
    FIELD(money, "amount", amount),
    FIELD(money, "payment_amount", payment_amount),
    FIELD(text, "currency", currency),
    OTHER("service_currency", service_currency),
    FIELD(text, "reference_id", reference_id),
    OTHER("test_mode", test_mode),
    FIELD(money, "fee", fee),
    FIELD(money, "deposit", deposit),
    OTHER("processed", processed),
    FIELD(money, "processed_amount", processed_amount),
    FIELD(money, "refunded_amount", refunded_amount),
    FIELD(money, "processed_fee", processed_fee),
    FIELD(money, "processed_deposit", processed_deposit),
    FIELD(raw, "metadata", metadata),
    OTHER("flow_data", flow_data),
    OTHER("flow", service_flow),
    OTHER("hpp_url", hpp_url, .once = true),
    OTHER("payment_flow", payment_flow),
    FIELD(seconds, "created", created_ms),
    FIELD(seconds, "updated", updated_ms),
    FIELD(raw, "payload", payload),
    FIELD(text, "description", description),
    FIELD(text, "descriptor", descriptor),
    FIELD(text, "callback_url", callback_url),
    FIELD(text, "return_url", return_url),
    OTHER("original_data", provider),
    CONSTANT("rrn", "null"),
    CONSTANT("approval_code", "null"),
    CONSTANT("reserved_amount", "null"),
    CONSTANT("reserve_expires", "null"),
    CONSTANT("unreserved", "null"),
    OTHER("source", source),
    OTHER("callback_logs", callback_logs),
};

static const struct member members_2024[] = {
    OTHER("status", status),
    FIELD(text, "resolution", resolution),
    CONSTANT("moderation_required", "false"),
    FIELD(money, "amount", amount),
    FIELD(money, "payment_amount", payment_amount),
    FIELD(text, "currency", currency),
    FIELD(if_converted, "service_amount", service_amount),
    OTHER("payment_service_amount", payment_service_amount),
    FIELD(if_converted, "exchange_rate", exchange_rate),
    OTHER("service_currency", service_currency),
    FIELD(text, "reference_id", reference_id),
    OTHER("test_mode", test_mode),
    FIELD(money, "fee", fee),
    FIELD(money, "deposit", deposit),
    OTHER("processed", ended),
    FIELD(money, "processed_amount", processed_amount),
    FIELD(money, "refunded_amount", refunded_amount),
    OTHER("refunded_fee", refunded_fee),
    FIELD(seconds, "refunded", refunded_ms),
    FIELD(money, "processed_fee", processed_fee),
    FIELD(money, "processed_deposit", processed_deposit),
    FIELD(seconds, "failed", failed_ms),
    FIELD(raw, "metadata", metadata),
    OTHER("flow_data", flow_data),
    OTHER("flow", service_flow),
    OTHER("payment_flow", payment_flow),
    FIELD(seconds, "created", created_ms),
    FIELD(seconds, "updated", updated_ms),
    OTHER("payload", newer_payload),
    FIELD(text, "description", description),
    FIELD(text, "descriptor", descriptor),
    FIELD(text, "callback_url", callback_url),
    FIELD(text, "return_url", return_url),
    OTHER("return_urls", return_urls),
    OTHER("original_data", original_resolution),
    OTHER("rrn", bank_reference, .text = "rrn"),
    OTHER("arn", bank_reference, .text = "arn"),
    CONSTANT("approval_code", "null"),
    CONSTANT("reserved_amount", "null"),
    CONSTANT("reserve_expires", "null"),
    CONSTANT("unreserved", "null"),
    OTHER("source", source),
    OTHER("callback_logs", callback_logs),
    FIELD(money, "charged_back_amount", charged_back_amount),
    FIELD(seconds, "charged_back", charged_back_ms),
    OTHER("resolution_message", resolution_message),
    OTHER("hpp_url", hpp_url),
    OTHER("refunds", refunds),
    CONSTANT("reserves", "[]"),
    CONSTANT("reserve_options", "null"),
    CONSTANT("processed_unreserve", "null"),
    CONSTANT("processed_reserve_cancel", "null"),
    CONSTANT("reserve_cancelled", "null"),
};
/* clang-format on */

void view_attributes(struct json_out *out, const struct view_invoice *view, enum view_kind kind)
{
    static const struct {
        const struct member *members;
        size_t n;
    } tables[PROFILE_COUNT] = {
        [PROFILE_2020] = {members_2020, ARRAY_SIZE(members_2020)},
        [PROFILE_2024] = {members_2024, ARRAY_SIZE(members_2024)},
        [PROFILE_2025] = {members_2024, ARRAY_SIZE(members_2024)},
    };
    const struct member *member = tables[view->profile].members;
    json_out_object(out, "attributes");
    for (size_t n = tables[view->profile].n; n--; member++) {
        if (!member->once || kind == VIEW_CREATE) {
            json_out_key(out, &member->key);
            member->write(out, member, view, kind);
        }
    }
    json_out_object_end(out);
}
