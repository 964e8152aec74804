#include "store_invoice.h"

#include "base/buf.h"
#include "store/store_private.h"

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
};

#define FILTER                                                                                     \
    " WHERE account = ?1 AND (?2 IS NULL OR service = ?2) AND (?3 IS NULL OR currency = ?3)"       \
    " AND (?4 IS NULL OR status = ?4) AND (?5 IS NULL OR test_mode = ?5)"                          \
    " AND (?6 IS NULL OR created_ms >= ?6) AND (?7 IS NULL OR created_ms < ?7)"                    \
    " AND seq BETWEEN ?8 AND ?9"

/* As the index of references has it. */
#define IS_PAYOUT "(seq >= " STORE_PAYOUTS ")"

/* Rows that are left over are as good as gone; there are few of them, as a rule, or none. */
#define LEFT_OVER "account IN (SELECT num FROM leftover WHERE kind = 0)"

static const char *const sql[] = {
    [Q_INSERT] = "INSERT INTO invoice ({invoice}) VALUES ({invoice ?})"
                 " ON CONFLICT (account, reference_id, " IS_PAYOUT ") DO NOTHING",
    [Q_UPDATE] = "UPDATE invoice SET {invoice =} WHERE seq = ?",
    [Q_GET] = "SELECT {invoice} FROM invoice WHERE seq = ?1",
    [Q_BY_REFERENCE] = "SELECT {invoice} FROM invoice WHERE account = ?1 AND reference_id = ?2"
                       " AND " IS_PAYOUT " = ?3",
    [Q_LIST_OLDER] = "SELECT {invoice} FROM invoice" FILTER " ORDER BY seq DESC LIMIT ?10",
    [Q_LIST_NEWER] = "SELECT {invoice} FROM invoice" FILTER " ORDER BY seq LIMIT ?10",
    [Q_NEXT_DUE] = "SELECT {invoice} FROM invoice WHERE account = ?1 AND due_ms <= ?2"
                   " ORDER BY due_ms, seq LIMIT 1",
    [Q_FIRST_DUE] = "SELECT due_ms FROM invoice WHERE account = ?1 AND due_ms IS NOT NULL"
                    " ORDER BY due_ms LIMIT 1",
    [Q_COUNT] = "SELECT (SELECT count(*) FROM invoice) -"
                " (SELECT count(*) FROM invoice WHERE " LEFT_OVER ")",
    [Q_COUNT_OF_ACCOUNT] = "SELECT count(*) FROM (SELECT 1 FROM invoice WHERE account = ?1"
                           " AND seq BETWEEN ?2 AND ?3 LIMIT ?4)",
    [Q_DUE_COUNT] = "SELECT (SELECT count(*) FROM invoice WHERE due_ms IS NOT NULL) -"
                    " (SELECT count(*) FROM invoice WHERE due_ms IS NOT NULL AND " LEFT_OVER ")",
    [Q_OVERDUE] = "SELECT count(*) FROM invoice WHERE account = ?1 AND due_ms < ?2",
};

const struct store_queries store_invoice_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

int64_t store_invoice_next_seq(struct store *store, enum invoice_kind kind)
{
    return store_sequence_next(store, store_sequence_of(kind));
}

bool store_invoice_insert(struct store *store, struct invoice *invoice)
{
    sqlite3_stmt *q = store_write_query(store, STORE_INVOICE, Q_INSERT);
    store_bind_row(q, &row_invoice, invoice);
    if (!store_run(store, q)) {
        return false;
    }
    store->invoice_count += store->invoice_count >= 0;
    return true;
}

void store_invoice_update(struct store *store, const struct invoice *invoice)
{
    sqlite3_stmt *q = store_write_query(store, STORE_INVOICE, Q_UPDATE);
    store_bind_from(q, store_bind_changes(q, &row_invoice, invoice) + 1, invoice->seq);
    store_run(store, q);
}

bool store_invoice_get(struct store *store, struct arena *arena, int64_t seq,
                       struct invoice *ret_invoice)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, Q_GET);
    store_bind(q, seq);
    return store_one_row(store, arena, q, &row_invoice, ret_invoice);
}

bool store_invoice_by_reference(struct store *store, struct arena *arena, int64_t account,
                                enum invoice_kind kind, const char *reference_id,
                                struct invoice *ret_invoice)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, Q_BY_REFERENCE);
    store_bind(q, account, reference_id, kind == INVOICE_PAYOUT);
    return store_one_row(store, arena, q, &row_invoice, ret_invoice);
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
    store_bind(q, account, filter->service, filter->currency, filter->status, filter->test_mode,
               filter->created_from_ms, filter->created_before_ms, first, last, filter->limit);
    size_t n = store_all_rows(store, arena, q, &row_invoice, ret_invoices);
    struct invoice *rows = *ret_invoices;
    for (size_t i = 0; newer && i < n / 2; i++) {
        struct invoice row = rows[i];
        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = row;
    }
    return n;
}

bool store_invoice_next_due(struct store *store, struct arena *arena, int64_t account,
                            int64_t by_ms, struct invoice *ret_invoice)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, Q_NEXT_DUE);
    store_bind(q, account, by_ms);
    return store_one_row(store, arena, q, &row_invoice, ret_invoice);
}

int64_t store_invoice_first_due(struct store *store, int64_t account)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, Q_FIRST_DUE);
    store_bind(q, account);
    return store_one_int(store, q, TIME_NONE);
}

/* Counting a million rows takes a while, so it is done once. */
int64_t store_invoice_count(struct store *store)
{
    if (store->invoice_count < 0) {
        store->invoice_count = store_one_int(store, store_query(store, STORE_INVOICE, Q_COUNT), 0);
    }
    return store->invoice_count;
}

int64_t store_invoice_count_of(struct store *store, int64_t account, enum invoice_kind kind,
                               int64_t most)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, Q_COUNT_OF_ACCOUNT);
    store_bind(q, account, invoice_first(kind), invoice_last(kind), most);
    return store_one_int(store, q, 0);
}

int64_t store_invoice_due_count(struct store *store)
{
    return store_one_int(store, store_query(store, STORE_INVOICE, Q_DUE_COUNT), 0);
}

int64_t store_invoice_overdue(struct store *store, int64_t account, int64_t before_ms)
{
    sqlite3_stmt *q = store_query(store, STORE_INVOICE, Q_OVERDUE);
    store_bind(q, account, before_ms);
    return store_one_int(store, q, 0);
}
