/*
 * Snapshots in the database: named states of accounts. A state is taken and brought back by copying
 * rows inside the database; row by row it is read and written only for files (export and import).
 * Errors: see store.h.
 */
#pragma once

#include "domain/balance.h"
#include "domain/invoice.h"
#include "store/store.h"

struct snapshot {
    int64_t seq;          /* row id; never given twice */
    const char *account;  /* its id: the number changes */
    const char *name;     /* unique in the account */
    int64_t created_ms;   /* machine time */
    int64_t invoices;     /* how many it has */
    const char *settings; /* JSON text, as the account's */
    bool frozen;          /* the clock's mode */
    int64_t now_ms;       /* account time at that moment */
};

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

/* What belongs to an invoice or a callback, in order, into the arena; returns how many. */
size_t store_snapshot_transitions(struct store *store, struct arena *arena, int64_t snapshot,
                                  int64_t invoice, struct transition **ret_rows);
size_t store_snapshot_callbacks(struct store *store, struct arena *arena, int64_t snapshot,
                                int64_t invoice, struct callback **ret_rows);
size_t store_snapshot_attempts(struct store *store, struct arena *arena, int64_t snapshot,
                               int64_t callback, struct attempt **ret_rows);

size_t store_snapshot_refunds(struct store *store, struct arena *arena, int64_t snapshot,
                              int64_t invoice, struct refund **ret_rows);

/* Calls `each` for every queued outcome, first in first out. */
void store_snapshot_outcomes(struct store *store, int64_t snapshot,
                             void (*each)(void *arg, const char *text), void *arg);

/* Calls `each` for what moved in each currency. */
void store_snapshot_balances(struct store *store, int64_t snapshot,
                             void (*each)(void *arg, const struct ledger_balance *moved),
                             void *arg);

/* Adds rows, in order. The account in them does not matter. Their numbers are not given to others
 * from then on. */
void store_snapshot_add_invoice(struct store *store, int64_t snapshot, const struct invoice *row);
void store_snapshot_add_transition(struct store *store, int64_t snapshot,
                                   const struct transition *row);
void store_snapshot_add_callback(struct store *store, int64_t snapshot, const struct callback *row);
void store_snapshot_add_attempt(struct store *store, int64_t snapshot, const struct attempt *row);
void store_snapshot_add_outcome(struct store *store, int64_t snapshot, const char *text);
void store_snapshot_add_balance(struct store *store, int64_t snapshot,
                                const struct ledger_balance *moved);
void store_snapshot_add_refund(struct store *store, int64_t snapshot, const struct refund *row);
