/*
 * The rows of snapshots. SQL copies them from an account and back, with all columns of each table;
 * for files they are read and added one by one. A table in which accounts have rows is named in
 * `tables`, and schema/db has a copy of it whose name begins with snapshot_.
 */
#include "store_snapshot.h"

#include "base/die.h"
#include "store/store_private.h"

static const struct {
    const struct row_table *row;
    const char *of_account; /* which rows belong to account ?2 */
    const char *owner;      /* the column that groups its rows, in files and in an index */
    bool renumbered;        /* nothing refers to its seq: restored rows get new ones */
} tables[] = {
    {&row_invoice, "account = ?2", "snapshot", false},
    {&row_transition, "invoice IN (SELECT seq FROM invoice WHERE account = ?2)", "invoice", true},
    {&row_callback, "account = ?2", "invoice", false},
    {&row_attempt, "callback IN (SELECT seq FROM callback WHERE account = ?2)", "callback", false},
    {&row_outcome, "account = ?2", "snapshot", true},
    {&row_balance, "account = ?2", "snapshot", false},
    {&row_refund, "account = ?2", "invoice", true},
};

/* The numbers of restored rows. The rows are long, so they are read once for their numbers. */
static const char *const list_coming[] = {
    "INSERT INTO coming_invoice SELECT seq FROM snapshot_invoice WHERE snapshot = ?1",
    "INSERT INTO coming_callback SELECT seq FROM snapshot_callback WHERE snapshot = ?1",
};

/* Existing rows with these numbers can only be garbage. They are deleted in the order in which they
 * refer to each other. */
static const char *const make_room[] = {
    ("DELETE FROM attempt WHERE callback IN"
     " (SELECT seq FROM callback WHERE invoice IN coming_invoice)"),
    "DELETE FROM attempt WHERE callback IN coming_callback",
    "DELETE FROM callback WHERE invoice IN coming_invoice",
    "DELETE FROM callback WHERE seq IN coming_callback",
    "DELETE FROM transition WHERE invoice IN coming_invoice",
    "DELETE FROM refund WHERE invoice IN coming_invoice",
    "DELETE FROM invoice WHERE seq IN coming_invoice",
    "DELETE FROM coming_invoice",
    "DELETE FROM coming_callback",
};

#define TABLES ARRAY_SIZE(tables)

/* The statements: each kind has one for every table, in the order of the tables. */
enum {
    Q_OUT = 0,
    Q_IN = Q_OUT + TABLES,
    Q_SWEEP = Q_IN + TABLES,
    Q_READ = Q_SWEEP + TABLES,
    Q_ADD = Q_READ + TABLES,
    Q_LIST_COMING = Q_ADD + TABLES,
    Q_MAKE_ROOM = Q_LIST_COMING + ARRAY_SIZE(list_coming),
    Q_REQUEUE = Q_MAKE_ROOM + ARRAY_SIZE(make_room),
    Q_COUNT_OF_QUERIES,
};

_Static_assert(Q_COUNT_OF_QUERIES <= STORE_STATEMENTS_MOST, "room for the statements");

bool store_snapshot_begin(sqlite3 *db)
{
    static const char make[] = "CREATE TEMP TABLE coming_invoice (seq INTEGER PRIMARY KEY);"
                               "CREATE TEMP TABLE coming_callback (seq INTEGER PRIMARY KEY)";
    return sqlite3_exec(db, make, NULL, NULL, NULL) == SQLITE_OK;
}

/* ------------------------------------------------------------------ the statements */

/* The names of a table's columns, and their values in a restored row. */
static bool read_columns(struct store *store, size_t table, struct buf *names, struct buf *back)
{
    static const char query[] =
        "SELECT group_concat(name, ', '), group_concat(CASE name WHEN 'account' THEN '?2'"
        " WHEN 'seq' THEN iif(?2, 'NULL', 'seq') ELSE name END, ', ') FROM pragma_table_info(?1)";
    sqlite3_stmt *q;
    if (sqlite3_prepare_v2(store->db, query, -1, &q, NULL)) {
        return false;
    }
    store_bind(q, tables[table].row->name, tables[table].renumbered);
    bool good = sqlite3_step(q) == SQLITE_ROW;
    if (good) {
        buf_text(names, store_column_text(NULL, q, 0));
        buf_text(back, store_column_text(NULL, q, 1));
    }
    return sqlite3_finalize(q) == SQLITE_OK && good;
}

/* One of the statements that copy all columns. OR FAIL saves SQLite from keeping each page as it
 * was before the statement: a failure rolls back the whole turn anyway. Rows come back in the order
 * of an index, so that they are not sorted in memory. */
static bool write_copy(struct store *store, int query, struct buf *ret_text)
{
    size_t table = (size_t)query % TABLES;
    const char *name = tables[table].row->name;
    buf_auto names = {0}, back = {0};
    if (!read_columns(store, table, &names, &back)) {
        return false;
    }
    if (query < (int)Q_IN) {
        buf_printf(ret_text,
                   "INSERT OR FAIL INTO snapshot_%s (snapshot, %s) SELECT ?1, %s FROM %s WHERE %s"
                   " ORDER BY 2",
                   name, names.data, names.data, name, tables[table].of_account);
    } else {
        buf_printf(ret_text,
                   "INSERT OR FAIL INTO %s (%s) SELECT %s FROM snapshot_%s WHERE snapshot = ?1"
                   " ORDER BY %s, rowid",
                   name, names.data, back.data, name, tables[table].owner);
    }
    return true;
}

static bool write_query(struct store *store, int query, struct buf *ret_text)
{
    size_t table = (size_t)query % TABLES;
    const char *name = tables[table].row->name;
    if (query < (int)Q_SWEEP) {
        return write_copy(store, query, ret_text);
    }
    if (query < (int)Q_READ) {
        buf_printf(ret_text,
                   "DELETE FROM snapshot_%s WHERE rowid IN"
                   " (SELECT rowid FROM snapshot_%s WHERE snapshot = ?1 LIMIT ?2)",
                   name, name);
    } else if (query < (int)Q_ADD) {
        buf_printf(ret_text,
                   "SELECT {%s} FROM snapshot_%s WHERE snapshot = ?1 AND %s = ?2 ORDER BY rowid",
                   name, name, tables[table].owner);
    } else if (query < (int)Q_LIST_COMING) {
        buf_printf(ret_text, "INSERT INTO snapshot_%s ({%s}, snapshot) VALUES ({%s ?}, ?)", name,
                   name, name);
    } else if (query < (int)Q_MAKE_ROOM) {
        buf_text(ret_text, list_coming[query - (int)Q_LIST_COMING]);
    } else if (query < (int)Q_REQUEUE) {
        buf_text(ret_text, make_room[query - (int)Q_MAKE_ROOM]);
    } else {
        buf_text(ret_text, "UPDATE snapshot_callback SET state = 0, due_ms = queued_ms"
                           " WHERE snapshot = ?1 AND state = 1");
    }
    return true;
}

const struct store_queries store_snapshot_rows_queries = {.write = write_query,
                                                          .n = Q_COUNT_OF_QUERIES};

/* ------------------------------------------------------------------ copying */

void store_snapshot_take(struct store *store, int64_t snapshot, int64_t account)
{
    for (size_t i = 0; i < TABLES; i++) {
        store_do(store, STORE_SNAPSHOT_ROWS, (int)(Q_OUT + i), snapshot, account);
    }
    store_do(store, STORE_SNAPSHOT_ROWS, Q_REQUEUE, snapshot);
}

void store_snapshot_restore(struct store *store, int64_t snapshot, int64_t account)
{
    store_sequence_keep_invoices(store);
    store_run_replace(store, snapshot);
    for (size_t i = 0; i < ARRAY_SIZE(list_coming); i++) {
        store_do(store, STORE_SNAPSHOT_ROWS, (int)(Q_LIST_COMING + i), snapshot);
    }
    for (size_t i = 0; i < ARRAY_SIZE(make_room); i++) {
        store_run(store, store_write_query(store, STORE_SNAPSHOT_ROWS, (int)(Q_MAKE_ROOM + i)));
    }
    for (size_t i = 0; i < TABLES; i++) {
        store_do(store, STORE_SNAPSHOT_ROWS, (int)(Q_IN + i), snapshot, account);
    }
    store->invoice_count = -1;
}

bool store_snapshot_sweep(struct store *store, int64_t snapshot, int64_t limit)
{
    store_sequence_keep_invoices(store);
    for (size_t i = 0; i < TABLES; i++) {
        if (store_do(store, STORE_SNAPSHOT_ROWS, (int)(Q_SWEEP + i), snapshot, limit)) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------------ row by row */

static size_t index_of(const struct row_table *row)
{
    for (size_t i = 0; i < TABLES; i++) {
        if (tables[i].row == row) {
            return i;
        }
    }
    die("snapshots have no rows {%s}", row->name);
}

static sqlite3_stmt *ask_rows(struct store *store, int64_t snapshot, const struct row_table *table,
                              int64_t owner)
{
    int query = (int)(Q_READ + index_of(table));
    return store_ask(store, STORE_SNAPSHOT_ROWS, query, snapshot, owner);
}

void store_snapshot_invoices(struct store *store, int64_t snapshot,
                             bool (*each)(void *arg, const struct invoice *row), void *arg)
{
    sqlite3_stmt *q = ask_rows(store, snapshot, &row_invoice, snapshot);
    struct arena arena = {0};
    struct invoice row = {0};
    while (store_next_row(store, &arena, q, &row_invoice, &row) && each(arg, &row)) {
        arena_reset(&arena);
    }
    sqlite3_reset(q);
    arena_finish(&arena);
}

size_t store_snapshot_rows(struct store *store, struct arena *arena, int64_t snapshot,
                           const struct row_table *table, int64_t owner, void *ret_rows)
{
    sqlite3_stmt *q = ask_rows(store, snapshot, table, owner);
    return store_all_rows(store, arena, q, table, ret_rows);
}

void store_snapshot_add(struct store *store, int64_t snapshot, const struct row_table *table,
                        const void *row)
{
    int query = (int)(Q_ADD + index_of(table));
    if (table == &row_invoice) {
        int64_t seq = ((const struct invoice *)row)->seq;
        store_sequence_pass(store, store_sequence_of(invoice_kind(seq)), seq);
    } else if (table == &row_callback) {
        store_sequence_pass(store, STORE_SEQUENCE_CALLBACK, ((const struct callback *)row)->seq);
    }
    sqlite3_stmt *q = store_write_query(store, STORE_SNAPSHOT_ROWS, query);
    store_bind_from(q, store_bind_row(q, table, row) + 1, snapshot);
    store_run(store, q);
}
