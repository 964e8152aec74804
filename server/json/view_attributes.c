/* `attributes` of the private document: a table of members per profile, in the order of the
 * samples. Members that only one profile has are written by functions that know nothing of it. */
#include "view_parts.h"

#include "domain/resolution.h"
#include "json/view_payload.h"

#include <stddef.h>
#include <string.h>

struct member {
    const char *key;
    void (*write)(struct json_out *out, const struct member *member,
                  const struct view_invoice *view, enum view_kind kind);
    size_t offset; /* of the invoice's field that is shown as it is */
};

#define WRITER(name)                                                                               \
    static void write_##name(struct json_out *out, const struct member *member,                    \
                             const struct view_invoice *view, enum view_kind kind)

static const void *field(const struct member *member, const struct view_invoice *view)
{
    return (const char *)view->invoice + member->offset;
}

/* ------------------------------------------------------------------ fields as they are */

WRITER(text)
{
    (void)kind;
    json_out_text(out, member->key, *(const char *const *)field(member, view));
}

WRITER(raw)
{
    (void)kind;
    json_out_raw(out, member->key, *(const char *const *)field(member, view));
}

WRITER(money)
{
    (void)kind;
    json_out_money(out, member->key, *(const int64_t *)field(member, view));
}

WRITER(seconds)
{
    (void)kind;
    json_out_seconds(out, member->key, *(const int64_t *)field(member, view));
}

/* ------------------------------------------------------------------ what is always the same */

WRITER(null)
{
    (void)view, (void)kind;
    json_out_null(out, member->key);
}

WRITER(empty)
{
    (void)view, (void)kind;
    json_out_raw(out, member->key, "[]");
}

WRITER(false)
{
    (void)view, (void)kind;
    json_out_bool(out, member->key, false);
}

/* ------------------------------------------------------------------ in both profiles */

WRITER(status)
{
    (void)kind;
    json_out_text(out, member->key, status_name(view->invoice->status));
}

WRITER(test_mode)
{
    (void)kind;
    json_out_bool(out, member->key, view->invoice->test_mode);
}

WRITER(service_currency)
{
    (void)kind;
    json_out_text(out, member->key, view_service_of(view)->currency);
}

WRITER(service_flow)
{
    (void)kind;
    json_out_text(out, member->key, view_service_of(view)->flow);
}

WRITER(flow_data)
{
    (void)kind;
    view_flow_data(out, member->key, view);
}

WRITER(payment_flow)
{
    static const char *const names[] = {[FLOW_CHARGE] = "charge", [FLOW_VERIFY] = "verify"};
    (void)kind;
    json_out_text(out, member->key, names[view->invoice->flow]);
}

WRITER(source)
{
    static const char *const names[] = {
        [SOURCE_MERCHANT_API] = "merchant_api",
        [SOURCE_PLATFORM_PUBLIC_API] = "platform_public_api",
    };
    (void)kind;
    json_out_text(out, member->key, names[view->invoice->source]);
}

WRITER(callback_logs)
{
    json_out_raw(out, member->key, kind == VIEW_READ ? view->invoice->callback_logs : "[]");
}

/* ------------------------------------------------------------------ 2020 */

WRITER(serial_number)
{
    (void)kind;
    json_out_text(out, member->key, ident_serial(view->invoice->id));
}

WRITER(hpp_url_once)
{
    if (kind == VIEW_CREATE) {
        view_hpp_url(out, member->key, view->invoice);
    }
}

/* The upstream's data: ids of the account before the payment, of the payment after it (facts.md
 * i.6). */
WRITER(provider)
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

/* ------------------------------------------------------------------ 2024 */

/* Nothing that an `ok` would say: a real body has null there. */
static const char *message_of(const struct invoice *invoice)
{
    bool good = strcmp(invoice->resolution, RESOLUTION_OK) == 0;
    return good ? NULL : resolution_text(invoice->resolution);
}

/* The provider has said something: the payment ended, or waits for a reason. */
static bool has_answer(const struct invoice *invoice)
{
    bool waits = invoice->status == STATUS_CREATED || invoice->status == STATUS_PROCESS_PENDING;
    return !waits || strcmp(invoice->resolution, RESOLUTION_OK) != 0;
}

/* What follows from the service is null while none is chosen. */
static void write_of_service(struct json_out *out, const char *key,
                             const struct view_invoice *view, int64_t amount)
{
    json_out_money(out, key, view->invoice->service ? amount : MONEY_NONE);
}

WRITER(service_amount)
{
    (void)kind;
    write_of_service(out, member->key, view, view->invoice->amount);
}

WRITER(payment_service_amount)
{
    (void)kind;
    write_of_service(out, member->key, view, view->invoice->payment_amount);
}

WRITER(exchange_rate)
{
    (void)kind;
    write_of_service(out, member->key, view, MONEY_ONE);
}

/* Refunds cost the merchant nothing (facts.md b.8). */
WRITER(refunded_fee)
{
    (void)kind;
    json_out_money(out, member->key,
                   view->invoice->refunded_amount == MONEY_NONE ? MONEY_NONE : 0);
}

WRITER(newer_payload)
{
    (void)kind;
    view_payload_newer(out, member->key, view);
}

WRITER(return_urls)
{
    (void)kind;
    json_out_object(out, member->key);
    json_out_text(out, "fail", view->invoice->return_fail);
    json_out_text(out, "pending", view->invoice->return_pending);
    json_out_text(out, "success", view->invoice->return_success);
    json_out_object_end(out);
}

WRITER(original_resolution)
{
    bool answered = has_answer(view->invoice);
    (void)kind;
    json_out_object(out, member->key);
    json_out_text(out, "original_resolution", answered ? view->invoice->resolution : NULL);
    json_out_text(out, "original_resolution_message",
                  answered ? message_of(view->invoice) : NULL);
    json_out_object_end(out);
}

WRITER(resolution_message)
{
    (void)kind;
    json_out_text(out, member->key, message_of(view->invoice));
}

/* The key, rrn or arn, is part of what the number is made of. */
WRITER(bank_reference)
{
    char digits[IDENT_DIGITS];
    bool paid = status_is_paid(view->invoice->status);
    (void)kind;
    if (paid) {
        ident_digits(view->token_key, member->key, view->invoice->session, digits);
    }
    json_out_text(out, member->key, paid ? digits : NULL);
}

WRITER(hpp_url)
{
    (void)kind;
    view_hpp_url(out, member->key, view->invoice);
}

/* ------------------------------------------------------------------ the tables */

#define FIELD(how, name, member) {name, write_##how, offsetof(struct invoice, member)}
#define OTHER(name, how) {name, write_##how, 0}

/* clang-format off */
static const struct member members_2020[] = {
    OTHER("serial_number", serial_number),
    OTHER("status", status),
    FIELD(text, "resolution", resolution),
    OTHER("moderation_required", false),
    FIELD(money, "amount", amount),
    FIELD(money, "payment_amount", payment_amount),
    FIELD(text, "currency", currency),
    OTHER("service_currency", service_currency),
    FIELD(text, "reference_id", reference_id),
    OTHER("test_mode", test_mode),
    FIELD(money, "fee", fee),
    FIELD(money, "deposit", deposit),
    FIELD(seconds, "processed", processed_ms),
    FIELD(money, "processed_amount", processed_amount),
    FIELD(money, "refunded_amount", refunded_amount),
    FIELD(money, "processed_fee", processed_fee),
    FIELD(money, "processed_deposit", processed_deposit),
    FIELD(raw, "metadata", metadata),
    OTHER("flow_data", flow_data),
    OTHER("flow", service_flow),
    OTHER("hpp_url", hpp_url_once),
    OTHER("payment_flow", payment_flow),
    FIELD(seconds, "created", created_ms),
    FIELD(seconds, "updated", updated_ms),
    FIELD(raw, "payload", payload),
    FIELD(text, "description", description),
    FIELD(text, "descriptor", descriptor),
    FIELD(text, "callback_url", callback_url),
    FIELD(text, "return_url", return_url),
    OTHER("original_data", provider),
    OTHER("rrn", null),
    OTHER("approval_code", null),
    OTHER("reserved_amount", null),
    OTHER("reserve_expires", null),
    OTHER("unreserved", null),
    OTHER("source", source),
    OTHER("callback_logs", callback_logs),
};

static const struct member members_2024[] = {
    OTHER("status", status),
    FIELD(text, "resolution", resolution),
    OTHER("moderation_required", false),
    FIELD(money, "amount", amount),
    FIELD(money, "payment_amount", payment_amount),
    FIELD(text, "currency", currency),
    OTHER("service_amount", service_amount),
    OTHER("payment_service_amount", payment_service_amount),
    OTHER("exchange_rate", exchange_rate),
    OTHER("service_currency", service_currency),
    FIELD(text, "reference_id", reference_id),
    OTHER("test_mode", test_mode),
    FIELD(money, "fee", fee),
    FIELD(money, "deposit", deposit),
    FIELD(seconds, "processed", processed_ms),
    FIELD(money, "processed_amount", processed_amount),
    FIELD(money, "refunded_amount", refunded_amount),
    OTHER("refunded_fee", refunded_fee),
    OTHER("refunded", null),
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
    OTHER("rrn", bank_reference),
    OTHER("arn", bank_reference),
    OTHER("approval_code", null),
    OTHER("reserved_amount", null),
    OTHER("reserve_expires", null),
    OTHER("unreserved", null),
    OTHER("source", source),
    OTHER("callback_logs", callback_logs),
    OTHER("charged_back_amount", null),
    OTHER("charged_back", null),
    OTHER("resolution_message", resolution_message),
    OTHER("hpp_url", hpp_url),
    OTHER("refunds", empty),
    OTHER("reserves", empty),
    OTHER("reserve_options", null),
    OTHER("processed_unreserve", null),
    OTHER("processed_reserve_cancel", null),
    OTHER("reserve_cancelled", null),
};
/* clang-format on */

static const struct {
    const struct member *members;
    size_t n;
} tables[PROFILE_COUNT] = {
    [PROFILE_2020] = {members_2020, ARRAY_SIZE(members_2020)},
    [PROFILE_2024] = {members_2024, ARRAY_SIZE(members_2024)},
};

void view_attributes(struct json_out *out, const struct view_invoice *view, enum view_kind kind)
{
    const struct member *members = tables[view->profile].members;
    json_out_object(out, "attributes");
    for (size_t i = 0; i < tables[view->profile].n; i++) {
        members[i].write(out, &members[i], view, kind);
    }
    json_out_object_end(out);
}
