/* What the files of store/ share: the handle and the verbs on statements. Nobody else includes
 * this. */
#pragma once

#include "store/store.h"

#include <sqlite3.h>

/* One group of prepared statements per file. */
enum store_group {
    STORE_CORE,
    STORE_ACCOUNT,
    STORE_INVOICE,
    STORE_CALLBACK,
    STORE_RUN,
    STORE_GROUPS,
};

#define STORE_STATEMENTS_MOST 24

struct store {
    sqlite3 *db;
    char *file;
    bool in_turn, poisoned;
    int64_t invoice_count; /* -1: not counted yet */
    int64_t next_seq;      /* of invoices, 0: not read yet */
    sqlite3_stmt *statements[STORE_GROUPS][STORE_STATEMENTS_MOST];
};

/* Prepares a file's statements; false with sqlite3_errmsg set. Each file of store/ has such a
 * function. */
bool store_prepare(struct store *store, enum store_group group, const char *const *sql, size_t n);
bool store_account_prepare(struct store *store);
bool store_invoice_prepare(struct store *store);
bool store_callback_prepare(struct store *store);
bool store_run_prepare(struct store *store);

/* Invoices are about to be deleted: their row numbers must not come again. */
void store_invoice_keep_seq(struct store *store);

/* A statement, reset and ready to be bound. `store_write_query` begins the turn first. */
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
