#include "store_invoice.h"

#include "base/attr.h"
#include "store/store_private.h"

enum { Q_INSERT, Q_ALL };

static const char *const sql[] = {
    [Q_INSERT] = "INSERT INTO transition (" STORE_TRANSITION_COLUMNS ")"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [Q_ALL] = "SELECT " STORE_TRANSITION_COLUMNS " FROM transition WHERE invoice = ?1 ORDER BY seq",
};

const struct store_queries store_transition_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

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
    sqlite3_stmt *q = store_write_query(store, STORE_TRANSITION, Q_INSERT);
    store_transition_bind(q, t);
    store_run(store, q);
}

void store_transition_all(struct store *store, int64_t invoice,
                          void (*each)(void *arg, const struct transition *row), void *arg)
{
    sqlite3_stmt *q = store_query(store, STORE_TRANSITION, Q_ALL);
    store_bind(q, "i", invoice);
    while (store_step(store, q)) {
        struct transition row;
        store_transition_read(q, &row);
        each(arg, &row);
    }
}
