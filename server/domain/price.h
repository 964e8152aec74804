/*
 * The price of an invoice: its service's fee, and its amount in the service's currency by an
 * exchange rate. Rates are data of the fixtures, immutable while serving. Each currency has a rate
 * to one base; the rate of two currencies follows from theirs.
 */
#pragma once

#include "domain/money.h"
#include "domain/service.h"

#include <stdbool.h>
#include <stddef.h>

struct rate {
    const char *currency;
    int64_t per_base; /* units of it for one of the base (money.h), more than 0 */
};

struct rate_table {
    const struct rate *list;
    size_t n; /* the base is one of them, at MONEY_ONE */
};

/* How much of `to` one `from` is, in 1e-8 units, rounded half up; MONEY_NONE if one of them has no
 * rate, or the result does not fit. */
int64_t rate_find(const struct rate_table *table, const char *from, const char *to);

struct price {
    int64_t exchange_rate;  /* from the invoice's currency to the service's (money.h) */
    int64_t service_amount; /* the amount in the service's currency */
    int64_t fee;            /* of the account, in the invoice's currency */
    int64_t deposit;        /* what the account gets */
    int64_t payment_amount; /* what the payer pays: deposit + fee */
};

/*
 * The fee on an amount in the service's currency: fee_rate percent of it and fee_fix, rounded half
 * up to the currency's step; then at least fee_min, and at most fee_max where that is not 0.
 */
int64_t price_fee(const struct service *service, int64_t amount);

/* An amount in the service's currency; `rate` is the exchange_rate. */
int64_t price_converted(const struct service *service, int64_t amount, int64_t rate);

/*
 * The price of an invoice of `amount`. The fee's limits are in the service's currency, so it is
 * found there and brought back by the same rate. It comes out of the amount, or on top of it when
 * `shift_out` (P1204: payment_amount = deposit + fee). `rate` more than 0.
 */
struct price price_of(const struct service *service, const char *currency, int64_t amount,
                      int64_t rate, bool shift_out);

/* The same of a payout: payment_amount is what the payee gets, the whole amount, and deposit what
 * is written off the balance, the fee on top (P1212). */
struct price price_of_payout(const struct service *service, const char *currency, int64_t amount,
                             int64_t rate);

/* False if one of its amounts is beyond MONEY_MOST and was limited to it. */
bool price_is_exact(const struct price *price);
