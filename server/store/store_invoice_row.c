/* The row of an invoice: its columns by name, and to and from a struct by one table. */
#include "base/buf.h"
#include "store/store_private.h"

#include <stdio.h>
#include <string.h>

enum column_kind {
    COLUMN_TEXT,  /* const char * */
    COLUMN_IDENT, /* char[IDENT_TEXT] */
    COLUMN_INT,   /* int64_t, INT64_MIN is null */
    COLUMN_ENUM,  /* an enum or a uint32_t */
    COLUMN_BOOL,
};

struct column {
    const char *name;
    enum column_kind kind;
    size_t offset;
    bool changes; /* saved by store_invoice_update */
};

/* clang-format off */
#define COLUMN(kind, field, changes) \
    {#field, COLUMN_##kind, offsetof(struct invoice, field), changes}
/* clang-format on */

static const struct column columns[] = {
    COLUMN(INT, seq, false),
    COLUMN(INT, account, false),
    COLUMN(IDENT, id, false),
    COLUMN(IDENT, session, false),
    COLUMN(TEXT, reference_id, false),
    COLUMN(TEXT, service, true),
    COLUMN(TEXT, currency, false),
    COLUMN(TEXT, description, false),
    COLUMN(TEXT, descriptor, false),
    COLUMN(BOOL, test_mode, false),
    COLUMN(ENUM, flow, false),
    COLUMN(ENUM, source, false),
    COLUMN(ENUM, status, true),
    COLUMN(ENUM, been, true),
    COLUMN(TEXT, resolution, true),
    COLUMN(INT, amount, false),
    COLUMN(INT, payment_amount, true),
    COLUMN(INT, service_amount, true),
    COLUMN(INT, exchange_rate, true),
    COLUMN(INT, fee, true),
    COLUMN(INT, deposit, true),
    COLUMN(INT, processed_amount, true),
    COLUMN(INT, processed_fee, true),
    COLUMN(INT, processed_deposit, true),
    COLUMN(INT, refunded_amount, true),
    COLUMN(INT, charged_back_amount, true),
    COLUMN(INT, created_ms, false),
    COLUMN(INT, updated_ms, true),
    COLUMN(INT, expires_ms, true),
    COLUMN(INT, processed_ms, true),
    COLUMN(INT, refunded_ms, true),
    COLUMN(INT, charged_back_ms, true),
    COLUMN(INT, failed_ms, true),
    COLUMN(INT, made_ms, false),
    COLUMN(TEXT, metadata, false),
    COLUMN(TEXT, customer, false),
    COLUMN(TEXT, customer_id, false),
    COLUMN(TEXT, gateway_options, false),
    COLUMN(TEXT, options, false),
    COLUMN(TEXT, service_fields, true),
    COLUMN(TEXT, payload, true),
    COLUMN(TEXT, callback_logs, true),
    COLUMN(TEXT, callback_url, false),
    COLUMN(TEXT, return_url, false),
    COLUMN(TEXT, return_success, false),
    COLUMN(TEXT, return_fail, false),
    COLUMN(TEXT, return_pending, false),
    COLUMN(TEXT, challenge_outcome, true),
    COLUMN(TEXT, challenge_payload, true),
    COLUMN(TEXT, locale, false),
    COLUMN(TEXT, look, false),
    COLUMN(TEXT, base_url, false),
    COLUMN(TEXT, plan, true),
    COLUMN(INT, plan_due_ms, true),
    COLUMN(INT, due_ms, true),
    COLUMN(INT, attempts, true),
};

/* Enums are read and written as int; the numbers are the database's, so they must not move. */
_Static_assert(sizeof(enum status) == sizeof(uint32_t) &&
                   sizeof(enum invoice_flow) == sizeof(uint32_t),
               "enum size");
_Static_assert(STATUS_CREATED == 0 && STATUS_EXPIRED == 1 && STATUS_PROCESS_PENDING == 2 &&
                   STATUS_PROCESSED == 3 && STATUS_PROCESS_FAILED == 4 && STATUS_VERIFIED == 5 &&
                   STATUS_REFUND_PENDING == 6 && STATUS_PARTIALLY_REFUNDED == 7 &&
                   STATUS_REFUNDED == 8 && STATUS_REFUND_FAILED == 9 && STATUS_CHARGED_BACK == 10 &&
                   STATUS_PARTIALLY_CHARGED_BACK == 11 && STATUS_PARTIALLY_PROCESSED == 12 &&
                   STATUS_TERMINATED == 13,
               "status numbers are stored");
_Static_assert(FLOW_CHARGE == 0 && FLOW_VERIFY == 1 && SOURCE_MERCHANT_API == 0 &&
                   SOURCE_PLATFORM_PUBLIC_API == 1,
               "flow and source numbers are stored");

static void bind_column(sqlite3_stmt *q, int at, const struct column *column,
                        const struct invoice *invoice)
{
    const void *place = (const char *)invoice + column->offset;
    int64_t n = 0;
    uint32_t small;
    switch (column->kind) {
    case COLUMN_TEXT:
        sqlite3_bind_text(q, at, *(const char *const *)place, -1, SQLITE_STATIC);
        return;
    case COLUMN_IDENT:
        sqlite3_bind_text(q, at, place, -1, SQLITE_STATIC);
        return;
    case COLUMN_INT:
        n = *(const int64_t *)place;
        break;
    case COLUMN_ENUM:
        memcpy(&small, place, sizeof small);
        n = small;
        break;
    case COLUMN_BOOL:
        n = *(const bool *)place;
        break;
    }
    n == INT64_MIN ? sqlite3_bind_null(q, at) : sqlite3_bind_int64(q, at, n);
}

static void read_column(struct arena *arena, sqlite3_stmt *q, int at, const struct column *column,
                        struct invoice *invoice)
{
    void *place = (char *)invoice + column->offset;
    uint32_t small;
    switch (column->kind) {
    case COLUMN_TEXT:
        *(const char **)place = store_column_text(arena, q, at);
        break;
    case COLUMN_IDENT:
        snprintf(place, IDENT_TEXT, "%s", (const char *)sqlite3_column_text(q, at));
        break;
    case COLUMN_INT:
        *(int64_t *)place = store_column_int(q, at);
        break;
    case COLUMN_ENUM:
        small = (uint32_t)sqlite3_column_int64(q, at);
        memcpy(place, &small, sizeof small);
        break;
    case COLUMN_BOOL:
        *(bool *)place = sqlite3_column_int(q, at);
        break;
    }
}

void store_invoice_columns(struct buf *names)
{
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        buf_printf(names, "%s%s", i ? ", " : "", columns[i].name);
    }
}

int store_invoice_width(void)
{
    return ARRAY_SIZE(columns);
}

void store_invoice_bind(sqlite3_stmt *q, const struct invoice *invoice)
{
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        bind_column(q, (int)i + 1, &columns[i], invoice);
    }
}

void store_invoice_read(struct arena *arena, sqlite3_stmt *q, struct invoice *ret_invoice)
{
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        read_column(arena, q, (int)i, &columns[i], ret_invoice);
    }
}

void store_invoice_assignments(struct buf *assignments)
{
    int at = 1;
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        if (columns[i].changes) {
            buf_printf(assignments, "%s%s = ?%d", at > 1 ? ", " : "", columns[i].name, at + 1);
            at++;
        }
    }
}

void store_invoice_bind_changes(sqlite3_stmt *q, const struct invoice *invoice)
{
    int at = 1;
    sqlite3_bind_int64(q, at++, invoice->seq);
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        if (columns[i].changes) {
            bind_column(q, at++, &columns[i], invoice);
        }
    }
}
