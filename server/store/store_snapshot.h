/*
 * Snapshots in the database: named states of accounts. A state is taken and brought back by copying
 * rows inside the database; row by row it is read and written only for files (export and import).
 * Errors: see store.h.
 */
#pragma once

#include "domain/account.h"
#include "domain/invoice.h"
#include "domain/row.h"
#include "store/store.h"

/* Inserts an empty one in the place of any with its name; returns its seq. */
int64_t store_snapshot_insert(struct store *store, const struct snapshot *snapshot);

/* Copies all rows of an account's number into an empty snapshot. What is being sent is queued in
 * the copy, as after a crash. */
void store_snapshot_take(struct store *store, int64_t snapshot, int64_t account);

/* Copies a snapshot's rows under the number of an account that is empty. Numbers of invoices and
 * callbacks are what they were. */
void store_snapshot_restore(struct store *store, int64_t snapshot, int64_t account);

/* Texts go to the arena. False when the account has none of this name. */
bool store_snapshot_get(struct store *store, struct arena *arena, const char *account,
                        const char *name, struct snapshot *ret_snapshot);

/* Those of an account by name, behind the name `after` ("": all); returns how many. */
size_t store_snapshot_list(struct store *store, struct arena *arena, const char *account,
                           const char *after, int64_t limit, struct snapshot **ret_snapshots);
int64_t store_snapshot_count(struct store *store, const char *account);

void store_snapshot_delete(struct store *store, const struct snapshot *snapshot);
void store_snapshot_delete_all(struct store *store, const char *account);

/* True when a row with this number belongs to another account, in its state or in a snapshot of
 * it. */
bool store_snapshot_invoice_taken(struct store *store, const char *account, int64_t seq);
bool store_snapshot_callback_taken(struct store *store, const char *account, int64_t seq);

/* ------------------------------------------------------------------ row by row */

/* Calls `each` for the invoices in order until it returns false; texts live until it returns. */
void store_snapshot_invoices(struct store *store, int64_t snapshot,
                             bool (*each)(void *arg, const struct invoice *row), void *arg);

/*
 * The rows of a table (domain/row.h) in order, into the arena; returns how many. `owner` is the
 * invoice or the callback that they belong to, the snapshot of what belongs to the account:
 * outcomes and balances. A pointer to a pointer to the rows is passed.
 */
size_t store_snapshot_rows(struct store *store, struct arena *arena, int64_t snapshot,
                           const struct row_table *table, int64_t owner, void *ret_rows);

/* Adds a row behind those of its table. The account in it does not matter. Its number is not given
 * to others from then on. */
void store_snapshot_add(struct store *store, int64_t snapshot, const struct row_table *table,
                        const void *row);
