/* Accounts, their queued outcomes and their balances in the database. Errors: see store.h. */
#pragma once

#include "domain/account.h"
#include "domain/outcome.h"
#include "store/store.h"

/* Calls `each` for every account in the order of their making; texts live until it returns. */
void store_account_all(struct store *store, void (*each)(void *arg, const struct account_row *row),
                       void *arg);

/* Inserts; returns its num, 0 when the turn is poisoned. */
int64_t store_account_insert(struct store *store, const struct account_row *row);

void store_account_set_settings(struct store *store, int64_t num, const char *settings);
void store_account_set_clock(struct store *store, int64_t num, const struct account_clock *clock);

/*
 * Empties the account: it gets another number, which is returned, and all that bore the old one
 * (invoices, callbacks, transitions, queued outcomes, balances) is garbage (store_garbage.h).
 * Whoever remembers the number forgets it or learns the new one.
 */
int64_t store_account_empty(struct store *store, int64_t num);

/* Deletes the account; what it had is garbage. */
void store_account_delete(struct store *store, int64_t num);

/* Queues an outcome; outcome_kind says for whom. */
void store_outcome_push(struct store *store, int64_t account, const char *text);

/* Takes the first queued outcome of a kind out; NULL when there is none. */
const char *store_outcome_pop(struct store *store, struct arena *arena, int64_t account,
                              enum outcome_kind kind);

void store_outcome_clear(struct store *store, int64_t account);
int64_t store_outcome_count(struct store *store, int64_t account);

/* Calls `each` for every queued outcome, first in first out. */
void store_outcome_all(struct store *store, int64_t account,
                       void (*each)(void *arg, const char *text), void *arg);

/* ------------------------------------------------------------------ balances */

/* What moved in one currency: zeros when nothing did. `ret_moved->currency` stays as it was. The
 * opening balances are settings, and none of the store's (engine/ledger.h). */
void store_balance_get(struct store *store, int64_t account, const char *currency,
                       struct ledger_balance *ret_moved);

/* Adds to it. A sum stops at MONEY_MOST of either sign. */
void store_balance_add(struct store *store, int64_t account, const struct ledger_balance *by);

/* Calls `each` for every currency that ever moved, by its code; texts live until it returns. */
void store_balance_all(struct store *store, int64_t account,
                       void (*each)(void *arg, const struct ledger_balance *moved), void *arg);
