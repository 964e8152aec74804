/* The rows of snapshots one by one, for files. */
#include "store_snapshot.h"

#include "base/buf.h"
#include "domain/outcome.h"
#include "store/store_private.h"

#include <string.h>

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
    Q_COUNT_OF_QUERIES,
};

/* ------------------------------------------------------------------ the statements */

/* Each table: its columns as its own file has them, how many there are, and of which owner rows are
 * asked for. */
static bool write_queries(struct store *store, struct buf *ret_texts)
{
    (void)store;
    buf_auto invoice = {0};
    store_invoice_columns(&invoice);
    const struct {
        const char *name, *columns, *owner;
        int n;
    } tables[] = {
        {"invoice", buf_str(&invoice), "snapshot", store_invoice_width()},
        {"transition", STORE_TRANSITION_COLUMNS, "invoice", STORE_TRANSITION_WIDTH},
        {"callback", STORE_CALLBACK_COLUMNS, "invoice", STORE_CALLBACK_WIDTH},
        {"attempt", STORE_ATTEMPT_COLUMNS, "callback", STORE_ATTEMPT_WIDTH},
        {"outcome", "text, kind", "snapshot", 2},
        {"refund", STORE_REFUND_COLUMNS, "invoice", STORE_REFUND_WIDTH},
        {"balance", STORE_BALANCE_COLUMNS, "snapshot", STORE_BALANCE_WIDTH},
    };
    for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
        struct buf *add = &ret_texts[Q_ADD_INVOICE + i];
        buf_printf(&ret_texts[Q_INVOICES + i],
                   "SELECT %s FROM snapshot_%s WHERE snapshot = ?1 AND %s = ?2 ORDER BY rowid",
                   tables[i].columns, tables[i].name, tables[i].owner);
        buf_printf(add, "INSERT INTO snapshot_%s (%s, snapshot) VALUES (?1", tables[i].name,
                   tables[i].columns);
        for (int k = 2; k <= tables[i].n + 1; k++) {
            buf_printf(add, ", ?%d", k);
        }
        buf_char(add, ')');
    }
    return true;
}

const struct store_queries store_snapshot_rows_queries = {.write = write_queries,
                                                          .n = Q_COUNT_OF_QUERIES};

/* ------------------------------------------------------------------ reading */

/* The rows of one owner in a snapshot; those of the snapshot itself are its own. */
static sqlite3_stmt *rows_of(struct store *store, int query, int64_t snapshot, int64_t owner)
{
    sqlite3_stmt *q = store_query(store, STORE_SNAPSHOT_ROWS, query);
    store_bind(q, "ii", snapshot, owner);
    return q;
}

void store_snapshot_invoices(struct store *store, int64_t snapshot,
                             bool (*each)(void *arg, const struct invoice *row), void *arg)
{
    sqlite3_stmt *q = rows_of(store, Q_INVOICES, snapshot, snapshot);
    struct arena arena = {0};
    struct invoice row;
    bool more = true;
    while (more && store_step(store, q)) {
        store_invoice_read(&arena, q, &row);
        more = each(arg, &row);
        arena_reset(&arena);
    }
    sqlite3_reset(q);
    arena_finish(&arena);
}

/* Room for row `n` of an array that lies in the arena and doubles when it is full. */
static void *row_at(struct arena *arena, void **rows, size_t n, size_t size)
{
    if (n == 0 || (n >= 8 && (n & (n - 1)) == 0)) {
        char *wider = arena_alloc(arena, (n ? n * 2 : 8) * size);
        if (n) {
            memcpy(wider, *rows, n * size);
        }
        *rows = wider;
    }
    return (char *)*rows + n * size;
}

size_t store_snapshot_transitions(struct store *store, struct arena *arena, int64_t snapshot,
                                  int64_t invoice, struct transition **ret_rows)
{
    sqlite3_stmt *q = rows_of(store, Q_TRANSITIONS, snapshot, invoice);
    void *rows = NULL;
    size_t n = 0;
    while (store_step(store, q)) {
        struct transition row;
        store_transition_read(q, &row);
        row.resolution = arena_strdup(arena, row.resolution);
        row.cause = arena_strdup(arena, row.cause);
        *(struct transition *)row_at(arena, &rows, n++, sizeof row) = row;
    }
    *ret_rows = rows;
    return n;
}

size_t store_snapshot_callbacks(struct store *store, struct arena *arena, int64_t snapshot,
                                int64_t invoice, struct callback **ret_rows)
{
    sqlite3_stmt *q = rows_of(store, Q_CALLBACKS, snapshot, invoice);
    void *rows = NULL;
    size_t n = 0;
    while (store_step(store, q)) {
        store_callback_read(arena, q, row_at(arena, &rows, n++, sizeof(struct callback)));
    }
    *ret_rows = rows;
    return n;
}

size_t store_snapshot_attempts(struct store *store, struct arena *arena, int64_t snapshot,
                               int64_t callback, struct attempt **ret_rows)
{
    sqlite3_stmt *q = rows_of(store, Q_ATTEMPTS, snapshot, callback);
    void *rows = NULL;
    size_t n = 0;
    while (store_step(store, q)) {
        store_attempt_read(arena, q, row_at(arena, &rows, n++, sizeof(struct attempt)));
    }
    *ret_rows = rows;
    return n;
}

size_t store_snapshot_refunds(struct store *store, struct arena *arena, int64_t snapshot,
                              int64_t invoice, struct refund **ret_rows)
{
    sqlite3_stmt *q = rows_of(store, Q_REFUNDS, snapshot, invoice);
    void *rows = NULL;
    size_t n = 0;
    while (store_step(store, q)) {
        store_refund_read(arena, q, row_at(arena, &rows, n++, sizeof(struct refund)));
    }
    *ret_rows = rows;
    return n;
}

void store_snapshot_outcomes(struct store *store, int64_t snapshot,
                             void (*each)(void *arg, const char *text), void *arg)
{
    sqlite3_stmt *q = rows_of(store, Q_OUTCOMES, snapshot, snapshot);
    while (store_step(store, q)) {
        each(arg, (const char *)sqlite3_column_text(q, 0));
    }
}

void store_snapshot_balances(struct store *store, int64_t snapshot,
                             void (*each)(void *arg, const struct ledger_balance *moved), void *arg)
{
    sqlite3_stmt *q = rows_of(store, Q_BALANCES, snapshot, snapshot);
    while (store_step(store, q)) {
        struct ledger_balance moved;
        store_balance_read(q, &moved);
        each(arg, &moved);
    }
}

/* ------------------------------------------------------------------ writing */

/* An insert, whose last value is the snapshot. */
static sqlite3_stmt *add_to(struct store *store, int query, int64_t snapshot)
{
    sqlite3_stmt *q = store_write_query(store, STORE_SNAPSHOT_ROWS, query);
    sqlite3_bind_int64(q, sqlite3_bind_parameter_count(q), snapshot);
    return q;
}

void store_snapshot_add_invoice(struct store *store, int64_t snapshot, const struct invoice *row)
{
    sqlite3_stmt *q = add_to(store, Q_ADD_INVOICE, snapshot);
    store_sequence_pass(store, store_sequence_of(invoice_kind(row->seq)), row->seq);
    store_invoice_bind(q, row);
    store_run(store, q);
}

void store_snapshot_add_transition(struct store *store, int64_t snapshot,
                                   const struct transition *row)
{
    sqlite3_stmt *q = add_to(store, Q_ADD_TRANSITION, snapshot);
    store_transition_bind(q, row);
    store_run(store, q);
}

void store_snapshot_add_callback(struct store *store, int64_t snapshot, const struct callback *row)
{
    sqlite3_stmt *q = add_to(store, Q_ADD_CALLBACK, snapshot);
    store_sequence_pass(store, STORE_SEQUENCE_CALLBACK, row->seq);
    store_callback_bind(q, row);
    store_run(store, q);
}

void store_snapshot_add_attempt(struct store *store, int64_t snapshot, const struct attempt *row)
{
    sqlite3_stmt *q = add_to(store, Q_ADD_ATTEMPT, snapshot);
    store_attempt_bind(q, row);
    store_run(store, q);
}

void store_snapshot_add_outcome(struct store *store, int64_t snapshot, const char *text)
{
    sqlite3_stmt *q = add_to(store, Q_ADD_OUTCOME, snapshot);
    store_bind(q, "ti", text, (int64_t)outcome_kind(text));
    store_run(store, q);
}

void store_snapshot_add_refund(struct store *store, int64_t snapshot, const struct refund *row)
{
    sqlite3_stmt *q = add_to(store, Q_ADD_REFUND, snapshot);
    store_refund_bind(q, row);
    store_run(store, q);
}

void store_snapshot_add_balance(struct store *store, int64_t snapshot,
                                const struct ledger_balance *moved)
{
    sqlite3_stmt *q = add_to(store, Q_ADD_BALANCE, snapshot);
    store_balance_bind(q, moved);
    store_run(store, q);
}
