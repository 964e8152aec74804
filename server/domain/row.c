#include "row.h"

#include "base/attr.h"
#include "domain/account.h"
#include "domain/outcome.h"

#define BODY_MOST (1 << 20)

/* A snapshot has no callback that is being sent. */
static const char *const states[] = {
    [CALLBACK_QUEUED] = "queued", [CALLBACK_SENDING] = "",        [CALLBACK_DONE] = "done",
    [CALLBACK_FAILED] = "failed", [CALLBACK_DROPPED] = "dropped", [CALLBACK_DROPPED + 1] = NULL};

_Static_assert(sizeof(enum status) == sizeof(uint32_t) &&
                   sizeof(enum callback_state) == sizeof(uint32_t) &&
                   sizeof(enum fault_kind) == sizeof(uint32_t) &&
                   sizeof(enum invoice_flow) == sizeof(uint32_t) &&
                   sizeof(enum invoice_source) == sizeof(uint32_t) &&
                   sizeof(enum refund_status) == sizeof(uint32_t) &&
                   sizeof(enum outcome_kind) == sizeof(uint32_t),
               "enums are read and written as numbers of this size");

/* The numbers of enums are stored, so they must not change. */
_Static_assert(STATUS_CREATED == 0 && STATUS_EXPIRED == 1 && STATUS_PROCESS_PENDING == 2 &&
                   STATUS_PROCESSED == 3 && STATUS_PROCESS_FAILED == 4 && STATUS_VERIFIED == 5 &&
                   STATUS_REFUND_PENDING == 6 && STATUS_PARTIALLY_REFUNDED == 7 &&
                   STATUS_REFUNDED == 8 && STATUS_REFUND_FAILED == 9 && STATUS_CHARGED_BACK == 10 &&
                   STATUS_PARTIALLY_CHARGED_BACK == 11 && STATUS_PARTIALLY_PROCESSED == 12 &&
                   STATUS_TERMINATED == 13 && STATUS_CANCELED == 14 &&
                   STATUS_PARTIALLY_CANCELED == 15 && STATUS_PROCESSING == 16 &&
                   STATUS_PROCESS_ERROR == 17 && STATUS_VERIFY_FAILED == 18 &&
                   STATUS_AUTHORIZE_FAILED == 19 && STATUS_REFUNDING == 20 &&
                   STATUS_CANCELING == 21 && STATUS_CANCEL_PENDING == 22 &&
                   STATUS_CANCEL_ERROR == 23 && STATUS_CANCEL_FAILED == 24,
               "status numbers are stored");
_Static_assert(FLOW_CHARGE == 0 && FLOW_VERIFY == 1 && SOURCE_MERCHANT_API == 0 &&
                   SOURCE_PLATFORM_PUBLIC_API == 1,
               "flow and source numbers are stored");

/* clang-format off */
#define FILED(type, member, what, ...) \
    {#member, ROW_##what, offsetof(struct type, member), .name = #member, ##__VA_ARGS__}
#define STORED(type, member, what, ...) \
    {#member, ROW_##what, offsetof(struct type, member), ##__VA_ARGS__}
#define NULLABLE .null = true
#define SPARSE NULLABLE, .sparse = true
#define CHANGES .changes = true

static const struct row_field invoice_fields[] = {
    STORED(invoice, seq, NUMBER),
    STORED(invoice, account, NUMBER),
    FILED(invoice, id, IDENT, .prefix = "cpi", .other_prefix = "cpoi"),
    FILED(invoice, session, IDENT, .prefix = "cgi"),
    FILED(invoice, reference_id, TEXT, .least = 1, .most = 255),
    FILED(invoice, service, TEXT, .least = 1, .most = 255, NULLABLE, CHANGES),
    FILED(invoice, currency, CURRENCY),
    FILED(invoice, description, TEXT, .most = 1024, NULLABLE),
    FILED(invoice, descriptor, TEXT, .most = 255, NULLABLE),
    FILED(invoice, test_mode, BOOL),
    FILED(invoice, flow, CHOICE, .names = invoice_flows),
    FILED(invoice, source, CHOICE, .names = invoice_sources),
    FILED(invoice, status, STATUS, CHANGES),
    {"been", ROW_STATUSES, offsetof(struct invoice, statuses_reached), .name = "been", CHANGES},
    FILED(invoice, resolution, RESOLUTION, CHANGES),
    FILED(invoice, amount, MONEY),
    FILED(invoice, payment_amount, MONEY, CHANGES),
    FILED(invoice, service_amount, MONEY, NULLABLE, CHANGES),
    FILED(invoice, exchange_rate, MONEY, NULLABLE, CHANGES),
    FILED(invoice, fee, MONEY, CHANGES),
    FILED(invoice, deposit, BALANCE, CHANGES),
    FILED(invoice, processed_amount, MONEY, NULLABLE, CHANGES),
    FILED(invoice, processed_fee, MONEY, NULLABLE, CHANGES),
    FILED(invoice, processed_deposit, BALANCE, NULLABLE, CHANGES),
    FILED(invoice, refunded_amount, MONEY, NULLABLE, CHANGES),
    FILED(invoice, charged_back_amount, MONEY, NULLABLE, CHANGES),
    FILED(invoice, created_ms, TIME),
    FILED(invoice, updated_ms, TIME, CHANGES),
    FILED(invoice, expires_ms, TIME, CHANGES),
    FILED(invoice, processed_ms, TIME, NULLABLE, CHANGES),
    FILED(invoice, refunded_ms, TIME, NULLABLE, CHANGES),
    FILED(invoice, charged_back_ms, TIME, NULLABLE, CHANGES),
    FILED(invoice, failed_ms, TIME, NULLABLE, CHANGES),
    FILED(invoice, made_ms, TIME),
    FILED(invoice, metadata, TREE),
    FILED(invoice, customer, JSON, NULLABLE),
    FILED(invoice, customer_id, ID, .prefix = "cus", NULLABLE),
    FILED(invoice, gateway_options, TREE, NULLABLE),
    FILED(invoice, options, JSON, NULLABLE),
    FILED(invoice, context, JSON, NULLABLE),
    FILED(invoice, saved_card, JSON, NULLABLE),
    FILED(invoice, service_fields, JSON, NULLABLE, CHANGES),
    FILED(invoice, payload, JSON, NULLABLE, CHANGES),
    STORED(invoice, callback_logs, JSON, CHANGES),
    FILED(invoice, callback_url, URL, NULLABLE),
    FILED(invoice, return_url, URL, NULLABLE),
    FILED(invoice, return_success, URL, NULLABLE),
    FILED(invoice, return_fail, URL, NULLABLE),
    FILED(invoice, return_pending, URL, NULLABLE),
    FILED(invoice, challenge_outcome, TEXT, .least = 1, .most = 1023, NULLABLE, CHANGES),
    FILED(invoice, challenge_payload, JSON, NULLABLE, CHANGES),
    FILED(invoice, locale, TEXT, .most = 35, NULLABLE),
    FILED(invoice, look, JSON, NULLABLE),
    FILED(invoice, base_url, URL),
    FILED(invoice, plan, TEXT, .most = 1023, CHANGES),
    FILED(invoice, plan_due_ms, TIME, NULLABLE, CHANGES),
    STORED(invoice, due_ms, TIME, CHANGES),
    FILED(invoice, attempts, COUNT, CHANGES),
};

/* Most changes move no money, so the file leaves it out. */
#define MOVED(part)                                                                                \
    {.column = #part,                                                                              \
     .kind = ROW_BALANCE,                                                                          \
     .offset = offsetof(struct transition, moved.part),                                            \
     .name = #part,                                                                                \
     SPARSE}

static const struct row_field transition_fields[] = {
    STORED(transition, invoice, NUMBER),
    FILED(transition, at_ms, TIME),
    FILED(transition, wall_ms, TIME),
    STORED(transition, old, STATUS, .name = "from"),
    STORED(transition, new, STATUS, .name = "to"),
    FILED(transition, resolution, RESOLUTION),
    FILED(transition, cause, TEXT, .least = 1, .most = 32),
    STORED(transition, account, NUMBER),
    MOVED(paid),
    MOVED(fee),
    MOVED(refunded),
    MOVED(charged_back),
    MOVED(reserved),
};

static const struct row_field callback_fields[] = {
    STORED(callback, seq, CALLBACK, .name = "id"),
    STORED(callback, invoice, NUMBER),
    STORED(callback, account, NUMBER),
    FILED(callback, transition, STATUS),
    FILED(callback, state, CHOICE, .names = states, CHANGES),
    FILED(callback, queued_ms, TIME),
    FILED(callback, due_ms, TIME, NULLABLE, CHANGES),
    STORED(callback, attempts, COUNT, CHANGES),
    FILED(callback, ended_ms, TIME, NULLABLE, CHANGES),
    STORED(callback, code, CODE, CHANGES),
    FILED(callback, manual, BOOL, CHANGES),
    STORED(callback, test_mode, BOOL),
    STORED(callback, fault, CHOICE, CHANGES),
    STORED(callback, extra, COUNT, CHANGES),
    FILED(callback, url, URL),
    STORED(callback, signature, TEXT, CHANGES),
    FILED(callback, body, TEXT, .least = 1, .most = BODY_MOST),
    STORED(callback, body_cut, NUMBER),
};

static const struct row_field attempt_fields[] = {
    STORED(attempt, callback, NUMBER),
    STORED(attempt, number, NUMBER),
    FILED(attempt, at_ms, TIME),
    FILED(attempt, wall_ms, TIME),
    FILED(attempt, took_ms, COUNT),
    FILED(attempt, code, CODE, NULLABLE),
    STORED(attempt, fault, CHOICE),
    FILED(attempt, error, TEXT, .most = 1024, NULLABLE),
    FILED(attempt, request_headers, JSON),
    STORED(attempt, request_body, TEXT),
    FILED(attempt, response_headers, JSON, NULLABLE),
    FILED(attempt, response_body, BYTES, .offset2 = offsetof(struct attempt, response_size), NULLABLE),
    FILED(attempt, request_line, TEXT, .most = HEAD_LINE_MOST, SPARSE),
    FILED(attempt, response_line, TEXT, .most = HEAD_LINE_MOST, SPARSE),
    FILED(attempt, response_lines, TEXT, .most = HEAD_LINES_MOST, SPARSE),
};

static const struct row_field refund_fields[] = {
    STORED(refund, invoice, NUMBER),
    STORED(refund, account, NUMBER),
    FILED(refund, id, ID, .prefix = "ref", NULLABLE), /* files of earlier versions have none */
    FILED(refund, reference_id, TEXT, .least = 1, .most = 255),
    FILED(refund, amount, MONEY, CHANGES),
    FILED(refund, description, TEXT, .most = 1024, NULLABLE),
    FILED(refund, status, CHOICE, .names = refund_statuses, CHANGES),
    FILED(refund, created_ms, TIME),
    FILED(refund, finished_ms, TIME, NULLABLE, CHANGES),
    FILED(refund, unrequested, BOOL, SPARSE), /* files of earlier versions have none */
};

static const struct row_field balance_fields[] = {
    FILED(ledger_balance, currency, CURRENCY),
    FILED(ledger_balance, active, UNITS),
    FILED(ledger_balance, pending, UNITS),
    FILED(ledger_balance, reserved, UNITS),
};

static const struct row_field outcome_fields[] = {
    STORED(queued_outcome, text, TEXT),
    STORED(queued_outcome, kind, CHOICE),
};

static const struct row_field snapshot_fields[] = {
    STORED(snapshot, seq, NUMBER),
    STORED(snapshot, account, TEXT),
    STORED(snapshot, name, TEXT),
    STORED(snapshot, created_ms, TIME),
    STORED(snapshot, invoices, NUMBER),
    STORED(snapshot, settings, TEXT),
    STORED(snapshot, services, TEXT),
    STORED(snapshot, keys, TEXT, NULLABLE),
    {"clock_frozen", ROW_BOOL, offsetof(struct snapshot, frozen)},
    {"clock_now_ms", ROW_TIME, offsetof(struct snapshot, now_ms)},
};

#define KEY(member) {#member, ROW_TEXT, offsetof(struct account_row, keys.member)}
#define CLOCK(member, what) {"clock_" #member, ROW_##what, offsetof(struct account_row, clock.member)}
static const struct row_field account_fields[] = {
    STORED(account_row, num, NUMBER),
    KEY(id),
    KEY(api_key),
    KEY(public_key),
    KEY(public_live_key),
    KEY(secret_key),
    KEY(secret_live_key),
    STORED(account_row, old_keys, JSON, NULLABLE),
    STORED(account_row, settings, JSON),
    STORED(account_row, services, JSON),
    CLOCK(frozen, BOOL),
    CLOCK(offset_ms, NUMBER),
    CLOCK(now_ms, NUMBER),
    STORED(account_row, made_ms, TIME),
};
/* clang-format on */

#define CALLBACK_HEAD_FIELDS 14 /* up to `extra` */
#define ATTEMPT_HEAD_FIELDS 8   /* up to `error` */

#define TABLE(name, fields, type)                                                                  \
    {                                                                                              \
        name, fields, ARRAY_SIZE(fields), sizeof(struct type)                                      \
    }
const struct row_table row_invoice = TABLE("invoice", invoice_fields, invoice);
const struct row_table row_transition = TABLE("transition", transition_fields, transition);
const struct row_table row_callback = TABLE("callback", callback_fields, callback);
const struct row_table row_callback_head = {"callback_head", callback_fields, CALLBACK_HEAD_FIELDS,
                                            sizeof(struct callback)};
const struct row_table row_attempt = TABLE("attempt", attempt_fields, attempt);
const struct row_table row_attempt_head = {"attempt_head", attempt_fields, ATTEMPT_HEAD_FIELDS,
                                           sizeof(struct attempt)};
const struct row_table row_refund = TABLE("refund", refund_fields, refund);
const struct row_table row_balance = TABLE("balance", balance_fields, ledger_balance);
const struct row_table row_outcome = TABLE("outcome", outcome_fields, queued_outcome);
const struct row_table row_snapshot = TABLE("snapshot", snapshot_fields, snapshot);
const struct row_table row_account = TABLE("account", account_fields, account_row);
