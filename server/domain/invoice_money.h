/*
 * The money of an invoice: how much a change of status moves, and the invariant refunded_amount +
 * charged_back_amount <= processed_amount.
 */
#pragma once

#include "domain/invoice.h"

/* The amount paid and not returned, or the full amount if nothing was paid yet: the most that a
 * refund or a chargeback can take. */
int64_t invoice_left(const struct invoice *invoice);

/* How much a change moves. `most` is below `least` if it cannot move anything. */
struct money_range {
    int64_t least, most; /* both 0: the status moves no money */
    int64_t usual;       /* if no amount is given */
};

/*
 * What a change to `status` may move. A full amount is all that is left (for `processed`: anything
 * up to what the payer owes). A part is less than that and usually half of it, in whole steps of
 * the currency (rate.h) if possible.
 */
struct money_range invoice_range(const struct invoice *invoice, enum status status);

/* Whether the range has this amount. */
bool money_range_has(const struct money_range *range, int64_t amount);

/* Adds an amount to one that may be MONEY_NONE. */
void money_raise(int64_t *sum, int64_t amount);
