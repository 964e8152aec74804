/*
 * The rows of an account, copied into a snapshot and back by SQL alone: all columns of each table,
 * whatever they are. A table of which an account has rows stands in `tables`, and in schema/db with
 * a copy of itself behind the prefix snapshot_.
 */
#include "base/buf.h"
#include "store/store_private.h"

static const struct {
    const char *name;
    const char *of_account; /* which rows are those of account ?2 */
    bool renumbered;        /* its seq names nothing outside: rows come back with new ones */
} tables[] = {
    {"invoice", "account = ?2", false},
    {"transition", "invoice IN (SELECT seq FROM invoice WHERE account = ?2)", true},
    {"callback", "account = ?2", false},
    {"attempt", "callback IN (SELECT seq FROM callback WHERE account = ?2)", false},
    {"outcome", "account = ?2", true},
    {"balance", "account = ?2", false},
    {"refund", "account = ?2", true},
};

/* What may still be there of rows that come back: they were left over and not swept. The order is
 * that in which the rows refer to each other. */
#define COMING(column, table) "(SELECT " column " FROM " table " WHERE snapshot = ?1)"
static const char *const make_room[] = {
    "DELETE FROM attempt WHERE callback IN (SELECT seq FROM callback WHERE invoice IN " COMING(
        "seq", "snapshot_invoice") ")",
    "DELETE FROM attempt WHERE callback IN " COMING("seq", "snapshot_callback"),
    "DELETE FROM callback WHERE invoice IN " COMING("seq", "snapshot_invoice"),
    "DELETE FROM callback WHERE seq IN " COMING("seq", "snapshot_callback"),
    "DELETE FROM transition WHERE invoice IN " COMING("seq", "snapshot_invoice"),
    "DELETE FROM refund WHERE invoice IN " COMING("seq", "snapshot_invoice"),
    "DELETE FROM invoice WHERE seq IN " COMING("seq", "snapshot_invoice"),
};

#define TABLES ARRAY_SIZE(tables)

/* The statements: each kind has one for every table, in the order of the tables. */
enum {
    Q_OUT = 0,
    Q_IN = Q_OUT + TABLES,
    Q_SWEEP = Q_IN + TABLES,
    Q_MAKE_ROOM = Q_SWEEP + TABLES,
    Q_REQUEUE = Q_MAKE_ROOM + ARRAY_SIZE(make_room),
    Q_COUNT_OF_QUERIES,
};

_Static_assert(Q_COUNT_OF_QUERIES <= STORE_STATEMENTS_MOST, "room for the statements");

/* ------------------------------------------------------------------ the statements */

/* The names of a table's columns, and how they read when a row comes back. */
static bool read_columns(struct store *store, size_t table, struct buf *names, struct buf *back)
{
    static const char query[] =
        "SELECT group_concat(name, ', '), group_concat(CASE name WHEN 'account' THEN '?2'"
        " WHEN 'seq' THEN iif(?2, 'NULL', 'seq') ELSE name END, ', ') FROM pragma_table_info(?1)";
    sqlite3_stmt *q;
    if (sqlite3_prepare_v2(store->db, query, -1, &q, NULL)) {
        return false;
    }
    store_bind(q, tables[table].name, tables[table].renumbered);
    bool good = sqlite3_step(q) == SQLITE_ROW;
    if (good) {
        buf_text(names, (const char *)sqlite3_column_text(q, 0));
        buf_text(back, (const char *)sqlite3_column_text(q, 1));
    }
    return sqlite3_finalize(q) == SQLITE_OK && good;
}

static bool write_query(struct store *store, int query, struct buf *ret_text)
{
    if (query == Q_REQUEUE) {
        buf_text(ret_text, "UPDATE snapshot_callback SET state = 0, due_ms = queued_ms"
                           " WHERE snapshot = ?1 AND state = 1");
        return true;
    }
    if (query >= (int)Q_MAKE_ROOM) {
        buf_text(ret_text, make_room[query - (int)Q_MAKE_ROOM]);
        return true;
    }
    size_t table = (size_t)query % TABLES;
    const char *name = tables[table].name;
    buf_auto names = {0}, back = {0};
    if (!read_columns(store, table, &names, &back)) {
        return false;
    }
    if (query < (int)Q_IN) {
        buf_printf(ret_text,
                   "INSERT INTO snapshot_%s (snapshot, %s) SELECT ?1, %s FROM %s WHERE %s"
                   " ORDER BY 2",
                   name, names.data, names.data, name, tables[table].of_account);
    } else if (query < (int)Q_SWEEP) {
        buf_printf(ret_text,
                   "INSERT INTO %s (%s) SELECT %s FROM snapshot_%s WHERE snapshot = ?1"
                   " ORDER BY rowid",
                   name, names.data, back.data, name);
    } else {
        buf_printf(ret_text,
                   "DELETE FROM snapshot_%s WHERE rowid IN"
                   " (SELECT rowid FROM snapshot_%s WHERE snapshot = ?1 LIMIT ?2)",
                   name, name);
    }
    return true;
}

const struct store_queries store_copy_queries = {.write = write_query, .n = Q_COUNT_OF_QUERIES};

/* ------------------------------------------------------------------ copying */

static int run_for(struct store *store, size_t query, int64_t snapshot, int64_t other)
{
    sqlite3_stmt *q = store_write_query(store, STORE_COPY, (int)query);
    store_bind(q, snapshot);
    if (sqlite3_bind_parameter_count(q) == 2) {
        store_bind_from(q, 2, other);
    }
    return store_run(store, q);
}

void store_copy_out(struct store *store, int64_t account, int64_t snapshot)
{
    for (size_t i = 0; i < TABLES; i++) {
        run_for(store, Q_OUT + i, snapshot, account);
    }
    run_for(store, Q_REQUEUE, snapshot, 0);
}

void store_copy_in(struct store *store, int64_t snapshot, int64_t account)
{
    store_sequence_keep_invoices(store);
    for (size_t i = 0; i < ARRAY_SIZE(make_room); i++) {
        run_for(store, Q_MAKE_ROOM + i, snapshot, 0);
    }
    for (size_t i = 0; i < TABLES; i++) {
        run_for(store, Q_IN + i, snapshot, account);
    }
    store->invoice_count = -1;
}

bool store_copy_sweep(struct store *store, int64_t snapshot, int64_t limit)
{
    store_sequence_keep_invoices(store);
    for (size_t i = 0; i < TABLES; i++) {
        if (run_for(store, Q_SWEEP + i, snapshot, limit)) {
            return false;
        }
    }
    return true;
}
