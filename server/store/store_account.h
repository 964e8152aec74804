/* Accounts, their queued outcomes and their balances in the database. Errors: see store.h. */
#pragma once

#include "domain/account.h"
#include "domain/outcome.h"
#include "store/store.h"

/* Calls `each` for every account in the order of creation; texts are valid until it returns. */
void store_account_all(struct store *store, void (*each)(void *arg, const struct account_row *row),
                       void *arg);

/* Inserts; returns its num, or 0 if the turn is poisoned. */
int64_t store_account_insert(struct store *store, const struct account_row *row);

void store_account_set_settings(struct store *store, int64_t num, const char *settings);
const char *store_account_services(struct store *store, struct arena *arena, int64_t num);
void store_account_set_services(struct store *store, int64_t num, const char *services);

/* Its keys and old_keys. */
void store_account_set_keys(struct store *store, const struct account_row *row);

void store_account_set_clock(struct store *store, int64_t num, const struct account_clock *clock);

/*
 * Empties the account. It gets a new number, which is returned; the rows under the old one
 * (invoices, callbacks, transitions, queued outcomes, balances) become garbage (store_garbage.h).
 * Callers that cache the number must replace it.
 */
int64_t store_account_empty(struct store *store, int64_t num);

/* Deletes the account; its rows become garbage. */
void store_account_delete(struct store *store, int64_t num);

/* Queues an outcome; outcome_kind gives its kind. */
void store_outcome_push(struct store *store, int64_t account, const char *text);

/* Removes and returns the first queued outcome of a kind; NULL if there is none. */
const char *store_outcome_pop(struct store *store, struct arena *arena, int64_t account,
                              enum outcome_kind kind);

void store_outcome_clear(struct store *store, int64_t account);
int64_t store_outcome_count(struct store *store, int64_t account);

/* Calls `each` for every queued outcome, first in first out. */
void store_outcome_all(struct store *store, int64_t account,
                       void (*each)(void *arg, const char *text), void *arg);

/* ------------------------------------------------------------------ balances */

/* The total change in one currency; zeros if there was none. `ret_moved->currency` stays as it was.
 * Opening balances are settings and not included (engine/ledger.h). */
void store_balance_get(struct store *store, int64_t account, const char *currency,
                       struct ledger_balance *ret_moved);

/* Adds to it. Sums are limited to MONEY_MOST of either sign. */
void store_balance_add(struct store *store, int64_t account, const struct ledger_balance *by);

/* Calls `each` for every currency with changes, by its code; texts are valid until it returns. */
void store_balance_all(struct store *store, int64_t account,
                       void (*each)(void *arg, const struct ledger_balance *moved), void *arg);
