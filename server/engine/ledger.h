/*
 * The ledger: an account's balances by currency. A balance is the opening balance, a setting, plus
 * the sum of all postings. Test and live mode share balances, as they share invoices. Only the
 * engine posts, in the transaction of the change that moves the money, so after a crash either both
 * exist or neither.
 *
 * Each change posts the difference that it makes to the invoice's effect on the balance
 * (invoice_balance_effect). The balances therefore always equal the opening balances plus the
 * effects of all invoices, whatever statuses these went through.
 */
#pragma once

#include "domain/account.h"
#include "engine/engine.h"
#include "view/view_account.h"

/* The default opening balance in each currency that a service has. */
#define LEDGER_OPENING (1000000 * MONEY_ONE)

/*
 * Reads the balance in one currency. The opening balance is that of the setting opening_balances,
 * else LEDGER_OPENING if a service has the currency, else 0. Sums are limited to MONEY_MOST of
 * either sign. `ret_balance->currency` is the text that was given.
 */
void ledger_balance(struct engine *engine, const struct tenant *tenant, const char *currency,
                    struct ledger_balance *ret_balance);

/*
 * Reads the balances of every currency that the account can have, for display: those of the
 * services in catalogue order, then those of the setting, then any others with postings. Texts and
 * the list live in `arena`.
 */
struct view_balances ledger_view(struct engine *engine, const struct tenant *tenant,
                                 struct arena *arena);

/* Adds to a balance in the turn's transaction. Writes nothing if all three are 0. */
void ledger_post(struct engine *engine, struct tenant *tenant, const char *currency, int64_t active,
                 int64_t pending, int64_t reserved);
