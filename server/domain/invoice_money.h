/*
 * The money of an invoice: what a change of its status moves, and the one rule that always holds,
 * refunded_amount + charged_back_amount <= processed_amount.
 */
#pragma once

#include "domain/invoice.h"

/* What was paid and has not gone back, all of it when nothing was paid yet: the most that a refund
 * or a chargeback can take. */
int64_t invoice_left(const struct invoice *invoice);

/* How much a change moves. `most` below `least`: there is nothing that it could move. */
struct money_range {
    int64_t least, most; /* both 0: the status moves no money */
    int64_t usual;       /* when nobody says how much */
};

/*
 * What becoming `status` may move: a whole is all that is left (of `processed`: anything up to what
 * the payer is to pay), a part is less than that and usually the half, in whole steps of the
 * currency (rate.h) where there are any.
 */
struct money_range invoice_range(const struct invoice *invoice, enum status status);

/* Whether the range has this amount. */
bool money_range_has(const struct money_range *range, int64_t amount);

/* Adds an amount to one that may be MONEY_NONE. */
void money_raise(int64_t *sum, int64_t amount);
