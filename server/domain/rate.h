/*
 * Exchange rates: data of the fixtures, immutable while serving. Each currency has a rate to one
 * base; the rate of two currencies follows from theirs.
 */
#pragma once

#include "domain/money.h"

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

/* The smallest part of a currency that fees and converted amounts are rounded to: a cent, 1e-8 of
 * a coin, 1 of a currency without cents. In money.h's units. */
int64_t currency_step(const char *currency);

/*
 * numerator / denominator, rounded half up to whole steps, at most MONEY_MOST. All money is rounded
 * here. The numerator is at most a product of two amounts and not negative; denominator and step
 * are more than 0.
 */
int64_t money_divide(__int128 numerator, int64_t denominator, int64_t step);
