/* O1: what is paid, or paid out, is what was ordered. */
#include "base/text.h"
#include "domain/money.h"
#include "rehearse/rehearse_oracles.h"

/* `fixed`: what of the settings the invoice must have; `verb`: what became of the money. */
static void judge_one(const struct judging *judging, const struct ledger_invoice *invoice,
                      struct rehearse_fixed fixed, const char *verb)
{
    struct arena *arena = &judging->scene->arena;
    const struct rehearse_settings *settings = &judging->scene->rehearsal->settings;
    char text[MONEY_TEXT];
    money_format_cents(invoice->amount, text);
    const char *observed = arena_printf(arena, "%s %s", text, invoice->currency);
    const char *expected = arena_printf(arena, "%s %s", fixed.amount ? settings->amount : text,
                                        fixed.currency ? settings->currency : invoice->currency);
    if (!text_equal(expected, observed)) {
        judging_add(judging,
                    (struct finding){
                        .oracle = "O1",
                        .text = arena_printf(arena, "another amount is %s than was ordered", verb),
                        .harm = HARM_ORDERED,
                        .costs = arena_printf(arena, "%s is %s, but %s was ordered", observed, verb,
                                              expected),
                        .expected = expected,
                        .observed = observed});
    }
}

void judge_ordered(const struct judging *judging)
{
    if (!judging->last || !json_is_true(json_object_get(judging->scene->scenario, "ordinary"))) {
        return;
    }
    const struct rehearse_settings *settings = &judging->scene->rehearsal->settings;
    const struct ledger_invoice *invoice = judging_invoice(judging);
    if (invoice) {
        judge_one(judging, invoice, settings->order_fixed, "charged to the customer");
    }
    for (size_t i = 0; i < judging->ledger->n; i++) {
        if (judging->ledger->invoices[i].payout) {
            judge_one(judging, &judging->ledger->invoices[i], settings->payout_fixed, "paid out");
        }
    }
}
