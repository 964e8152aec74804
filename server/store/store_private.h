/* What the files of store/ share: the handle and the verbs on statements. Nobody else includes
 * this. */
#pragma once

#include "store/store.h"

#include "base/buf.h"
#include "domain/invoice.h"
#include "domain/row.h"

#include <sqlite3.h>

/* One group of statements per file. */
enum store_group {
    STORE_CORE,
    STORE_ACCOUNT,
    STORE_INVOICE,
    STORE_CALLBACK,
    STORE_RUN,
    STORE_SEQUENCE,
    STORE_SNAPSHOT,
    STORE_SNAPSHOT_ROWS,
    STORE_GARBAGE,
    STORE_GROUPS,
};

#define STORE_STATEMENTS_MOST 48

/* INVOICE_PAYOUTS, as the statements and schema/db have it. */
#define STORE_PAYOUTS "1099511627776"
_Static_assert(INVOICE_PAYOUTS == 1099511627776, "the bound stands in the statements");

/* Rows whose numbers are never given twice. */
enum store_sequence {
    STORE_SEQUENCE_ACCOUNT,
    STORE_SEQUENCE_INVOICE,
    STORE_SEQUENCE_CALLBACK,
    STORE_SEQUENCE_PAYOUT,
    STORE_SEQUENCES,
};

/*
 * The statements of one file of this folder, numbered from 0. In their texts {callback} stands for
 * the columns of that row (domain/row.h), {callback ?} for a value for each, {callback =} for the
 * assignments of those that change. Each is compiled when it is first used.
 */
struct store_queries {
    const char *const *texts; /* NULL: `write` makes them */
    /* Writes the text of one; false with sqlite3_errmsg set. */
    bool (*write)(struct store *store, int query, struct buf *ret_text);
    int n; /* at most STORE_STATEMENTS_MOST */
};

extern const struct store_queries store_core_queries, store_account_queries, store_invoice_queries,
    store_callback_queries, store_run_queries, store_sequence_queries, store_snapshot_queries,
    store_snapshot_rows_queries, store_garbage_queries;

struct store {
    sqlite3 *db;
    char *file;
    bool in_turn, poisoned;
    char failure[512];                         /* of the last turn that was poisoned */
    int64_t invoice_count;                     /* -1: not counted yet */
    int64_t next[STORE_SEQUENCES];             /* 0: not read yet */
    const struct store_queries *const *groups; /* by enum store_group */
    sqlite3_stmt *compiled[STORE_GROUPS][STORE_STATEMENTS_MOST]; /* NULL: not used yet */
};

/* Compiles what was not yet: whether the database has all that statements name. False with
 * sqlite3_errmsg set. */
bool store_compile_all(struct store *store);

/* The next number; it is safe from coming again while a row has it, or after store_sequence_keep.
 */
int64_t store_sequence_next(struct store *store, enum store_sequence which);

/* Rows are about to be deleted: their numbers must not come again. */
void store_sequence_keep(struct store *store, enum store_sequence which);

/* The same of an account's invoices, of both kinds, and their callbacks. */
void store_sequence_keep_invoices(struct store *store);

/* The sequence that numbers invoices of a kind. */
enum store_sequence store_sequence_of(enum invoice_kind kind);

/* A row comes with a number of its own: what is given from now on lies behind it. */
void store_sequence_pass(struct store *store, enum store_sequence which, int64_t number);

/* Kinds of garbage. Stored: append only. */
enum store_garbage {
    STORE_GARBAGE_ACCOUNT = 0,
    STORE_GARBAGE_SNAPSHOT = 1,
};

/* Nothing refers to this number any more: its rows are deleted a few per turn. */
void store_garbage_add(struct store *store, enum store_garbage kind, int64_t num);

/* Deletes up to `limit` rows of a snapshot. Returns true when there are no more. */
bool store_snapshot_sweep(struct store *store, int64_t snapshot, int64_t limit);

/* A statement, reset and ready to be bound; NULL, which every verb takes, in a turn that this
 * poisoned. `store_write_query` begins the turn first. */
sqlite3_stmt *store_query(struct store *store, enum store_group group, int query);
sqlite3_stmt *store_write_query(struct store *store, enum store_group group, int query);

/*
 * Binds values from ?1 on: const char * (NULL is null) and whole numbers (INT64_MIN is null), up to
 * ten. Texts must live until the statement is run. store_bind_from begins at another parameter.
 */
#define store_bind(q, ...) store_bind_from(q, 1, __VA_ARGS__)
#define store_bind_from(q, at, ...)                                                                \
    STORE_BIND_N(__VA_ARGS__, STORE_BIND_10, STORE_BIND_9, STORE_BIND_8, STORE_BIND_7,             \
                 STORE_BIND_6, STORE_BIND_5, STORE_BIND_4, STORE_BIND_3, STORE_BIND_2,             \
                 STORE_BIND_1)                                                                     \
    (q, at, __VA_ARGS__)
#define STORE_BIND_N(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, name, ...) name
#define STORE_BIND_1(q, at, value)                                                                 \
    _Generic((value), char * : store_bind_text, const char * : store_bind_text, default            \
             : store_bind_int)(q, at, value)
#define STORE_BIND_2(q, at, value, ...)                                                            \
    (STORE_BIND_1(q, at, value), STORE_BIND_1(q, (at) + 1, __VA_ARGS__))
#define STORE_BIND_3(q, at, value, ...)                                                            \
    (STORE_BIND_1(q, at, value), STORE_BIND_2(q, (at) + 1, __VA_ARGS__))
#define STORE_BIND_4(q, at, value, ...)                                                            \
    (STORE_BIND_1(q, at, value), STORE_BIND_3(q, (at) + 1, __VA_ARGS__))
#define STORE_BIND_5(q, at, value, ...)                                                            \
    (STORE_BIND_1(q, at, value), STORE_BIND_4(q, (at) + 1, __VA_ARGS__))
#define STORE_BIND_6(q, at, value, ...)                                                            \
    (STORE_BIND_1(q, at, value), STORE_BIND_5(q, (at) + 1, __VA_ARGS__))
#define STORE_BIND_7(q, at, value, ...)                                                            \
    (STORE_BIND_1(q, at, value), STORE_BIND_6(q, (at) + 1, __VA_ARGS__))
#define STORE_BIND_8(q, at, value, ...)                                                            \
    (STORE_BIND_1(q, at, value), STORE_BIND_7(q, (at) + 1, __VA_ARGS__))
#define STORE_BIND_9(q, at, value, ...)                                                            \
    (STORE_BIND_1(q, at, value), STORE_BIND_8(q, (at) + 1, __VA_ARGS__))
#define STORE_BIND_10(q, at, value, ...)                                                           \
    (STORE_BIND_1(q, at, value), STORE_BIND_9(q, (at) + 1, __VA_ARGS__))
void store_bind_int(sqlite3_stmt *statement, int at, int64_t n);
void store_bind_text(sqlite3_stmt *statement, int at, const char *text);

/* store_query with its values bound, to be stepped. */
#define store_ask(store, group, query, ...)                                                        \
    ({                                                                                             \
        sqlite3_stmt *store_asked = store_query(store, group, query);                              \
        store_bind(store_asked, __VA_ARGS__);                                                      \
        store_asked;                                                                               \
    })

/* store_write_query with its values bound, run: the number of rows it changed. */
#define store_do(store, group, query, ...)                                                         \
    ({                                                                                             \
        sqlite3_stmt *store_done = store_write_query(store, group, query);                         \
        store_bind(store_done, __VA_ARGS__);                                                       \
        store_run(store, store_done);                                                              \
    })

/* Bind a row's values, or those that change, from ?1 on; return how many that were. */
int store_bind_row(sqlite3_stmt *statement, const struct row_table *table, const void *row);
int store_bind_changes(sqlite3_stmt *statement, const struct row_table *table, const void *row);

/* Runs an INSERT of a row: the number of rows it changed. */
int store_insert(struct store *store, enum store_group group, int query,
                 const struct row_table *table, const void *row);

/* Steps a query: true while there is a row; at the end or on an error (which poisons) resets and
 * returns false. */
bool store_step(struct store *store, sqlite3_stmt *statement);

/* Runs a statement without rows to its end. Returns the number of rows it changed, 0 when it
 * failed. */
int store_run(struct store *store, sqlite3_stmt *statement);

/* Columns: null texts are NULL, null integers INT64_MIN. Texts are copied to the arena. */
const char *store_column_text(struct arena *arena, sqlite3_stmt *statement, int column);
int64_t store_column_int(sqlite3_stmt *statement, int column);

/*
 * Rows of a query whose columns are those of a table. store_next_row steps: false at the end.
 * store_one_row reads the first, into zeroes when there is none. store_all_rows puts all of them
 * into an array in the arena (a pointer to a pointer to it is passed). Texts go to the arena, or
 * live until the next step when it is NULL.
 */
bool store_next_row(struct store *store, struct arena *arena, sqlite3_stmt *statement,
                    const struct row_table *table, void *ret_row);
bool store_one_row(struct store *store, struct arena *arena, sqlite3_stmt *statement,
                   const struct row_table *table, void *ret_row);
size_t store_all_rows(struct store *store, struct arena *arena, sqlite3_stmt *statement,
                      const struct row_table *table, void *ret_rows);

/* The same, and the last row of the query comes first. */
size_t store_all_rows_reversed(struct store *store, struct arena *arena, sqlite3_stmt *statement,
                               const struct row_table *table, void *ret_rows);

/* The one number that a query finds; all of them, in an array in the arena. */
int64_t store_one_int(struct store *store, sqlite3_stmt *statement, int64_t otherwise);
size_t store_all_ints(struct store *store, struct arena *arena, sqlite3_stmt *statement,
                      int64_t **ret_ints);
