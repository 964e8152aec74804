#include "store_refund.h"

#include "store/store_private.h"

enum { Q_INSERT, Q_UPDATE, Q_BY_REFERENCE, Q_PENDING, Q_ALL, Q_COUNT_OF_ALL };

#define SELECT "SELECT " STORE_REFUND_COLUMNS " FROM refund WHERE "

static const char *const sql[] = {
    [Q_INSERT] = ("INSERT INTO refund (" STORE_REFUND_COLUMNS ")"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
                  " ON CONFLICT (account, reference_id) DO NOTHING"),
    [Q_UPDATE] = ("UPDATE refund SET (amount, status, finished_ms) = (?3, ?4, ?5)"
                  " WHERE account = ?1 AND reference_id = ?2"),
    [Q_BY_REFERENCE] = SELECT "account = ?1 AND reference_id = ?2",
    [Q_PENDING] = SELECT "invoice = ?1 AND status = 0",
    [Q_ALL] = SELECT "invoice = ?1 ORDER BY seq",
    [Q_COUNT_OF_ALL] = "SELECT count(*) FROM refund WHERE invoice = ?1",
};

_Static_assert(REFUND_PENDING == 0 && REFUND_DONE == 1 && REFUND_FAILED == 2,
               "statuses are stored, and named by number in the statements");

const struct store_queries store_refund_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

void store_refund_bind(sqlite3_stmt *q, const struct refund *refund)
{
    store_bind(q, "iititiii", refund->invoice, refund->account, refund->reference_id,
               refund->amount, refund->description, (int64_t)refund->status, refund->created_ms,
               refund->finished_ms);
}

void store_refund_read(struct arena *arena, sqlite3_stmt *q, struct refund *ret_refund)
{
    *ret_refund = (struct refund){
        .invoice = store_column_int(q, 0),
        .account = store_column_int(q, 1),
        .reference_id = store_column_text(arena, q, 2),
        .amount = store_column_int(q, 3),
        .description = store_column_text(arena, q, 4),
        .status = (enum refund_status)store_column_int(q, 5),
        .created_ms = store_column_int(q, 6),
        .finished_ms = store_column_int(q, 7),
    };
}

bool store_refund_insert(struct store *store, const struct refund *refund)
{
    sqlite3_stmt *q = store_write_query(store, STORE_REFUND, Q_INSERT);
    store_refund_bind(q, refund);
    return store_run(store, q);
}

void store_refund_update(struct store *store, const struct refund *refund)
{
    sqlite3_stmt *q = store_write_query(store, STORE_REFUND, Q_UPDATE);
    store_bind(q, "itiii", refund->account, refund->reference_id, refund->amount,
               (int64_t)refund->status, refund->finished_ms);
    store_run(store, q);
}

/* The one row of a bound query. */
static bool read_one(struct store *store, struct arena *arena, sqlite3_stmt *q,
                     struct refund *ret_refund)
{
    bool found = false;
    while (store_step(store, q)) {
        store_refund_read(arena, q, ret_refund);
        found = true;
    }
    return found;
}

bool store_refund_by_reference(struct store *store, struct arena *arena, int64_t account,
                               const char *reference_id, struct refund *ret_refund)
{
    sqlite3_stmt *q = store_query(store, STORE_REFUND, Q_BY_REFERENCE);
    store_bind(q, "it", account, reference_id);
    return read_one(store, arena, q, ret_refund);
}

bool store_refund_pending(struct store *store, struct arena *arena, int64_t invoice,
                          struct refund *ret_refund)
{
    sqlite3_stmt *q = store_query(store, STORE_REFUND, Q_PENDING);
    store_bind(q, "i", invoice);
    return read_one(store, arena, q, ret_refund);
}

static size_t count_of(struct store *store, int64_t invoice)
{
    sqlite3_stmt *q = store_query(store, STORE_REFUND, Q_COUNT_OF_ALL);
    size_t n = 0;
    store_bind(q, "i", invoice);
    while (store_step(store, q)) {
        n = (size_t)store_column_int(q, 0);
    }
    return n;
}

size_t store_refund_all(struct store *store, struct arena *arena, int64_t invoice,
                        struct refund **ret_refunds)
{
    size_t room = count_of(store, invoice), n = 0;
    struct refund *rows = arena_alloc(arena, room * sizeof *rows + 1);
    sqlite3_stmt *q = store_query(store, STORE_REFUND, Q_ALL);
    store_bind(q, "i", invoice);
    while (store_step(store, q)) {
        store_refund_read(arena, q, &rows[n++]);
    }
    *ret_refunds = rows;
    return n;
}
