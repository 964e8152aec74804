/* What the oracles share. */
#include "base/text.h"
#include "domain/money.h"
#include "rehearse/rehearse_oracles.h"

const char *judging_money(const struct judging *judging, int64_t amount)
{
    char text[MONEY_TEXT];
    money_format_cents(amount, text);
    return arena_printf(&judging->scene->arena, "%s %s", text, judging->scene->currency);
}

const char *judging_number(const struct judging *judging, int64_t n)
{
    return arena_printf(&judging->scene->arena, "%lld", (long long)n);
}

void judging_add(const struct judging *judging, struct finding finding)
{
    struct findings *findings = judging->findings;
    if (findings->n < FINDINGS_MOST) {
        findings->list[findings->n++] = finding;
    }
}

const struct ledger_invoice *judging_invoice(const struct judging *judging)
{
    return judging->scene->invoice ? ledger_find(judging->ledger, judging->scene->invoice) : NULL;
}

bool judging_has(const struct judging *judging, const char *oracle)
{
    for (size_t i = 0; i < judging->findings->n; i++) {
        if (text_equal(judging->findings->list[i].oracle, oracle)) {
            return true;
        }
    }
    return false;
}

int64_t judging_payouts(const struct judging *judging)
{
    int64_t n = 0;
    for (size_t i = 0; i < judging->ledger->n; i++) {
        n += judging->ledger->invoices[i].payout && judging->ledger->invoices[i].paid > 0;
    }
    return n;
}
