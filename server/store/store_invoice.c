#include "store_invoice.h"

#include "base/buf.h"
#include "store/store_private.h"

#include <stdio.h>
#include <string.h>

enum {
    Q_INSERT,
    Q_UPDATE,
    Q_GET,
    Q_BY_REFERENCE,
    Q_LIST_OLDER,
    Q_LIST_NEWER,
    Q_NEXT_DUE,
    Q_FIRST_DUE,
    Q_COUNT,
    Q_COUNT_OF_ACCOUNT,
    Q_DUE_COUNT,
    Q_OVERDUE,
    Q_PURGEABLE,
    Q_LEFT_OVER,
    Q_PURGE_ATTEMPTS,
    Q_PURGE_CALLBACKS,
    Q_PURGE_TRANSITIONS,
    Q_PURGE_REFUNDS,
    Q_PURGE,
    Q_TRANSITION_INSERT,
    Q_TRANSITION_ALL,
    Q_COUNT_OF_QUERIES,
};

/* ------------------------------------------------------------------ the row <-> struct table */

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

/* ------------------------------------------------------------------ the statements */

#define FILTER                                                                                     \
    " WHERE account = ?1 AND (?2 IS NULL OR service = ?2) AND (?3 IS NULL OR currency = ?3)"       \
    " AND (?4 IS NULL OR status = ?4) AND (?5 IS NULL OR test_mode = ?5)"                          \
    " AND (?6 IS NULL OR created_ms >= ?6) AND (?7 IS NULL OR created_ms < ?7)"                    \
    " AND seq BETWEEN ?8 AND ?9"

/* As the index of references has it. */
#define IS_PAYOUT "(seq >= " STORE_PAYOUTS ")"

/* Rows that are left over are as good as gone; there are few of them, as a rule, or none. */
#define LEFT_OVER "account IN (SELECT num FROM leftover WHERE kind = 0)"

static void write_sql(struct buf sql[Q_COUNT_OF_QUERIES])
{
    static const char *const tails[Q_COUNT_OF_QUERIES] = {
        [Q_GET] = " WHERE seq = ?1",
        [Q_BY_REFERENCE] = " WHERE account = ?1 AND reference_id = ?2 AND " IS_PAYOUT " = ?3",
        [Q_LIST_OLDER] = FILTER " ORDER BY seq DESC LIMIT ?10",
        [Q_LIST_NEWER] = FILTER " ORDER BY seq LIMIT ?10",
        [Q_NEXT_DUE] = " WHERE account = ?1 AND due_ms <= ?2 ORDER BY due_ms, seq LIMIT 1",
    };
    buf_auto names = {0};
    store_invoice_columns(&names);
    buf_text(&sql[Q_INSERT], ") VALUES (");
    buf_text(&sql[Q_UPDATE], "UPDATE invoice SET ");
    int changes = 1;
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        buf_printf(&sql[Q_INSERT], "%s?%zu", i ? ", " : "", i + 1);
        if (columns[i].changes) {
            buf_printf(&sql[Q_UPDATE], "%s%s = ?%d", changes > 1 ? ", " : "", columns[i].name,
                       changes + 1);
            changes++;
        }
    }
    buf_text(&sql[Q_UPDATE], " WHERE seq = ?1");
    buf_auto insert = {0};
    buf_printf(&insert,
               "INSERT INTO invoice (%s%s) ON CONFLICT (account, reference_id, " IS_PAYOUT
               ") DO NOTHING",
               names.data, sql[Q_INSERT].data);
    buf_finish(&sql[Q_INSERT]);
    buf_text(&sql[Q_INSERT], insert.data);
    for (int i = 0; i < Q_COUNT_OF_QUERIES; i++) {
        if (tails[i]) {
            buf_printf(&sql[i], "SELECT %s FROM invoice%s", names.data, tails[i]);
        }
    }
    buf_text(&sql[Q_FIRST_DUE],
             "SELECT due_ms FROM invoice WHERE account = ?1 AND due_ms IS NOT NULL"
             " ORDER BY due_ms LIMIT 1");
    buf_text(&sql[Q_COUNT], "SELECT (SELECT count(*) FROM invoice) -"
                            " (SELECT count(*) FROM invoice WHERE " LEFT_OVER ")");
    buf_text(&sql[Q_COUNT_OF_ACCOUNT],
             "SELECT count(*) FROM (SELECT 1 FROM invoice WHERE account = ?1"
             " AND seq BETWEEN ?2 AND ?3 LIMIT ?4)");
    buf_text(&sql[Q_DUE_COUNT],
             "SELECT (SELECT count(*) FROM invoice WHERE due_ms IS NOT NULL) -"
             " (SELECT count(*) FROM invoice WHERE due_ms IS NOT NULL AND " LEFT_OVER ")");
    buf_text(&sql[Q_OVERDUE], "SELECT count(*) FROM invoice WHERE account = ?1 AND due_ms < ?2");
    /* Only among the oldest rows, so that a look costs the same however many there are. */
    buf_text(&sql[Q_PURGEABLE],
             "SELECT seq FROM (SELECT seq, created_ms, due_ms FROM invoice WHERE account = ?1"
             " AND seq BETWEEN ?4 AND ?5 ORDER BY seq LIMIT ?3) AS oldest WHERE created_ms < ?2 "
             "AND due_ms IS NULL AND NOT EXISTS"
             " (SELECT 1 FROM callback WHERE invoice = oldest.seq AND state = 1)");
    buf_text(&sql[Q_LEFT_OVER], "SELECT seq FROM invoice WHERE account = ?1 LIMIT ?2");
    buf_text(&sql[Q_PURGE_ATTEMPTS], "DELETE FROM attempt WHERE callback IN"
                                     " (SELECT seq FROM callback WHERE invoice = ?1)");
    buf_text(&sql[Q_PURGE_CALLBACKS], "DELETE FROM callback WHERE invoice = ?1");
    buf_text(&sql[Q_PURGE_TRANSITIONS], "DELETE FROM transition WHERE invoice = ?1");
    buf_text(&sql[Q_PURGE_REFUNDS], "DELETE FROM refund WHERE invoice = ?1");
    buf_text(&sql[Q_PURGE], "DELETE FROM invoice WHERE seq = ?1");
    buf_text(&sql[Q_TRANSITION_INSERT], "INSERT INTO transition (" STORE_TRANSITION_COLUMNS ")"
                                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    buf_text(&sql[Q_TRANSITION_ALL], "SELECT " STORE_TRANSITION_COLUMNS " FROM transition"
                                     " WHERE invoice = ?1 ORDER BY seq");
}

bool store_invoice_prepare(struct store *store)
{
    struct buf sql[Q_COUNT_OF_QUERIES] = {0};
    const char *texts[Q_COUNT_OF_QUERIES];
    write_sql(sql);
    for (int i = 0; i < Q_COUNT_OF_QUERIES; i++) {
        texts[i] = buf_str(&sql[i]);
    }
    bool good = store_prepare(store, STORE_INVOICE, texts, Q_COUNT_OF_QUERIES);
    for (int i = 0; i < Q_COUNT_OF_QUERIES; i++) {
        buf_finish(&sql[i]);
    }
    return good;
}

/* ------------------------------------------------------------------ invoices */

static int64_t read_number(struct store *store, int query, int64_t account, int64_t otherwise)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, query);
    int64_t n = otherwise;
    if (sqlite3_bind_parameter_count(q)) {
        store_bind(q, "i", account);
    }
    while (store_step(store, q)) {
        n = store_column_int(q, 0);
    }
    return n;
}

int64_t store_invoice_next_seq(struct store *store, enum invoice_kind kind)
{
    return store_sequence_next(store, store_sequence_of(kind));
}

bool store_invoice_insert(struct store *store, struct invoice *invoice)
{
    sqlite3_stmt *q = store_write_query(store, STORE_INVOICE, Q_INSERT);
    store_invoice_bind(q, invoice);
    if (!store_run(store, q)) {
        return false;
    }
    store->invoice_count += store->invoice_count >= 0;
    return true;
}

void store_invoice_update(struct store *store, const struct invoice *invoice)
{
    sqlite3_stmt *q = store_write_query(store, STORE_INVOICE, Q_UPDATE);
    int at = 1;
    sqlite3_bind_int64(q, at++, invoice->seq);
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        if (columns[i].changes) {
            bind_column(q, at++, &columns[i], invoice);
        }
    }
    store_run(store, q);
}

/* The one row of a bound query. */
static bool read_one(struct store *store, struct arena *arena, sqlite3_stmt *q,
                     struct invoice *ret_invoice)
{
    bool found = false;
    while (store_step(store, q)) {
        store_invoice_read(arena, q, ret_invoice);
        found = true;
    }
    return found;
}

bool store_invoice_get(struct store *store, struct arena *arena, int64_t seq,
                       struct invoice *ret_invoice)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, Q_GET);
    store_bind(q, "i", seq);
    return read_one(store, arena, q, ret_invoice);
}

bool store_invoice_by_reference(struct store *store, struct arena *arena, int64_t account,
                                enum invoice_kind kind, const char *reference_id,
                                struct invoice *ret_invoice)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, Q_BY_REFERENCE);
    store_bind(q, "iti", account, reference_id, (int64_t)(kind == INVOICE_PAYOUT));
    return read_one(store, arena, q, ret_invoice);
}

size_t store_invoice_list(struct store *store, struct arena *arena, int64_t account,
                          const struct invoice_filter *filter, struct invoice **ret_invoices)
{
    bool newer = filter->after_seq != TIME_NONE;
    int64_t first = invoice_first(filter->kind), last = invoice_last(filter->kind);
    if (newer) {
        bool beyond = filter->after_seq >= last; /* INT64_MAX: after all there is */
        first = filter->after_seq < first ? first : beyond ? INT64_MAX : filter->after_seq + 1;
    } else if (filter->before_seq != TIME_NONE) {
        last = filter->before_seq > last ? last : filter->before_seq - 1;
    }
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, newer ? Q_LIST_NEWER : Q_LIST_OLDER);
    struct invoice *rows = arena_alloc(arena, (size_t)filter->limit * sizeof *rows);
    size_t n = 0;
    store_bind(q, "ittiiiiiii", account, filter->service, filter->currency, filter->status,
               filter->test_mode, filter->created_from_ms, filter->created_before_ms, first, last,
               filter->limit);
    while (store_step(store, q)) {
        store_invoice_read(arena, q, &rows[n++]);
    }
    for (size_t i = 0; newer && i < n / 2; i++) {
        struct invoice row = rows[i];
        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = row;
    }
    *ret_invoices = rows;
    return n;
}

bool store_invoice_next_due(struct store *store, struct arena *arena, int64_t account,
                            int64_t by_ms, struct invoice *ret_invoice)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, Q_NEXT_DUE);
    store_bind(q, "ii", account, by_ms);
    return read_one(store, arena, q, ret_invoice);
}

int64_t store_invoice_first_due(struct store *store, int64_t account)
{
    return read_number(store, Q_FIRST_DUE, account, TIME_NONE);
}

/* Counting a million rows takes a while, so it is done once. */
int64_t store_invoice_count(struct store *store)
{
    if (store->invoice_count < 0) {
        store->invoice_count = read_number(store, Q_COUNT, 0, 0);
    }
    return store->invoice_count;
}

int64_t store_invoice_count_of(struct store *store, int64_t account, enum invoice_kind kind,
                               int64_t most)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, Q_COUNT_OF_ACCOUNT);
    int64_t n = 0;
    store_bind(q, "iiii", account, invoice_first(kind), invoice_last(kind), most);
    while (store_step(store, q)) {
        n = store_column_int(q, 0);
    }
    return n;
}

int64_t store_invoice_due_count(struct store *store)
{
    return read_number(store, Q_DUE_COUNT, 0, 0);
}

int64_t store_invoice_overdue(struct store *store, int64_t account, int64_t before_ms)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, Q_OVERDUE);
    int64_t n = 0;
    store_bind(q, "ii", account, before_ms);
    while (store_step(store, q)) {
        n = store_column_int(q, 0);
    }
    return n;
}

/* Deletes the rows that a bound query finds, at most `limit`, with all that belongs to them. */
static int64_t purge_found(struct store *store, sqlite3_stmt *find, int64_t limit)
{
    static const int queries[] = {Q_PURGE_ATTEMPTS, Q_PURGE_CALLBACKS, Q_PURGE_TRANSITIONS,
                                  Q_PURGE_REFUNDS, Q_PURGE};
    struct arena arena = {0};
    int64_t *seqs = arena_alloc(&arena, (size_t)limit * sizeof *seqs);
    int64_t n = 0;
    while (store_step(store, find)) {
        seqs[n++] = store_column_int(find, 0);
    }
    if (n) {
        store_sequence_keep_invoices(store);
    }
    for (int64_t i = 0; i < n; i++) {
        for (size_t k = 0; k < ARRAY_SIZE(queries); k++) {
            sqlite3_stmt *q = store_write_query(store, STORE_INVOICE, queries[k]);
            store_bind(q, "i", seqs[i]);
            store_run(store, q);
        }
    }
    arena_finish(&arena);
    return n;
}

int64_t store_invoice_purge(struct store *store, int64_t account, int64_t before_ms, int64_t limit)
{
    int64_t n = 0;
    for (int i = 0; i < INVOICE_KINDS; i++) { /* each has its oldest rows */
        enum invoice_kind kind = (enum invoice_kind)i;
        sqlite3_stmt *find = store_query(store, STORE_INVOICE, Q_PURGEABLE);
        store_bind(find, "iiiii", account, before_ms, limit, invoice_first(kind),
                   invoice_last(kind));
        n += purge_found(store, find, limit);
    }
    if (n) {
        store->invoice_count = -1;
    }
    return n;
}

bool store_invoice_sweep(struct store *store, int64_t account, int64_t limit)
{
    sqlite3_stmt *find = store_query(store, STORE_INVOICE, Q_LEFT_OVER);
    store_bind(find, "ii", account, limit);
    return purge_found(store, find, limit) < limit;
}

/* ------------------------------------------------------------------ transitions */

void store_transition_bind(sqlite3_stmt *q, const struct transition *t)
{
    store_bind(q, "iiiiitt", t->invoice, t->at_ms, t->wall_ms, (int64_t)t->old, (int64_t)t->new,
               t->resolution, t->cause);
}

void store_transition_read(sqlite3_stmt *q, struct transition *ret_transition)
{
    *ret_transition = (struct transition){
        .invoice = store_column_int(q, 0),
        .at_ms = store_column_int(q, 1),
        .wall_ms = store_column_int(q, 2),
        .old = (enum status)store_column_int(q, 3),
        .new = (enum status)store_column_int(q, 4),
        .resolution = (const char *)sqlite3_column_text(q, 5),
        .cause = (const char *)sqlite3_column_text(q, 6),
    };
}

void store_transition_insert(struct store *store, const struct transition *t)
{
    sqlite3_stmt *q = store_write_query(store, STORE_INVOICE, Q_TRANSITION_INSERT);
    store_transition_bind(q, t);
    store_run(store, q);
}

void store_transition_all(struct store *store, int64_t invoice,
                          void (*each)(void *arg, const struct transition *row), void *arg)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, Q_TRANSITION_ALL);
    store_bind(q, "i", invoice);
    while (store_step(store, q)) {
        struct transition row;
        store_transition_read(q, &row);
        each(arg, &row);
    }
}
