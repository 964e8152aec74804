#include "store_leftover.h"

#include "base/attr.h"
#include "store/store_private.h"

enum { Q_ADD, Q_FIRST, Q_REMOVE };

static const char *const sql[] = {
    [Q_ADD] = "INSERT INTO leftover (kind, num) VALUES (?1, ?2)",
    [Q_FIRST] = "SELECT kind, num FROM leftover LIMIT 1",
    [Q_REMOVE] = "DELETE FROM leftover WHERE kind = ?1 AND num = ?2",
};

_Static_assert(STORE_LEFTOVER_ACCOUNT == 0 && STORE_LEFTOVER_SNAPSHOT == 1,
               "kinds are stored, and named by number in the statements");

const struct store_queries store_leftover_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

static void run_for(struct store *store, int query, enum store_leftover kind, int64_t num)
{
    sqlite3_stmt *q = store_write_query(store, STORE_LEFTOVER, query);
    store_bind(q, kind, num);
    store_run(store, q);
}

void store_leftover_add(struct store *store, enum store_leftover kind, int64_t num)
{
    run_for(store, Q_ADD, kind, num);
}

bool store_leftover_sweep(struct store *store, int64_t limit)
{
    sqlite3_stmt *q = store_query(store, STORE_LEFTOVER, Q_FIRST);
    bool found = false;
    int64_t num = 0;
    enum store_leftover kind = STORE_LEFTOVER_ACCOUNT;
    while (store_step(store, q)) {
        found = true;
        kind = (enum store_leftover)store_column_int(q, 0);
        num = store_column_int(q, 1);
    }
    if (!found) {
        return false;
    }
    bool all = kind == STORE_LEFTOVER_ACCOUNT ? store_invoice_sweep(store, num, limit)
                                              : store_copy_sweep(store, num, limit);
    if (all) {
        run_for(store, Q_REMOVE, kind, num);
    }
    return true;
}
