/*
 * How fine the amounts of a currency are: a cent, 1e-8 of a coin, 1 of a currency without cents.
 *
 * A table of currencies (--catalogue) decides where there is one and it has the currency. Otherwise
 * fees and converted amounts are rounded by built-in rules, and amounts may have as many decimals
 * as money.h takes.
 */
#pragma once

#include "base/buf.h"
#include "base/sorted.h"

#include <stdbool.h>
#include <stdint.h>

#define CURRENCY_DECIMALS_MOST 8

struct currency {
    const char *code;
    int decimals; /* 0 to CURRENCY_DECIMALS_MOST */
};

struct currency_table {
    struct sorted codes; /* of struct currency */
};

/* Makes a table decide, or none (NULL). Called at the start and at the end only. */
void currency_use(const struct currency_table *table);

/* The smallest part that fees and converted amounts are rounded to, in money.h's units. */
int64_t currency_step(const char *currency);

/* The smallest part that an amount may have, in money.h's units. NULL: no currency. */
int64_t currency_unit(const char *currency);

/* How many decimals an amount may have. */
int currency_decimals(const char *currency);

/* How many decimals an amount has at least where people read it: 2, or fewer or 3 if the currency
 * has so many. */
int currency_decimals_shown(const char *currency);

/* Appends the currencies for which that is not 2, by their codes: "JPY 0 KWD 3". */
void currency_write_shown(struct buf *out);
