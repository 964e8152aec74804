/* What of each row is written and read; how, is snapshot_value.c's. */
#include "snapshot_row.h"

#include "base/text.h"
#include "json/snapshot_value.h"

#include <string.h>

#define BODY_MOST (1 << 20)

/* ------------------------------------------------------------------ the tables */

static const char *const flows[] = {
    [FLOW_CHARGE] = "charge", [FLOW_VERIFY] = "verify", [FLOW_VERIFY + 1] = NULL};
static const char *const sources[] = {[SOURCE_MERCHANT_API] = "merchant_api",
                                      [SOURCE_PLATFORM_PUBLIC_API] = "platform_public_api",
                                      [SOURCE_PLATFORM_PUBLIC_API + 1] = NULL};
static const char *const refund_statuses[] = {[REFUND_PENDING] = "pending",
                                              [REFUND_DONE] = "done",
                                              [REFUND_FAILED] = "failed",
                                              [REFUND_FAILED + 1] = NULL};
/* Nothing is being sent in a snapshot. */
static const char *const states[] = {
    [CALLBACK_QUEUED] = "queued", [CALLBACK_SENDING] = "",        [CALLBACK_DONE] = "done",
    [CALLBACK_FAILED] = "failed", [CALLBACK_DROPPED] = "dropped", [CALLBACK_DROPPED + 1] = NULL};

_Static_assert(sizeof(enum callback_state) == sizeof(uint32_t) &&
                   sizeof(enum invoice_flow) == sizeof(uint32_t) &&
                   sizeof(enum invoice_source) == sizeof(uint32_t) &&
                   sizeof(enum refund_status) == sizeof(uint32_t),
               "ROW_CHOICE reads and writes numbers of this size");

/* clang-format off */
#define AT(type, member) .name = #member, .offset = offsetof(struct type, member)
#define INVOICE(what, member, ...) {AT(invoice, member), .kind = ROW_##what, ##__VA_ARGS__}
#define CALLBACK(what, member, ...) {AT(callback, member), .kind = ROW_##what, ##__VA_ARGS__}
#define ATTEMPT(what, member, ...) {AT(attempt, member), .kind = ROW_##what, ##__VA_ARGS__}
#define REFUND(what, member, ...) {AT(refund, member), .kind = ROW_##what, ##__VA_ARGS__}
#define NULLABLE .null = true

static const struct row_field invoice_fields[] = {
    INVOICE(IDENT, id, .prefix = "cpi", .other_prefix = "cpoi"),
    INVOICE(IDENT, session, .prefix = "cgi"),
    INVOICE(TEXT, reference_id, .least = 1, .most = 255),
    INVOICE(TEXT, service, .least = 1, .most = 255, NULLABLE),
    INVOICE(CURRENCY, currency),
    INVOICE(TEXT, description, .most = 1024, NULLABLE),
    INVOICE(TEXT, descriptor, .most = 255, NULLABLE),
    INVOICE(BOOL, test_mode),
    INVOICE(CHOICE, flow, .names = flows),
    INVOICE(CHOICE, source, .names = sources),
    INVOICE(STATUS, status),
    INVOICE(STATUSES, been),
    INVOICE(RESOLUTION, resolution),
    INVOICE(MONEY, amount),
    INVOICE(MONEY, payment_amount),
    INVOICE(MONEY, service_amount, NULLABLE),
    INVOICE(MONEY, exchange_rate, NULLABLE),
    INVOICE(MONEY, fee),
    INVOICE(BALANCE, deposit),
    INVOICE(MONEY, processed_amount, NULLABLE),
    INVOICE(MONEY, processed_fee, NULLABLE),
    INVOICE(BALANCE, processed_deposit, NULLABLE),
    INVOICE(MONEY, refunded_amount, NULLABLE),
    INVOICE(MONEY, charged_back_amount, NULLABLE),
    INVOICE(TIME, created_ms),
    INVOICE(TIME, updated_ms),
    INVOICE(TIME, expires_ms),
    INVOICE(TIME, processed_ms, NULLABLE),
    INVOICE(TIME, refunded_ms, NULLABLE),
    INVOICE(TIME, charged_back_ms, NULLABLE),
    INVOICE(TIME, failed_ms, NULLABLE),
    INVOICE(TIME, made_ms),
    INVOICE(TREE, metadata),
    INVOICE(JSON, customer, NULLABLE),
    INVOICE(ID, customer_id, .prefix = "cus", NULLABLE),
    INVOICE(TREE, gateway_options, NULLABLE),
    INVOICE(JSON, options, NULLABLE),
    INVOICE(JSON, service_fields, NULLABLE),
    INVOICE(JSON, payload, NULLABLE),
    INVOICE(URL, callback_url, NULLABLE),
    INVOICE(URL, return_url, NULLABLE),
    INVOICE(URL, return_success, NULLABLE),
    INVOICE(URL, return_fail, NULLABLE),
    INVOICE(URL, return_pending, NULLABLE),
    INVOICE(TEXT, challenge_outcome, .least = 1, .most = 1023, NULLABLE),
    INVOICE(JSON, challenge_payload, NULLABLE),
    INVOICE(TEXT, locale, .most = 35, NULLABLE),
    INVOICE(JSON, look, NULLABLE),
    INVOICE(URL, base_url),
    INVOICE(TEXT, plan, .most = 1023),
    INVOICE(TIME, plan_due_ms, NULLABLE),
    INVOICE(COUNT, attempts),
};

static const struct row_field transition_fields[] = {
    {.name = "at_ms", .kind = ROW_TIME, .offset = offsetof(struct transition, at_ms)},
    {.name = "wall_ms", .kind = ROW_TIME, .offset = offsetof(struct transition, wall_ms)},
    {.name = "from", .kind = ROW_STATUS, .offset = offsetof(struct transition, old)},
    {.name = "to", .kind = ROW_STATUS, .offset = offsetof(struct transition, new)},
    {.name = "resolution", .kind = ROW_RESOLUTION, .offset = offsetof(struct transition, resolution)},
    {.name = "cause", .kind = ROW_TEXT, .offset = offsetof(struct transition, cause), .least = 1, .most = 32},
};

static const struct row_field callback_fields[] = {
    {.name = "id", .kind = ROW_CALLBACK, .offset = offsetof(struct callback, seq)},
    CALLBACK(STATUS, transition),
    CALLBACK(CHOICE, state, .names = states),
    CALLBACK(TIME, queued_ms),
    CALLBACK(TIME, due_ms, NULLABLE),
    CALLBACK(TIME, ended_ms, NULLABLE),
    CALLBACK(BOOL, manual),
    CALLBACK(URL, url),
    CALLBACK(TEXT, body, .least = 1, .most = BODY_MOST),
};

static const struct row_field refund_fields[] = {
    REFUND(TEXT, reference_id, .least = 1, .most = 255),
    REFUND(MONEY, amount),
    REFUND(TEXT, description, .most = 1024, NULLABLE),
    REFUND(CHOICE, status, .names = refund_statuses),
    REFUND(TIME, created_ms),
    REFUND(TIME, finished_ms, NULLABLE),
};

static const struct row_field attempt_fields[] = {
    ATTEMPT(TIME, at_ms),
    ATTEMPT(TIME, wall_ms),
    ATTEMPT(COUNT, took_ms),
    ATTEMPT(CODE, code, NULLABLE),
    ATTEMPT(TEXT, error, .most = 1024, NULLABLE),
    ATTEMPT(JSON, request_headers),
    ATTEMPT(JSON, response_headers, NULLABLE),
    ATTEMPT(BYTES, response_body, .offset2 = offsetof(struct attempt, response_size), NULLABLE),
};

#define BALANCE(member) {AT(ledger_balance, member), .kind = ROW_UNITS}
static const struct row_field balance_fields[] = {
    {AT(ledger_balance, currency), .kind = ROW_CURRENCY},
    BALANCE(active),
    BALANCE(pending),
    BALANCE(reserved),
};
/* clang-format on */

#define TABLE(fields)                                                                              \
    {                                                                                              \
        fields, ARRAY_SIZE(fields)                                                                 \
    }
const struct row_table row_invoice = TABLE(invoice_fields);
const struct row_table row_transition = TABLE(transition_fields);
const struct row_table row_callback = TABLE(callback_fields);
const struct row_table row_attempt = TABLE(attempt_fields);
const struct row_table row_balance = TABLE(balance_fields);
const struct row_table row_refund = TABLE(refund_fields);

/* ------------------------------------------------------------------ both ways */

void row_write(struct json_out *out, const struct row_table *table, const void *row)
{
    for (size_t i = 0; i < table->n; i++) {
        value_write(out, &table->fields[i], row);
    }
}

static bool is_known(const struct row_table *table, const char *const *others, const char *name)
{
    for (size_t i = 0; i < table->n; i++) {
        if (text_equal(table->fields[i].name, name)) {
            return true;
        }
    }
    for (; others && *others; others++) {
        if (text_equal(*others, name)) {
            return true;
        }
    }
    return false;
}

static void refuse(const struct row_reader *reader, const char *path, const char *name,
                   const char *message)
{
    json_errors_add(reader->errors, arena_printf(reader->errors->arena, "%s.%s", path, name), "%s",
                    message);
}

void row_read(const struct row_reader *reader, const struct row_table *table, const char *path,
              const char *const *others, const json_t *object, void *ret_row)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object)) {
        json_errors_add(reader->errors, path, "an object is wanted");
        return;
    }
    json_object_foreach((json_t *)object, name, value)
    {
        if (!is_known(table, others, name)) {
            refuse(reader, path, name, MESSAGE_NOT_EXPECTED);
        }
    }
    for (size_t i = 0; i < table->n; i++) {
        const struct row_field *field = &table->fields[i];
        const char *message =
            value_read(reader, field, json_object_get(object, field->name), ret_row);
        if (message) {
            refuse(reader, path, field->name, message);
        }
    }
}
