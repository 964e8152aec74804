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
    Q_COUNT_OF_QUERIES,
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

static const char *const sql[Q_COUNT_OF_QUERIES] = {
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

/* Of those that give whole rows, what follows the columns. */
static const char *const tails[Q_COUNT_OF_QUERIES] = {
    [Q_GET] = " WHERE seq = ?1",
    [Q_BY_REFERENCE] = " WHERE account = ?1 AND reference_id = ?2 AND " IS_PAYOUT " = ?3",
    [Q_LIST_OLDER] = FILTER " ORDER BY seq DESC LIMIT ?10",
    [Q_LIST_NEWER] = FILTER " ORDER BY seq LIMIT ?10",
    [Q_NEXT_DUE] = " WHERE account = ?1 AND due_ms <= ?2 ORDER BY due_ms, seq LIMIT 1",
};

static void write_insert(struct buf *out, const char *names)
{
    buf_printf(out, "INSERT INTO invoice (%s) VALUES (", names);
    for (int i = 1; i <= store_invoice_width(); i++) {
        buf_printf(out, "%s?%d", i > 1 ? ", " : "", i);
    }
    buf_text(out, ") ON CONFLICT (account, reference_id, " IS_PAYOUT ") DO NOTHING");
}

static void write_update(struct buf *out)
{
    buf_text(out, "UPDATE invoice SET ");
    store_invoice_assignments(out);
    buf_text(out, " WHERE seq = ?1");
}

static bool write_queries(struct store *store, struct buf *ret_texts)
{
    (void)store;
    buf_auto names = {0};
    store_invoice_columns(&names);
    write_insert(&ret_texts[Q_INSERT], buf_str(&names));
    write_update(&ret_texts[Q_UPDATE]);
    for (int i = 0; i < Q_COUNT_OF_QUERIES; i++) {
        if (tails[i]) {
            buf_printf(&ret_texts[i], "SELECT %s FROM invoice%s", names.data, tails[i]);
        } else if (sql[i]) {
            buf_text(&ret_texts[i], sql[i]);
        }
    }
    return true;
}

const struct store_queries store_invoice_queries = {.write = write_queries,
                                                    .n = Q_COUNT_OF_QUERIES};

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
    store_invoice_bind_changes(q, invoice);
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
