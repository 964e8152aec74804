/* What the files of store/ share: the handle and the verbs on statements. Nobody else includes
 * this. */
#pragma once

#include "store/store.h"

#include "base/buf.h"
#include "domain/balance.h"
#include "domain/invoice.h"

#include <sqlite3.h>

/* One group of statements per file. */
enum store_group {
    STORE_CORE,
    STORE_ACCOUNT,
    STORE_INVOICE,
    STORE_TRANSITION,
    STORE_PURGE,
    STORE_CALLBACK,
    STORE_RUN,
    STORE_SEQUENCE,
    STORE_COPY,
    STORE_SNAPSHOT,
    STORE_SNAPSHOT_ROWS,
    STORE_LEFTOVER,
    STORE_FIND,
    STORE_REFUND,
    STORE_BALANCE,
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
 * The statements of one file of this folder, numbered from 0: as they stand in the source, or
 * written when they follow from the columns of rows. `write` fills one text for each; false with
 * sqlite3_errmsg set.
 */
struct store_queries {
    const char *const *texts; /* NULL: `write` makes them */
    bool (*write)(struct store *store, struct buf *ret_texts);
    size_t n; /* at most STORE_STATEMENTS_MOST */
};

extern const struct store_queries store_core_queries;
extern const struct store_queries store_account_queries;
extern const struct store_queries store_invoice_queries;
extern const struct store_queries store_transition_queries;
extern const struct store_queries store_purge_queries;
extern const struct store_queries store_callback_queries;
extern const struct store_queries store_run_queries;
extern const struct store_queries store_sequence_queries;
extern const struct store_queries store_copy_queries;
extern const struct store_queries store_snapshot_queries;
extern const struct store_queries store_snapshot_rows_queries;
extern const struct store_queries store_leftover_queries;
extern const struct store_queries store_find_queries;
extern const struct store_queries store_balance_queries;
extern const struct store_queries store_refund_queries;

struct store_statement {
    const char *text;       /* NULL: its group was not wanted yet */
    sqlite3_stmt *compiled; /* NULL: it was not wanted yet */
};

struct store {
    sqlite3 *db;
    char *file;
    bool in_turn, poisoned;
    char failure[512];                         /* of the last turn that was poisoned */
    int64_t invoice_count;                     /* -1: not counted yet */
    int64_t next[STORE_SEQUENCES];             /* 0: not read yet */
    const struct store_queries *const *groups; /* by enum store_group */
    struct arena texts;                        /* of statements that were written */
    struct store_statement statements[STORE_GROUPS][STORE_STATEMENTS_MOST];
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

/* Kinds of leftover rows. Stored: append only. */
enum store_leftover {
    STORE_LEFTOVER_ACCOUNT = 0,
    STORE_LEFTOVER_SNAPSHOT = 1,
};

/* Nothing refers to what bears this number any more: its rows go by and by. */
void store_leftover_add(struct store *store, enum store_leftover kind, int64_t num);

/* Deletes up to `limit` invoices of an account's old number with all that belongs to them, or as
 * many rows of a snapshot. True when that was all. */
bool store_invoice_sweep(struct store *store, int64_t account, int64_t limit);
bool store_copy_sweep(struct store *store, int64_t snapshot, int64_t limit);

/* Deletes the balances of an account's old number: there are few. */
void store_balance_clear(struct store *store, int64_t account);

/* Copies the rows of an account into an empty snapshot, and of a snapshot into an empty account. */
void store_copy_out(struct store *store, int64_t account, int64_t snapshot);
void store_copy_in(struct store *store, int64_t snapshot, int64_t account);

/* A statement, reset and ready to be bound; NULL, which every verb takes, in a turn that this
 * poisoned. `store_write_query` begins the turn first. */
sqlite3_stmt *store_query(struct store *store, enum store_group group, int query);
sqlite3_stmt *store_write_query(struct store *store, enum store_group group, int query);

/* Binds from ?1 on: 't' const char * (NULL: null), 'i' int64_t (INT64_MIN: null), 'b' const void *
 * and size_t. */
void store_bind(sqlite3_stmt *statement, const char *kinds, ...);

/* Steps a query: true while there is a row; at the end or on an error (which poisons) resets and
 * returns false. */
bool store_step(struct store *store, sqlite3_stmt *statement);

/* Runs a statement without rows to its end. Returns the number of rows it changed, 0 when it
 * failed. */
int store_run(struct store *store, sqlite3_stmt *statement);

/* Columns: NULL texts stay NULL, null integers are INT64_MIN. Texts are copied to the arena. */
const char *store_column_text(struct arena *arena, sqlite3_stmt *statement, int column);
int64_t store_column_int(sqlite3_stmt *statement, int column);

/*
 * Rows as their own files have them: the columns, how many there are, and a statement's first
 * values (from ?1 on) or columns (from 0 on) to or from a struct. Texts of a transition that was
 * read live until the next step; all others go to the arena.
 */
void store_invoice_columns(struct buf *names);
int store_invoice_width(void);
void store_invoice_bind(sqlite3_stmt *statement, const struct invoice *invoice);
void store_invoice_read(struct arena *arena, sqlite3_stmt *statement, struct invoice *ret_invoice);

/* What may change in an invoice: "status = ?2, ..." of an UPDATE whose ?1 is the row, and its
 * values. */
void store_invoice_assignments(struct buf *assignments);
void store_invoice_bind_changes(sqlite3_stmt *statement, const struct invoice *invoice);

#define STORE_TRANSITION_COLUMNS "invoice, at_ms, wall_ms, old, new, resolution, cause"
#define STORE_TRANSITION_WIDTH 7
void store_transition_bind(sqlite3_stmt *statement, const struct transition *transition);
void store_transition_read(sqlite3_stmt *statement, struct transition *ret_transition);

#define STORE_CALLBACK_HEAD                                                                        \
    "seq, invoice, account, transition, state, queued_ms, due_ms, attempts, ended_ms, code,"       \
    " manual, test_mode, fault, extra"
#define STORE_CALLBACK_COLUMNS STORE_CALLBACK_HEAD ", url, signature, body, body_cut"
#define STORE_CALLBACK_WIDTH 18
void store_callback_bind(sqlite3_stmt *statement, const struct callback *callback);
void store_callback_read(struct arena *arena, sqlite3_stmt *statement,
                         struct callback *ret_callback);

#define STORE_ATTEMPT_COLUMNS                                                                      \
    "callback, number, at_ms, wall_ms, took_ms, code, fault, error, request_headers,"              \
    " request_body, response_headers, response_body"
#define STORE_ATTEMPT_WIDTH 12
void store_attempt_bind(sqlite3_stmt *statement, const struct attempt *attempt);
void store_attempt_read(struct arena *arena, sqlite3_stmt *statement, struct attempt *ret_attempt);

/* Texts of a balance that was read live until the next step, too. */
#define STORE_BALANCE_COLUMNS "currency, active, pending, reserved"
#define STORE_BALANCE_WIDTH 4
void store_balance_bind(sqlite3_stmt *statement, const struct ledger_balance *moved);
void store_balance_read(sqlite3_stmt *statement, struct ledger_balance *ret_moved);
#define STORE_REFUND_COLUMNS                                                                       \
    "invoice, account, reference_id, amount, description, status, created_ms, finished_ms"
#define STORE_REFUND_WIDTH 8
void store_refund_bind(sqlite3_stmt *statement, const struct refund *refund);
void store_refund_read(struct arena *arena, sqlite3_stmt *statement, struct refund *ret_refund);
