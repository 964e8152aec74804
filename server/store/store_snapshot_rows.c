/* The rows of snapshots one by one, for files. */
#include "store_snapshot.h"

#include "base/attr.h"
#include "domain/outcome.h"
#include "store/store_private.h"

enum {
    Q_INVOICES,
    Q_TRANSITIONS,
    Q_CALLBACKS,
    Q_ATTEMPTS,
    Q_OUTCOMES,
    Q_REFUNDS,
    Q_BALANCES,
    Q_ADD_INVOICE,
    Q_ADD_TRANSITION,
    Q_ADD_CALLBACK,
    Q_ADD_ATTEMPT,
    Q_ADD_OUTCOME,
    Q_ADD_REFUND,
    Q_ADD_BALANCE,
};

#define SELECT(row, owner)                                                                         \
    "SELECT {" row "} FROM snapshot_" row " WHERE snapshot = ?1 AND " owner " = ?2 ORDER BY rowid"
#define INSERT(row) "INSERT INTO snapshot_" row " ({" row "}, snapshot) VALUES ({" row " ?}, ?)"

static const char *const sql[] = {
    [Q_INVOICES] = SELECT("invoice", "snapshot"),
    [Q_TRANSITIONS] = SELECT("transition", "invoice"),
    [Q_CALLBACKS] = SELECT("callback", "invoice"),
    [Q_ATTEMPTS] = SELECT("attempt", "callback"),
    [Q_OUTCOMES] = "SELECT text FROM snapshot_outcome WHERE snapshot = ?1 ORDER BY rowid",
    [Q_REFUNDS] = SELECT("refund", "invoice"),
    [Q_BALANCES] = SELECT("balance", "snapshot"),
    [Q_ADD_INVOICE] = INSERT("invoice"),
    [Q_ADD_TRANSITION] = INSERT("transition"),
    [Q_ADD_CALLBACK] = INSERT("callback"),
    [Q_ADD_ATTEMPT] = INSERT("attempt"),
    [Q_ADD_OUTCOME] = "INSERT INTO snapshot_outcome (text, kind, snapshot) VALUES (?1, ?2, ?3)",
    [Q_ADD_REFUND] = INSERT("refund"),
    [Q_ADD_BALANCE] = INSERT("balance"),
};

const struct store_queries store_snapshot_rows_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

/* ------------------------------------------------------------------ reading */

/* The rows of one owner in a snapshot; those of the snapshot itself are its own. */
static sqlite3_stmt *rows_of(struct store *store, int query, int64_t snapshot, int64_t owner)
{
    sqlite3_stmt *q = store_query(store, STORE_SNAPSHOT_ROWS, query);
    store_bind(q, snapshot, owner);
    return q;
}

void store_snapshot_invoices(struct store *store, int64_t snapshot,
                             bool (*each)(void *arg, const struct invoice *row), void *arg)
{
    sqlite3_stmt *q = rows_of(store, Q_INVOICES, snapshot, snapshot);
    struct arena arena = {0};
    struct invoice row = {0};
    while (store_next_row(store, &arena, q, &row_invoice, &row) && each(arg, &row)) {
        arena_reset(&arena);
    }
    sqlite3_reset(q);
    arena_finish(&arena);
}

size_t store_snapshot_transitions(struct store *store, struct arena *arena, int64_t snapshot,
                                  int64_t invoice, struct transition **ret_rows)
{
    return store_all_rows(store, arena, rows_of(store, Q_TRANSITIONS, snapshot, invoice),
                          &row_transition, ret_rows);
}

size_t store_snapshot_callbacks(struct store *store, struct arena *arena, int64_t snapshot,
                                int64_t invoice, struct callback **ret_rows)
{
    return store_all_rows(store, arena, rows_of(store, Q_CALLBACKS, snapshot, invoice),
                          &row_callback, ret_rows);
}

size_t store_snapshot_attempts(struct store *store, struct arena *arena, int64_t snapshot,
                               int64_t callback, struct attempt **ret_rows)
{
    return store_all_rows(store, arena, rows_of(store, Q_ATTEMPTS, snapshot, callback),
                          &row_attempt, ret_rows);
}

size_t store_snapshot_refunds(struct store *store, struct arena *arena, int64_t snapshot,
                              int64_t invoice, struct refund **ret_rows)
{
    return store_all_rows(store, arena, rows_of(store, Q_REFUNDS, snapshot, invoice), &row_refund,
                          ret_rows);
}

void store_snapshot_outcomes(struct store *store, int64_t snapshot,
                             void (*each)(void *arg, const char *text), void *arg)
{
    sqlite3_stmt *q = store_query(store, STORE_SNAPSHOT_ROWS, Q_OUTCOMES);
    store_bind(q, snapshot);
    while (store_step(store, q)) {
        each(arg, (const char *)sqlite3_column_text(q, 0));
    }
}

void store_snapshot_balances(struct store *store, int64_t snapshot,
                             void (*each)(void *arg, const struct ledger_balance *moved), void *arg)
{
    sqlite3_stmt *q = rows_of(store, Q_BALANCES, snapshot, snapshot);
    struct ledger_balance moved = {0};
    while (store_next_row(store, NULL, q, &row_balance, &moved)) {
        each(arg, &moved);
    }
}

/* ------------------------------------------------------------------ writing */

static void add(struct store *store, int query, int64_t snapshot, const struct row_table *table,
                const void *row)
{
    sqlite3_stmt *q = store_write_query(store, STORE_SNAPSHOT_ROWS, query);
    store_bind_from(q, store_bind_row(q, table, row) + 1, snapshot);
    store_run(store, q);
}

void store_snapshot_add_invoice(struct store *store, int64_t snapshot, const struct invoice *row)
{
    store_sequence_pass(store, store_sequence_of(invoice_kind(row->seq)), row->seq);
    add(store, Q_ADD_INVOICE, snapshot, &row_invoice, row);
}

void store_snapshot_add_transition(struct store *store, int64_t snapshot,
                                   const struct transition *row)
{
    add(store, Q_ADD_TRANSITION, snapshot, &row_transition, row);
}

void store_snapshot_add_callback(struct store *store, int64_t snapshot, const struct callback *row)
{
    store_sequence_pass(store, STORE_SEQUENCE_CALLBACK, row->seq);
    add(store, Q_ADD_CALLBACK, snapshot, &row_callback, row);
}

void store_snapshot_add_attempt(struct store *store, int64_t snapshot, const struct attempt *row)
{
    add(store, Q_ADD_ATTEMPT, snapshot, &row_attempt, row);
}

void store_snapshot_add_outcome(struct store *store, int64_t snapshot, const char *text)
{
    sqlite3_stmt *q = store_write_query(store, STORE_SNAPSHOT_ROWS, Q_ADD_OUTCOME);
    store_bind(q, text, outcome_kind(text), snapshot);
    store_run(store, q);
}

void store_snapshot_add_refund(struct store *store, int64_t snapshot, const struct refund *row)
{
    add(store, Q_ADD_REFUND, snapshot, &row_refund, row);
}

void store_snapshot_add_balance(struct store *store, int64_t snapshot,
                                const struct ledger_balance *moved)
{
    add(store, Q_ADD_BALANCE, snapshot, &row_balance, moved);
}
