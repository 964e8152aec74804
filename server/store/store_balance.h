/*
 * What moved the money of accounts, by currency; the opening balances are settings, and none of
 * the store's (engine/ledger.h). Errors: see store.h.
 */
#pragma once

#include "domain/balance.h"
#include "store/store.h"

/* What moved in one currency: zeros when nothing did. `ret_moved->currency` stays as it was. */
void store_balance_get(struct store *store, int64_t account, const char *currency,
                       struct ledger_balance *ret_moved);

/* Adds to it. A sum stops at MONEY_MOST of either sign. */
void store_balance_add(struct store *store, int64_t account, const struct ledger_balance *by);

/* Calls `each` for every currency that ever moved, by its code; texts live until it returns. */
void store_balance_all(struct store *store, int64_t account,
                       void (*each)(void *arg, const struct ledger_balance *moved), void *arg);
