/* O3 and O4: shop and platform say the same. */
#include "base/text.h"
#include "domain/money.h"
#include "rehearse/rehearse_oracles.h"

/* ------------------------------------------------------------------ O3: the same state */

#define STATES_MOST 5

/* What a shop may say at rest that was told of a status. */
static const struct agreement {
    const char *status;
    const char *states[STATES_MOST];
} agreements[] = {
    {"created", {"unpaid", "pending"}},
    {"process_pending", {"unpaid", "pending"}},
    {"processing", {"unpaid", "pending"}},
    {"process_error", {"unpaid", "pending"}},
    {"processed", {"paid"}},
    {"partially_processed", {"part", "pending", "unpaid"}},
    {"process_failed", {"failed", "unpaid", "pending"}}, /* the payer may try again */
    {"process_failed:expired", {"failed", "unpaid"}},
    {"expired", {"failed", "unpaid"}},
    {"terminated", {"failed", "unpaid"}},
    {"refund_pending", {"paid", "pending", "part_refunded"}},
    {"refunding", {"paid", "pending", "part_refunded"}},
    {"refund_failed", {"paid"}},
    {"partially_refunded", {"part_refunded", "paid"}},
    {"refunded", {"refunded"}},
    {"charged_back", {"disputed", "refunded"}},
    {"partially_charged_back", {"disputed", "part_refunded", "part"}},
};

static bool is_among(const char *const *states, const char *state)
{
    for (size_t i = 0; i < STATES_MOST && states[i]; i++) {
        if (text_equal(states[i], state)) {
            return true;
        }
    }
    return false;
}

static const char *joined(const struct judging *judging, const char *const *states)
{
    const char *text = states[0];
    for (size_t i = 1; i < STATES_MOST && states[i]; i++) {
        text = arena_printf(&judging->scene->arena, "%s or %s", text, states[i]);
    }
    return text;
}

/* The row of the status with its resolution, else of the status. */
static const struct agreement *agreement_of(const struct judging *judging,
                                            const struct ledger_invoice *invoice)
{
    const char *both =
        arena_printf(&judging->scene->arena, "%s:%s", invoice->status, invoice->resolution);
    const struct agreement *row = TEXT_FIND(both, agreements);
    return row ? row : TEXT_FIND(invoice->status, agreements);
}

void judge_readable(const struct judging *judging)
{
    if (judging->shop && !judging->shop->read) {
        judging_add(judging,
                    (struct finding){.oracle = "O3",
                                     .text = "the shop does not say the state of the order",
                                     .harm = "unread",
                                     .costs = "nobody can see in the shop whether the order of "
                                              "{amount} {currency} is paid",
                                     .expected = "a state",
                                     .observed = judging->shop->shown,
                                     .state = true});
    }
}

void judge_state(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    const struct ledger_invoice *invoice = judging_invoice(judging);
    const struct agreement *row = invoice ? agreement_of(judging, invoice) : NULL;
    if (!shop || !shop->read || !row || judging_has(judging, "O1") || judging_has(judging, "O2")) {
        return;
    }
    bool known =
        told_of(judging->scene, judging->ledger, invoice->status) || judging->scene->looked;
    if (known && !is_among(row->states, shop->state)) {
        judging_add(judging,
                    (struct finding){.oracle = "O3",
                                     .text = arena_printf(&judging->scene->arena,
                                                          "the platform says %s, the shop %s",
                                                          invoice->status, shop->shown),
                                     .harm = "state",
                                     .costs = STATE_COSTS,
                                     .expected = joined(judging, row->states),
                                     .observed = shop->shown,
                                     .state = true});
    }
}

/* ------------------------------------------------------------------ O4: refunds add up */

void judge_refunds(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    const struct ledger_invoice *invoice = judging_invoice(judging);
    if (shop && invoice && shop->refunded != MONEY_NONE && shop->refunded != invoice->refunded &&
        told_of(judging->scene, judging->ledger, invoice->status)) {
        judging_add(judging, (struct finding){.oracle = "O4",
                                              .text = "the refunds of shop and platform differ",
                                              .harm = "refunds",
                                              .costs = "the books of the shop differ from the "
                                                       "money that went back to the customer",
                                              .expected = judging_money(judging, invoice->refunded),
                                              .observed = judging_money(judging, shop->refunded),
                                              .state = true});
    }
}

/* ------------------------------------------------------------------ payouts */

/* What a shop may say of a payout that has this status. */
static const struct agreement payout_agreements[] = {
    {"created", {"pending"}}, {"process_pending", {"pending"}}, {"processing", {"pending"}},
    {"processed", {"paid"}},  {"process_failed", {"failed"}},   {"canceled", {"failed"}},
    {"refused", {"failed"}}, /* the platform made none */
};

static const char *payout_status(const struct judging *judging)
{
    const char *status = "refused";
    for (size_t i = 0; i < judging->ledger->n; i++) {
        const struct ledger_invoice *each = &judging->ledger->invoices[i];
        status = each->payout ? each->status : status;
    }
    return status;
}

void judge_payout_state(const struct judging *judging)
{
    const struct shop_state *shop = judging->payout;
    const char *status = payout_status(judging);
    const struct agreement *row = TEXT_FIND(status, payout_agreements);
    if (!shop || !judging->last || !row || is_among(row->states, shop->state)) {
        return;
    }
    judging_add(judging, (struct finding){.oracle = "O3",
                                          .text = arena_printf(&judging->scene->arena,
                                                               "the payout is %s, the shop says %s",
                                                               status, shop->shown),
                                          .harm = "payout_state",
                                          .costs = "the shop treats a payout of {amount} "
                                                   "{currency} by a state that is not true",
                                          .expected = joined(judging, row->states),
                                          .observed = shop->shown,
                                          .state = true});
}
