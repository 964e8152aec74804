/*
 * Snapshots in the database: named states of accounts. A snapshot is taken and restored by copying
 * rows inside the database. Rows are read and written one by one only for files (export and
 * import). Errors: see store.h.
 */
#pragma once

#include "domain/account.h"
#include "domain/invoice.h"
#include "domain/row.h"
#include "store/store.h"

/* Inserts an empty one and replaces one with the same name; returns its seq. */
int64_t store_snapshot_insert(struct store *store, const struct snapshot *snapshot);

/* Copies all rows of an account's number into an empty snapshot. Callbacks that are being sent are
 * queued in the copy, as after a crash. */
void store_snapshot_take(struct store *store, int64_t snapshot, int64_t account);

/* Copies a snapshot's rows into an empty account. Invoices and callbacks keep their numbers. */
void store_snapshot_restore(struct store *store, int64_t snapshot, int64_t account);

/* Texts go to the arena. Returns false if the account has none with this name. */
bool store_snapshot_get(struct store *store, struct arena *arena, const char *account,
                        const char *name, struct snapshot *ret_snapshot);

/* Those of an account sorted by name, after the name `after` ("": all); returns how many. */
size_t store_snapshot_list(struct store *store, struct arena *arena, const char *account,
                           const char *after, int64_t limit, struct snapshot **ret_snapshots);
int64_t store_snapshot_count(struct store *store, const char *account);

/* Deletes the one with this name, or all of the account if the name is NULL. */
void store_snapshot_delete(struct store *store, const char *account, const char *name);

/* True if an invoice's or a callback's row with this number belongs to another account or to a
 * snapshot of one. */
bool store_snapshot_taken(struct store *store, const struct row_table *table, const char *account,
                          int64_t seq);

/* ------------------------------------------------------------------ row by row */

/* Calls `each` for the invoices in order until it returns false; texts are valid until it
 * returns. */
void store_snapshot_invoices(struct store *store, int64_t snapshot,
                             bool (*each)(void *arg, const struct invoice *row), void *arg);

/*
 * The rows of a table (domain/row.h) in order, into the arena; returns how many. `owner` is the
 * invoice or the callback that they belong to, the snapshot of what belongs to the account:
 * outcomes and balances. A pointer to a pointer to the rows is passed.
 */
size_t store_snapshot_rows(struct store *store, struct arena *arena, int64_t snapshot,
                           const struct row_table *table, int64_t owner, void *ret_rows);

/* Appends a row to its table. Its account is ignored. Its number is not used again. */
void store_snapshot_add(struct store *store, int64_t snapshot, const struct row_table *table,
                        const void *row);
