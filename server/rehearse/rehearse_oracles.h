/* What must be true after every scenario, whatever it did: the shop against the ledger. */
#pragma once

#include "rehearse/rehearse_ledger.h"

#define STATE_COSTS "the shop treats an order of {amount} {currency} by a state that is not true"

struct judging {
    struct scene *scene;
    const struct ledger *ledger;
    const struct shop_state *shop;   /* of the order; NULL: no hook tells it */
    const struct shop_state *payout; /* of the last payout; the same */
    bool last;                       /* the scenario is over: callbacks have ended */
    struct findings *findings;
};

/* Adds what is wrong to judging->findings. */
void oracles_judge(const struct judging *judging);

/* ------------------------------------------------------------------ rehearse_judging.c: for the
 * oracles */

/* The invoice that the payer saw; NULL: there is none. */
const struct ledger_invoice *judging_invoice(const struct judging *judging);

void judging_add(const struct judging *judging, struct finding finding);
bool judging_has(const struct judging *judging, const char *oracle);
const char *judging_money(const struct judging *judging, int64_t amount); /* "100.00 USD" */
const char *judging_number(const struct judging *judging, int64_t n);
int64_t judging_payouts(const struct judging *judging); /* that paid something */

/* rehearse_agreement.c */
void judge_readable(const struct judging *judging);
void judge_state(const struct judging *judging);
void judge_refunds(const struct judging *judging);
void judge_payout_state(const struct judging *judging);

/* rehearse_ordered.c */
void judge_ordered(const struct judging *judging);

/* rehearse_answers.c */
void judge_callbacks(const struct judging *judging);

/* rehearse_expect.c: what the scenario expects besides the oracles; and drops what it leaves out.
 */
void judge_expectations(const struct judging *judging);
void judge_without(const struct judging *judging);

/* rehearse_told.c: whether this attempt is not genuine: its signature does not belong to its bytes
 * and to this account. */
bool told_is_forgery(const struct scene *scene, const json_t *callback, const json_t *attempt);

/* Whether a genuine callback told the shop of this status, and got 200. */
bool told_of(const struct scene *scene, const struct ledger *ledger, const char *status);
