/* What a scenario expects besides, and what it leaves out. */
#include "base/text.h"
#include "domain/money.h"
#include "rehearse/rehearse_oracles.h"

static void expect_state(const struct judging *judging, const json_t *states)
{
    const struct shop_state *shop = judging->shop;
    const char *list = NULL;
    size_t i;
    json_t *each;
    if (!shop || !states || judging->findings->n) {
        return;
    }
    json_array_foreach(states, i, each)
    {
        const char *state = json_string_value(each);
        if (text_equal(state, shop->state)) {
            return;
        }
        list = list ? arena_printf(&judging->scene->arena, "%s or %s", list, state) : state;
    }
    judging_add(judging,
                (struct finding){.oracle = "O3",
                                 .text = "the shop has come to another state than it should",
                                 .harm = "state",
                                 .costs = STATE_COSTS,
                                 .expected = list,
                                 .observed = shop->shown,
                                 .state = true});
}

/* How far the states of an order are in its course: a shop may be late, so it may go on. */
static int course_of(const char *state)
{
    static const char *const course[] = {"unpaid",        "pending",  "failed",   "part", "paid",
                                         "part_refunded", "disputed", "refunded", NULL};
    return text_index(course, state);
}

/* What the step `keep` saw must not have become an older state. */
static void expect_kept(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    const char *kept = judging->scene->kept;
    if (!shop || !kept || !judging->last) {
        return;
    }
    bool unknown = course_of(kept) < 0 && !text_equal(judging->scene->kept_shown, shop->shown);
    if (unknown || course_of(shop->state) < course_of(kept)) {
        judging_add(judging,
                    (struct finding){.oracle = "O3",
                                     .text = shop->read
                                                 ? "the shop has fallen back to an older state"
                                                 : "the shop no longer says the state of the order",
                                     .harm = "state",
                                     .costs = STATE_COSTS,
                                     .expected = judging->scene->kept_shown,
                                     .observed = shop->shown,
                                     .state = true});
    }
}

/* The shares of the order, in percent, that the ledger must have refunded. */
static void expect_refunded(const struct judging *judging, const json_t *shares)
{
    const struct ledger_invoice *invoice = judging_invoice(judging);
    int64_t expected = 0;
    size_t i;
    json_t *each;
    json_array_foreach(shares, i, each)
    {
        expected += invoice
                        ? ledger_share(invoice->amount, json_integer_value(each), invoice->currency)
                        : 0;
    }
    bool more = invoice && invoice->refunded > expected;
    if (shares && invoice && judging->last && invoice->refunded != expected) {
        judging_add(judging,
                    (struct finding){.oracle = "O4",
                                     .text = "another amount was refunded than was asked for",
                                     .harm = more ? "refunded_more" : "refunded_less",
                                     .costs = more ? "more goes back to the customer than the "
                                                     "shop's staff meant"
                                                   : "less goes back to the customer than the "
                                                     "shop's staff meant",
                                     .expected = judging_money(judging, expected),
                                     .observed = judging_money(judging, invoice->refunded)});
    }
}

/* How often the goods must have left the shop, if it fulfils an ordinary purchase at once. */
static void expect_fulfilments(const struct judging *judging, const json_t *n)
{
    const struct shop_state *shop = judging->shop;
    bool judged = n && shop && judging->scene->rehearsal->delivers;
    if (judged && text_equal(shop->state, "paid") && shop->fulfilments >= 0 &&
        shop->fulfilments < json_integer_value(n)) {
        judging_add(judging,
                    (struct finding){.oracle = "O1",
                                     .text = "the order is paid, but it is not fulfilled",
                                     .harm = "undelivered",
                                     .costs = "the customer has paid {amount} {currency}, and the "
                                              "goods stay in the shop",
                                     .expected = "1 fulfilment",
                                     .observed = "0 fulfilments",
                                     .state = true});
    }
}

/* How many invoices for payments there must be: one for each order. */
static void expect_invoices(const struct judging *judging, const json_t *n)
{
    int64_t made = 0;
    for (size_t i = 0; i < judging->ledger->n; i++) {
        made += !judging->ledger->invoices[i].payout;
    }
    if (n && made < json_integer_value(n) && !judging->scene->without_order) {
        judging_add(
            judging,
            (struct finding){.oracle = "O6",
                             .text = "two orders share one invoice",
                             .harm = "shared",
                             .costs = "the payment of an order of {amount} {currency} "
                                      "counts for another order too",
                             .expected = "an invoice for each order",
                             .observed = arena_printf(&judging->scene->arena, "%lld for %d orders",
                                                      (long long)made, judging->scene->presses)});
    }
}

static void expect_payouts(const struct judging *judging, const json_t *n)
{
    int64_t made = judging_payouts(judging);
    if (n && made != json_integer_value(n)) {
        judging_add(judging,
                    (struct finding){.oracle = "O1",
                                     .text = "another number of payouts was made than it should",
                                     .harm = "payouts",
                                     .costs = made > json_integer_value(n)
                                                  ? "money is paid out that should have stayed"
                                                  : "a payout that was ordered is not made",
                                     .expected = judging_number(judging, json_integer_value(n)),
                                     .observed = judging_number(judging, made)});
    }
}

void judge_expectations(const struct judging *judging)
{
    const json_t *expect = json_object_get(judging->scene->scenario, "expect");
    if (judging->last) {
        expect_state(judging, json_object_get(expect, "state"));
    }
    expect_kept(judging);
    expect_refunded(judging, json_object_get(expect, "refunded"));
    expect_payouts(judging, json_object_get(expect, "payouts"));
    expect_invoices(judging, json_object_get(expect, "invoices"));
    expect_fulfilments(judging, json_object_get(expect, "fulfilments"));
}

/* Drops what the oracles found that the scenario leaves out. */
void judge_without(const struct judging *judging)
{
    const json_t *without = json_object_get(judging->scene->scenario, "without");
    size_t i, left = 0;
    json_t *each;
    for (size_t k = 0; k < judging->findings->n; k++) {
        bool out = false;
        json_array_foreach(without, i, each)
        {
            out = out || text_equal(json_string_value(each), judging->findings->list[k].oracle);
        }
        if (!out) {
            judging->findings->list[left++] = judging->findings->list[k];
        }
    }
    judging->findings->n = left;
}
