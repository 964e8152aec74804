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
    Q_LIST_NAMED_OLDER,
    Q_LIST_NAMED_NEWER,
    Q_NEXT_DUE,
    Q_FIRST_DUE,
    Q_COUNT,
    Q_COUNT_OF_ACCOUNT,
    Q_USES,
    Q_SERVICES,
    Q_DUE_COUNT,
    Q_OVERDUE,
    Q_TRANSITION_INSERT,
    Q_TRANSITION_ALL,
    Q_REFUND_INSERT,
    Q_REFUND_UPDATE,
    Q_REFUND_BY_REFERENCE,
    Q_REFUND_BY_ID,
    Q_REFUND_PENDING,
    Q_REFUND_ALL,
    Q_REFUND_UNDO,
};

/* The column has one of the values of a JSON array, or none of them (struct invoice_values). */
#define HOLDS(column, list, negated)                                                               \
    " AND (" list " IS NULL OR ((" column " IN (SELECT value FROM json_each(" list "))) IS TRUE)"  \
    " <> " negated ")"

#define FILTER                                                                                     \
    " WHERE account = ?1 AND seq BETWEEN ?2 AND ?3"                                                \
    " AND (?4 IS NULL OR created_ms >= ?4) AND (?5 IS NULL OR created_ms < ?5)" HOLDS(             \
        "seq", "?7", "?8") HOLDS("status", "?9", "?10") HOLDS("service", "?11", "?12")             \
        HOLDS("currency", "?13", "?14") HOLDS("test_mode", "?15", "?16")

/* Implied by FILTER if ids are named. It lets SQLite look them up instead of reading every row. */
#define NAMED " AND seq IN (SELECT value FROM json_each(?7))"

/* The first of the parameters of enum invoice_column, two each, in its order. */
#define FILTER_VALUES 7

/* The condition of the index of references. */
#define IS_PAYOUT "(seq >= " STORE_PAYOUTS ")"

/* Garbage does not count; there is little of it. */
#define IS_GARBAGE "account IN (SELECT num FROM leftover WHERE kind <> 1)"

#define REFUND "SELECT {refund} FROM refund WHERE "

static const char *const sql[] = {
    [Q_INSERT] = "INSERT INTO invoice ({invoice}) VALUES ({invoice ?})"
                 " ON CONFLICT (account, reference_id, " IS_PAYOUT ") DO NOTHING",
    [Q_UPDATE] = "UPDATE invoice SET {invoice =} WHERE seq = ?",
    [Q_GET] = "SELECT {invoice} FROM invoice WHERE seq = ?1",
    [Q_BY_REFERENCE] = "SELECT {invoice} FROM invoice WHERE account = ?1 AND reference_id = ?2"
                       " AND " IS_PAYOUT " = ?3",
    [Q_LIST_OLDER] = "SELECT {invoice} FROM invoice" FILTER " ORDER BY seq DESC LIMIT ?6",
    [Q_LIST_NEWER] = "SELECT {invoice} FROM invoice" FILTER " ORDER BY seq LIMIT ?6",
    [Q_LIST_NAMED_OLDER] =
        "SELECT {invoice} FROM invoice" FILTER NAMED " ORDER BY seq DESC LIMIT ?6",
    [Q_LIST_NAMED_NEWER] = "SELECT {invoice} FROM invoice" FILTER NAMED " ORDER BY seq LIMIT ?6",
    [Q_NEXT_DUE] = "SELECT {invoice} FROM invoice WHERE account = ?1 AND due_ms <= ?2"
                   " ORDER BY due_ms, seq LIMIT 1",
    [Q_FIRST_DUE] = "SELECT due_ms FROM invoice WHERE account = ?1 AND due_ms IS NOT NULL"
                    " ORDER BY due_ms LIMIT 1",
    [Q_COUNT] = "SELECT (SELECT count(*) FROM invoice) -"
                " (SELECT count(*) FROM invoice WHERE " IS_GARBAGE ")",
    [Q_COUNT_OF_ACCOUNT] = "SELECT count(*) FROM (SELECT 1 FROM invoice WHERE account = ?1"
                           " AND seq BETWEEN ?2 AND ?3 LIMIT ?4)",
    [Q_USES] = ("SELECT EXISTS (SELECT 1 FROM invoice WHERE account = ?1"
                " AND seq BETWEEN ?2 AND ?3 AND service = ?4)"),
    [Q_SERVICES] = "SELECT account, service, count(*) FROM"
                   " (SELECT account, service FROM invoice WHERE seq BETWEEN ?1 AND ?2"
                   " ORDER BY seq DESC LIMIT ?3) WHERE service IS NOT NULL GROUP BY 1, 2",
    [Q_DUE_COUNT] = "SELECT (SELECT count(*) FROM invoice WHERE due_ms IS NOT NULL) -"
                    " (SELECT count(*) FROM invoice WHERE due_ms IS NOT NULL AND " IS_GARBAGE ")",
    [Q_OVERDUE] = "SELECT count(*) FROM invoice WHERE account = ?1 AND due_ms < ?2",
    [Q_TRANSITION_INSERT] = "INSERT INTO transition ({transition}) VALUES ({transition ?})",
    [Q_TRANSITION_ALL] = "SELECT {transition} FROM transition WHERE invoice = ?1 ORDER BY seq",
    [Q_REFUND_INSERT] = ("INSERT INTO refund ({refund}) VALUES ({refund ?})"
                         " ON CONFLICT (account, reference_id) DO NOTHING"),
    [Q_REFUND_UPDATE] = "UPDATE refund SET {refund =} WHERE account = ? AND reference_id = ?",
    [Q_REFUND_BY_REFERENCE] = REFUND "account = ?1 AND reference_id = ?2",
    [Q_REFUND_BY_ID] = REFUND "id = ?1 AND account = ?2",
    [Q_REFUND_PENDING] = REFUND "invoice = ?1 AND status = 0",
    [Q_REFUND_ALL] = REFUND "invoice = ?1 ORDER BY created_ms, seq",
    [Q_REFUND_UNDO] = "UPDATE refund SET status = 2 WHERE invoice = ?1 AND status = 1",
};

_Static_assert(REFUND_PENDING == 0 && REFUND_DONE == 1 && REFUND_FAILED == 2,
               "the statuses are named by number in the statements");

const struct store_queries store_invoice_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

int64_t store_invoice_next_seq(struct store *store, enum invoice_kind kind)
{
    return store_sequence_next(store, store_sequence_of(kind));
}

bool store_invoice_insert(struct store *store, struct invoice *invoice)
{
    if (!store_insert(store, STORE_INVOICE, Q_INSERT, &row_invoice, invoice)) {
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
    sqlite3_stmt *q = store_ask(store, STORE_INVOICE, Q_GET, seq);
    return store_one_row(store, arena, q, &row_invoice, ret_invoice);
}

bool store_invoice_by_reference(struct store *store, struct arena *arena, int64_t account,
                                enum invoice_kind kind, const char *reference_id,
                                struct invoice *ret_invoice)
{
    sqlite3_stmt *q = store_ask(store, STORE_INVOICE, Q_BY_REFERENCE, account, reference_id,
                                kind == INVOICE_PAYOUT);
    return store_one_row(store, arena, q, &row_invoice, ret_invoice);
}

size_t store_invoice_list(struct store *store, struct arena *arena, int64_t account,
                          const struct invoice_list *list, struct invoice **ret_invoices)
{
    static const int queries[2][2] = {{Q_LIST_OLDER, Q_LIST_NEWER},
                                      {Q_LIST_NAMED_OLDER, Q_LIST_NAMED_NEWER}};
    const struct invoice_values *ids = &list->values[COLUMN_SEQ];
    sqlite3_stmt *q =
        store_ask(store, STORE_INVOICE, queries[ids->list && !ids->negated][list->upward], account,
                  list->first_seq, list->last_seq, list->created_from_ms, list->created_before_ms,
                  list->limit);
    for (int i = 0; i < INVOICE_COLUMNS; i++) {
        store_bind_from(q, FILTER_VALUES + 2 * i, list->values[i].list, list->values[i].negated);
    }
    return list->upward ? store_all_rows_reversed(store, arena, q, &row_invoice, ret_invoices)
                        : store_all_rows(store, arena, q, &row_invoice, ret_invoices);
}

bool store_invoice_next_due(struct store *store, struct arena *arena, int64_t account,
                            int64_t by_ms, struct invoice *ret_invoice)
{
    sqlite3_stmt *q = store_ask(store, STORE_INVOICE, Q_NEXT_DUE, account, by_ms);
    return store_one_row(store, arena, q, &row_invoice, ret_invoice);
}

int64_t store_invoice_first_due(struct store *store, int64_t account)
{
    return store_one_int(store, store_ask(store, STORE_INVOICE, Q_FIRST_DUE, account), TIME_NONE);
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
    return store_one_int(store,
                         store_ask(store, STORE_INVOICE, Q_COUNT_OF_ACCOUNT, account,
                                   invoice_kinds[kind].first, invoice_kinds[kind].last, most),
                         0);
}

bool store_invoice_uses(struct store *store, int64_t account, enum invoice_kind kind,
                        const char *service)
{
    return store_one_int(store,
                         store_ask(store, STORE_INVOICE, Q_USES, account, invoice_kinds[kind].first,
                                   invoice_kinds[kind].last, service),
                         0);
}

void store_invoice_services(struct store *store, enum invoice_kind kind, int64_t newest,
                            void (*each)(void *arg, const struct service_use *use), void *arg)
{
    sqlite3_stmt *q = store_ask(store, STORE_INVOICE, Q_SERVICES, invoice_kinds[kind].first,
                                invoice_kinds[kind].last, newest);
    while (store_step(store, q)) {
        const struct service_use use = {
            .account = sqlite3_column_int64(q, 0),
            .kind = kind,
            .service = (const char *)sqlite3_column_text(q, 1),
            .n = sqlite3_column_int64(q, 2),
        };
        each(arg, &use);
    }
}

int64_t store_invoice_due_count(struct store *store)
{
    return store_one_int(store, store_query(store, STORE_INVOICE, Q_DUE_COUNT), 0);
}

int64_t store_invoice_overdue(struct store *store, int64_t account, int64_t before_ms)
{
    return store_one_int(store, store_ask(store, STORE_INVOICE, Q_OVERDUE, account, before_ms), 0);
}

/* ------------------------------------------------------------------ transitions and refunds */

void store_transition_insert(struct store *store, const struct transition *t)
{
    store_insert(store, STORE_INVOICE, Q_TRANSITION_INSERT, &row_transition, t);
}

void store_transition_all(struct store *store, int64_t invoice,
                          void (*each)(void *arg, const struct transition *row), void *arg)
{
    sqlite3_stmt *q = store_ask(store, STORE_INVOICE, Q_TRANSITION_ALL, invoice);
    struct transition row = {0};
    while (store_next_row(store, NULL, q, &row_transition, &row)) {
        each(arg, &row);
    }
}

static void keep_first(void *arg, const struct transition *row)
{
    enum status *start = arg;
    *start = *start == STATUS_COUNT ? row->old : *start;
}

enum status store_invoice_start(struct store *store, const struct invoice *invoice)
{
    enum status start = STATUS_COUNT;
    store_transition_all(store, invoice->seq, keep_first, &start);
    return start == STATUS_COUNT ? invoice->status : start;
}

bool store_refund_insert(struct store *store, const struct refund *refund)
{
    return store_insert(store, STORE_INVOICE, Q_REFUND_INSERT, &row_refund, refund);
}

void store_refund_update(struct store *store, const struct refund *refund)
{
    sqlite3_stmt *q = store_write_query(store, STORE_INVOICE, Q_REFUND_UPDATE);
    int n = store_bind_changes(q, &row_refund, refund);
    store_bind_from(q, n + 1, refund->account, refund->reference_id);
    store_run(store, q);
}

bool store_refund_by_reference(struct store *store, struct arena *arena, int64_t account,
                               const char *reference_id, struct refund *ret_refund)
{
    sqlite3_stmt *q = store_ask(store, STORE_INVOICE, Q_REFUND_BY_REFERENCE, account, reference_id);
    return store_one_row(store, arena, q, &row_refund, ret_refund);
}

bool store_refund_by_id(struct store *store, struct arena *arena, int64_t account, const char *id,
                        struct refund *ret_refund)
{
    sqlite3_stmt *q = store_ask(store, STORE_INVOICE, Q_REFUND_BY_ID, id, account);
    return store_one_row(store, arena, q, &row_refund, ret_refund);
}

bool store_refund_pending(struct store *store, struct arena *arena, int64_t invoice,
                          struct refund *ret_refund)
{
    sqlite3_stmt *q = store_ask(store, STORE_INVOICE, Q_REFUND_PENDING, invoice);
    return store_one_row(store, arena, q, &row_refund, ret_refund);
}

void store_refund_undo(struct store *store, int64_t invoice)
{
    sqlite3_stmt *q = store_write_query(store, STORE_INVOICE, Q_REFUND_UNDO);
    store_bind(q, invoice);
    store_run(store, q);
}

size_t store_refund_all(struct store *store, struct arena *arena, int64_t invoice,
                        struct refund **ret_refunds)
{
    sqlite3_stmt *q = store_ask(store, STORE_INVOICE, Q_REFUND_ALL, invoice);
    return store_all_rows(store, arena, q, &row_refund, ret_refunds);
}
