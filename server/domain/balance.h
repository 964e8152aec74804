/* An account's money in one currency (P652). */
#pragma once

#include <stdint.h>

/* Amounts in money.h's units, of either sign: what an account has, or what moved it. */
struct ledger_balance {
    const char *currency;
    int64_t active;   /* to be paid out or refunded from */
    int64_t pending;  /* on its way out: payouts that are under way */
    int64_t reserved; /* held back */
};
