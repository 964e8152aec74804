/* The account's own resources (P651, P652), and its balances as the control API shows them. */
#pragma once

#include "domain/account.h"
#include "wire/json_out.h"

/* GET /account/profile. `base_url` is where the payment pages are, without a trailing slash. */
void view_account_profile(struct json_out *out, const char *key, const struct account *account,
                          const char *base_url);

struct view_balances {
    const struct account *account;
    const uint8_t *derive_key; /* ids of currency accounts follow from the account's (ident.h) */
    const struct ledger_balance *list;
    size_t n;
};

/* GET /account/balances. Balances are texts with two decimals, or as many as they need. */
void view_account_balances(struct json_out *out, const char *key,
                           const struct view_balances *balances);

/* The same as items of the array that is open, an object to a currency. */
void view_account_balance_items(struct json_out *out, const struct view_balances *balances);
