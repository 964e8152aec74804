#include "store_invoice.h"

#include "base/attr.h"
#include "store/store_private.h"

enum { Q_INSERT, Q_ALL };

static const char *const sql[] = {
    [Q_INSERT] = "INSERT INTO transition ({transition}) VALUES ({transition ?})",
    [Q_ALL] = "SELECT {transition} FROM transition WHERE invoice = ?1 ORDER BY seq",
};

const struct store_queries store_transition_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

void store_transition_insert(struct store *store, const struct transition *t)
{
    sqlite3_stmt *q = store_write_query(store, STORE_TRANSITION, Q_INSERT);
    store_bind_row(q, &row_transition, t);
    store_run(store, q);
}

void store_transition_all(struct store *store, int64_t invoice,
                          void (*each)(void *arg, const struct transition *row), void *arg)
{
    sqlite3_stmt *q = store_query(store, STORE_TRANSITION, Q_ALL);
    struct transition row = {0};
    store_bind(q, invoice);
    while (store_next_row(store, NULL, q, &row_transition, &row)) {
        each(arg, &row);
    }
}
