/* Shared by the files of store/: the handle and the functions on statements. Private to store/. */
#pragma once

#include "store/store.h"

#include "base/buf.h"
#include "domain/invoice.h"
#include "domain/row.h"
#include "store/store_run.h"

#include <sqlite3.h>

/* One group of statements per file. */
enum store_group {
    STORE_CORE,
    STORE_ACCOUNT,
    STORE_INVOICE,
    STORE_INVOICE_FIND,
    STORE_CALLBACK,
    STORE_CALLBACK_FIND,
    STORE_RUN,
    STORE_SEQUENCE,
    STORE_SNAPSHOT,
    STORE_SNAPSHOT_ROWS,
    STORE_GARBAGE,
    STORE_REPORT,
    STORE_GROUPS,
};

#define STORE_STATEMENTS_MOST 48

/* INVOICE_PAYOUTS, as in the statements and schema/db. */
#define STORE_PAYOUTS "1099511627776"
_Static_assert(INVOICE_PAYOUTS == 1099511627776, "the bound stands in the statements");

/* Callbacks whose last attempt was not answered 200: the condition of the index callback_failing.
 */
#define STORE_FAILING "attempts > 0 AND code <> 200 AND state <> 4"
_Static_assert(CALLBACK_DROPPED == 4, "the state is named by number in the condition");

/* Rows whose numbers are never reused. */
enum store_sequence {
    STORE_SEQUENCE_ACCOUNT,
    STORE_SEQUENCE_INVOICE,
    STORE_SEQUENCE_CALLBACK,
    STORE_SEQUENCE_PAYOUT,
    STORE_SEQUENCES,
};

/*
 * The statements of one file of this folder, numbered from 0. In their texts {callback} means the
 * columns of that row (domain/row.h), {callback ?} a parameter for each, {callback =} the
 * assignments of those that change. Each is compiled when it is first used.
 */
struct store_queries {
    const char *const *texts; /* NULL: `write` makes them */
    /* Writes the text of one. Returns false with sqlite3_errmsg set. */
    bool (*write)(struct store *store, int query, struct buf *ret_text);
    int n; /* at most STORE_STATEMENTS_MOST */
};

extern const struct store_queries store_core_queries, store_account_queries, store_invoice_queries,
    store_invoice_find_queries, store_callback_queries, store_callback_find_queries,
    store_run_queries, store_sequence_queries, store_snapshot_queries, store_snapshot_rows_queries,
    store_garbage_queries, store_report_queries;

struct store {
    sqlite3 *db;
    char *file;
    bool in_turn, poisoned;
    char failure[512];                         /* of the last turn that was poisoned */
    int64_t invoice_count;                     /* -1: not counted yet */
    int64_t next[STORE_SEQUENCES];             /* 0: not read yet */
    const struct store_queries *const *groups; /* by enum store_group */
    struct {
        struct run_mark after; /* the rows of the run have later numbers */
        int64_t keeps;         /* invoices of accounts that are gone to keep; 0: none */
        struct run_counts gone, committed_gone; /* deleted invoices of the run */
        store_run_unanswered *unanswered;
        void *unanswered_arg;
        struct run_url {
            char *url;
            int64_t n;
        } * urls; /* for `unanswered`, once the turn is committed */
        size_t n_urls, urls_room;
    } run;
    struct {
        int fd;          /* -1: it is not sent to the disk while it grows */
        int pages, sent; /* pages in it; those that are on their way */
        int most;        /* pages at which it becomes part of the database */
    } log;               /* SQLite's write-ahead log */
    sqlite3_stmt *compiled[STORE_GROUPS][STORE_STATEMENTS_MOST]; /* NULL: not used yet */
};

/* Call before the first database is opened: SQLite allocates faster. */
void store_memory_begin(void);

/* Watches the write-ahead log until the database is closed. */
void store_wal_begin(struct store *store, enum store_durability durability);
void store_wal_end(struct store *store);

/* Compiles all statements, to check that the database has everything they name. Returns false with
 * sqlite3_errmsg set. */
bool store_compile_all(struct store *store);

/* The next number. It is not reused while a row has it, or after store_sequence_keep. */
int64_t store_sequence_next(struct store *store, enum store_sequence which);

/* Call before deleting rows, so that their numbers are not reused. */
void store_sequence_keep(struct store *store, enum store_sequence which);

/* The same for an account's invoices of both kinds and their callbacks. */
void store_sequence_keep_invoices(struct store *store);

/* The sequence that numbers invoices of a kind. */
enum store_sequence store_sequence_of(enum invoice_kind kind);

/* A row is inserted with this number: later numbers will be greater. */
void store_sequence_pass(struct store *store, enum store_sequence which, int64_t number);

/* Kinds of garbage. Stored: append only. */
enum store_garbage {
    STORE_GARBAGE_ACCOUNT = 0,
    STORE_GARBAGE_SNAPSHOT = 1,
    STORE_GARBAGE_KEPT = 2, /* an account's rows that the report of the run shows (store_run.h) */
};

/* Marks the rows of an account as garbage, to be deleted a few per turn, or later if the run keeps
 * them. The account itself must still exist. */
void store_garbage_add_account(struct store *store, int64_t num);

/* An invoice is about to be deleted; if the run counts it, its rows are counted now. */
void store_run_forget(struct store *store, int64_t invoice);

/* The same for rows that the rows of a snapshot are about to replace. */
void store_run_replace(struct store *store, int64_t snapshot);

/* The same for an account's callbacks without an invoice, which were made by hand. */
void store_run_forget_by_hand(struct store *store, int64_t account);

/* Of deleted rows, `n` callbacks to the URL were RUN_UNANSWERED. */
void store_run_note_url(struct store *store, const char *url, int64_t n);

/* The turn was committed or rolled back. */
void store_run_turn_ended(struct store *store, bool committed);
void store_run_end(struct store *store);

/* Makes the temporary tables that a restore needs. Returns false with sqlite3_errmsg set. */
bool store_snapshot_begin(sqlite3 *db);

/* Deletes up to `limit` rows of a snapshot. Returns true if there are no more. */
bool store_snapshot_sweep(struct store *store, int64_t snapshot, int64_t limit);

/* A statement, reset and ready to be bound; NULL, which every function here accepts, if this
 * poisoned the turn. `store_write_query` begins the turn first. */
sqlite3_stmt *store_query(struct store *store, enum store_group group, int query);
sqlite3_stmt *store_write_query(struct store *store, enum store_group group, int query);

/*
 * Binds values from ?1 on: const char * (NULL is null) and whole numbers (INT64_MIN is null), up to
 * ten. Texts must live until the statement is run. store_bind_from begins at another parameter.
 */
#define store_bind(q, ...) store_bind_from(q, 1, __VA_ARGS__)
#define store_bind_from(q, at, ...)                                                                \
    BIND_N(__VA_ARGS__, BIND_10, BIND_9, BIND_8, BIND_7, BIND_6, BIND_5, BIND_4, BIND_3, BIND_2,   \
           BIND_1)                                                                                 \
    (q, at, __VA_ARGS__)
#define BIND_N(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, name, ...) name
#define BIND_1(q, at, value)                                                                       \
    _Generic((value), char * : store_bind_text, const char * : store_bind_text, default            \
             : store_bind_int)(q, at, value)
#define BIND_2(q, at, v, ...) (BIND_1(q, at, v), BIND_1(q, (at) + 1, __VA_ARGS__))
#define BIND_3(q, at, v, ...) (BIND_1(q, at, v), BIND_2(q, (at) + 1, __VA_ARGS__))
#define BIND_4(q, at, v, ...) (BIND_1(q, at, v), BIND_3(q, (at) + 1, __VA_ARGS__))
#define BIND_5(q, at, v, ...) (BIND_1(q, at, v), BIND_4(q, (at) + 1, __VA_ARGS__))
#define BIND_6(q, at, v, ...) (BIND_1(q, at, v), BIND_5(q, (at) + 1, __VA_ARGS__))
#define BIND_7(q, at, v, ...) (BIND_1(q, at, v), BIND_6(q, (at) + 1, __VA_ARGS__))
#define BIND_8(q, at, v, ...) (BIND_1(q, at, v), BIND_7(q, (at) + 1, __VA_ARGS__))
#define BIND_9(q, at, v, ...) (BIND_1(q, at, v), BIND_8(q, (at) + 1, __VA_ARGS__))
#define BIND_10(q, at, v, ...) (BIND_1(q, at, v), BIND_9(q, (at) + 1, __VA_ARGS__))
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

/* Bind a row's values, or those that change, from ?1 on; return how many. */
int store_bind_row(sqlite3_stmt *statement, const struct row_table *table, const void *row);
int store_bind_changes(sqlite3_stmt *statement, const struct row_table *table, const void *row);

/* Runs an INSERT of a row: the number of rows it changed. */
int store_insert(struct store *store, enum store_group group, int query,
                 const struct row_table *table, const void *row);

/* Steps a query. Returns true while there is a row; at the end or on an error (which poisons the
 * turn) resets it and returns false. */
bool store_step(struct store *store, sqlite3_stmt *statement);

/* Runs a statement without rows to its end. Returns the number of rows it changed, 0 when it
 * failed. */
int store_run(struct store *store, sqlite3_stmt *statement);

/* Columns: null texts are NULL, null integers INT64_MIN. Texts are copied to the arena; without one
 * (NULL) they are valid until the next step. */
const char *store_column_text(struct arena *arena, sqlite3_stmt *statement, int column);
int64_t store_column_int(sqlite3_stmt *statement, int column);

/* The same of sqlite3_column_value, which SQLite allows to read where it runs in one thread
 * (store_open.c). Asking a value twice costs less than asking for the column twice. */
const char *store_value_text(struct arena *arena, sqlite3_value *value);
int64_t store_value_int(sqlite3_value *value);

/*
 * Rows of a query with the columns of a table. store_next_row steps; false at the end.
 * store_one_row reads the first; all zeroes if there is none. store_all_rows reads all into an
 * array in the arena (pass a pointer to a pointer). Texts go to the arena, or without one are valid
 * until the next step.
 */
bool store_next_row(struct store *store, struct arena *arena, sqlite3_stmt *statement,
                    const struct row_table *table, void *ret_row);
bool store_one_row(struct store *store, struct arena *arena, sqlite3_stmt *statement,
                   const struct row_table *table, void *ret_row);
size_t store_all_rows(struct store *store, struct arena *arena, sqlite3_stmt *statement,
                      const struct row_table *table, void *ret_rows);

/* The same in reverse order. */
size_t store_all_rows_reversed(struct store *store, struct arena *arena, sqlite3_stmt *statement,
                               const struct row_table *table, void *ret_rows);

/* The first number of a query; all of its numbers, in an array in the arena. */
int64_t store_one_int(struct store *store, sqlite3_stmt *statement, int64_t otherwise);
size_t store_all_ints(struct store *store, struct arena *arena, sqlite3_stmt *statement,
                      int64_t **ret_ints);
