/* The oracles of money, and the table of all. */
#include "rehearse/rehearse_oracles.h"

#include "base/text.h"
#include "domain/money.h"

/* ------------------------------------------------------------------ O1, O2: paid once */

static const char *const paid_states[] = {"paid", "refunded", "part_refunded", "disputed", NULL};

static bool says_paid(const struct shop_state *shop)
{
    return text_equal(shop->state, "paid") || shop->fulfilments > 0;
}

static bool has_money(const struct ledger_invoice *invoice)
{
    return invoice && invoice->paid >= invoice->amount && invoice->paid > 0;
}

static void judge_fulfilments(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    if (shop && shop->fulfilments > 1) {
        judging_add(judging, (struct finding){.oracle = "O1",
                                              .text = "the order is fulfilled more than once",
                                              .harm = shop->fulfilments == 2 ? "twice" : NULL,
                                              .costs = "the goods of an order of {amount} "
                                                       "{currency} leave the shop more than once",
                                              .expected = "1 fulfilment",
                                              .observed = arena_printf(
                                                  &judging->scene->arena, "%lld fulfilments",
                                                  (long long)shop->fulfilments)});
    }
}

static void judge_unpaid(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    const struct ledger_invoice *invoice = judging_invoice(judging);
    if (!shop || !invoice || has_money(invoice) || !says_paid(shop)) {
        return;
    }
    judging_add(
        judging,
        (struct finding){.oracle = judging->scene->forged ? "O2" : "O1",
                         .text = judging->scene->forged
                                     ? "the shop takes a callback that is not genuine for money"
                                     : "the shop takes the order for paid, but there is no money",
                         .harm = "unpaid",
                         .costs = "goods for {amount} {currency} leave the shop without payment",
                         .expected =
                             arena_printf(&judging->scene->arena, "not paid: the platform has %s",
                                          judging_money(judging, invoice->paid)),
                         .observed = shop->shown,
                         .state = true});
}

static void judge_paid(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    const struct ledger_invoice *invoice = judging_invoice(judging);
    bool known = invoice && (told_of(judging->scene, judging->ledger, invoice->status) ||
                             judging->scene->looked);
    if (!shop || !(shop->read || shop->denied) || !has_money(invoice) ||
        text_index(paid_states, shop->state) >= 0) {
        return;
    }
    bool waits = text_equal(shop->state, "unpaid") || text_equal(shop->state, "pending");
    if (known || !waits) {
        judging_add(judging,
                    (struct finding){.oracle = "O1",
                                     .text = "the payer has paid, but the shop does not know it",
                                     .harm = "unknown",
                                     .costs = "the customer has paid {amount} {currency}, and the "
                                              "shop does not know it",
                                     .expected = "paid",
                                     .observed = shop->shown,
                                     .state = true});
    }
}

/* Whether the shop's amount is that of the money. A fee that the payer bears may count or not. */
static bool is_amount_of(int64_t amount, const struct ledger_invoice *invoice)
{
    return amount == invoice->paid || (has_money(invoice) && amount == invoice->amount);
}

/* The amount that the shop believes to have got, the whole or a part. */
static void judge_amount(const struct judging *judging)
{
    const struct shop_state *shop = judging->shop;
    const struct ledger_invoice *invoice = judging_invoice(judging);
    bool books = shop && shop->amount != MONEY_NONE &&
                 (has_money(invoice) ? says_paid(shop) : text_equal(shop->state, "part"));
    if (books && invoice && !is_amount_of(shop->amount, invoice)) {
        judging_add(judging, (struct finding){.oracle = "O1",
                                              .text = "the shop books another amount than was paid",
                                              .harm = "amount",
                                              .costs = "the books of the shop differ from the "
                                                       "money that it gets",
                                              .expected = judging_money(judging, invoice->paid),
                                              .observed = judging_money(judging, shop->amount),
                                              .state = true});
    }
}

static void judge_double(const struct judging *judging)
{
    int64_t n = 0, sum = 0;
    for (size_t i = 0; i < judging->ledger->n; i++) {
        const struct ledger_invoice *each = &judging->ledger->invoices[i];
        if (!each->payout && each->paid > each->refunded) {
            n++;
            sum = money_add(sum, each->paid - each->refunded);
        }
    }
    if (n > judging->scene->presses) {
        judging_add(judging,
                    (struct finding){
                        .oracle = "O1",
                        .text = "the customer is charged more than once",
                        .costs = "the customer pays more than once for one order of {amount} "
                                 "{currency}",
                        .expected = "1 payment",
                        .observed = arena_printf(&judging->scene->arena, "%lld payments, %s in all",
                                                 (long long)n, judging_money(judging, sum))});
    }
}

/* ------------------------------------------------------------------ O6: one page to pay on */

static void judge_payable(const struct judging *judging)
{
    static const char *const open[] = {"created", "process_pending", "processing", "process_error",
                                       NULL};
    int64_t n = 0;
    for (size_t i = 0; i < judging->ledger->n; i++) {
        const struct ledger_invoice *each = &judging->ledger->invoices[i];
        n += !each->payout && (text_index(open, each->status) >= 0 || each->paid > 0);
    }
    if (n > judging->scene->presses && !judging_has(judging, "O1")) {
        judging_add(judging,
                    (struct finding){.oracle = "O6",
                                     .text = "the order can be paid on more than one page",
                                     .harm = "pages",
                                     .costs = "one order of {amount} {currency} can be paid twice",
                                     .expected = "1 invoice that can be paid",
                                     .observed = arena_printf(&judging->scene->arena,
                                                              "%lld invoices", (long long)n)});
    }
}

/* ------------------------------------------------------------------ payouts */

static void judge_payouts(const struct judging *judging)
{
    int64_t n = judging_payouts(judging);
    if (n > judging->scene->payouts) {
        judging_add(judging,
                    (struct finding){.oracle = "O1",
                                     .text = "the money is paid out more than once",
                                     .harm = "paid_out",
                                     .costs = "the same payout is made more than once",
                                     .expected = "1 payout",
                                     .observed = arena_printf(&judging->scene->arena,
                                                              "%lld payouts", (long long)n)});
    }
}

/* ------------------------------------------------------------------ all */

void oracles_judge(const struct judging *judging)
{
    static void (*const oracles[])(const struct judging *judging) = {
        judge_fulfilments, judge_unpaid,       judge_paid,    judge_amount,  judge_double,
        judge_payouts,     judge_readable,     judge_state,   judge_refunds, judge_callbacks,
        judge_payable,     judge_payout_state, judge_ordered,
    };
    for (size_t i = 0; i < ARRAY_SIZE(oracles); i++) {
        oracles[i](judging);
    }
    judge_without(judging);
    judge_expectations(judging);
}
