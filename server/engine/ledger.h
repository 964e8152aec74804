/*
 * The ledger: what money an account has, by currency. A balance is its opening balance, a setting,
 * and the sum of everything that was posted since; test and live mode share one, as they share
 * invoices. Only the engine posts, in the transaction of the change that moves the money, so a
 * crash leaves neither without the other.
 *
 * What an invoice moves is not told by its statuses but by its worth (invoice_balance_effect): each
 * change posts the difference that it makes. So the balances are always the opening ones and the
 * worth of all invoices together, whichever way these took.
 */
#pragma once

#include "domain/account.h"
#include "engine/engine.h"
#include "view/view_account.h"

/* Where no setting says otherwise, in each currency of a service. */
#define LEDGER_OPENING (1000000 * MONEY_ONE)

/*
 * The balance in one currency. It opens with what the setting opening_balances says of it, with
 * LEDGER_OPENING when a service has the currency, else with 0. Sums stop at MONEY_MOST of either
 * sign. `ret_balance->currency` is the text that was given.
 */
void ledger_balance(struct engine *engine, const struct tenant *tenant, const char *currency,
                    struct ledger_balance *ret_balance);

/*
 * The balances, for showing, of every currency that the account can have: those of the services in
 * the order of the catalogue, then what the setting names beside them, then whatever else moved.
 * Texts and the list live in `arena`.
 */
struct view_balances ledger_view(struct engine *engine, const struct tenant *tenant,
                                 struct arena *arena);

/* Adds to a balance, in the turn's transaction; nothing at all is written when all three are 0. */
void ledger_post(struct engine *engine, struct tenant *tenant, const char *currency, int64_t active,
                 int64_t pending, int64_t reserved);
