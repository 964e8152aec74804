#include "store_refund.h"

#include "store/store_private.h"

enum { Q_INSERT, Q_UPDATE, Q_BY_REFERENCE, Q_PENDING, Q_ALL };

#define SELECT "SELECT {refund} FROM refund WHERE "

static const char *const sql[] = {
    [Q_INSERT] = ("INSERT INTO refund ({refund}) VALUES ({refund ?})"
                  " ON CONFLICT (account, reference_id) DO NOTHING"),
    [Q_UPDATE] = "UPDATE refund SET {refund =} WHERE account = ? AND reference_id = ?",
    [Q_BY_REFERENCE] = SELECT "account = ?1 AND reference_id = ?2",
    [Q_PENDING] = SELECT "invoice = ?1 AND status = 0",
    [Q_ALL] = SELECT "invoice = ?1 ORDER BY seq",
};

_Static_assert(REFUND_PENDING == 0 && REFUND_DONE == 1 && REFUND_FAILED == 2,
               "statuses are stored, and named by number in the statements");

const struct store_queries store_refund_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

bool store_refund_insert(struct store *store, const struct refund *refund)
{
    sqlite3_stmt *q = store_write_query(store, STORE_REFUND, Q_INSERT);
    store_bind_row(q, &row_refund, refund);
    return store_run(store, q);
}

void store_refund_update(struct store *store, const struct refund *refund)
{
    sqlite3_stmt *q = store_write_query(store, STORE_REFUND, Q_UPDATE);
    int n = store_bind_changes(q, &row_refund, refund);
    store_bind_from(q, n + 1, refund->account, refund->reference_id);
    store_run(store, q);
}

bool store_refund_by_reference(struct store *store, struct arena *arena, int64_t account,
                               const char *reference_id, struct refund *ret_refund)
{
    sqlite3_stmt *q = store_query(store, STORE_REFUND, Q_BY_REFERENCE);
    store_bind(q, account, reference_id);
    return store_one_row(store, arena, q, &row_refund, ret_refund);
}

bool store_refund_pending(struct store *store, struct arena *arena, int64_t invoice,
                          struct refund *ret_refund)
{
    sqlite3_stmt *q = store_query(store, STORE_REFUND, Q_PENDING);
    store_bind(q, invoice);
    return store_one_row(store, arena, q, &row_refund, ret_refund);
}

size_t store_refund_all(struct store *store, struct arena *arena, int64_t invoice,
                        struct refund **ret_refunds)
{
    sqlite3_stmt *q = store_query(store, STORE_REFUND, Q_ALL);
    store_bind(q, invoice);
    return store_all_rows(store, arena, q, &row_refund, ret_refunds);
}
