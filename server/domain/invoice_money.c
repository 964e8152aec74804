#include "invoice_money.h"

#define CENT (MONEY_ONE / 100)

static int64_t or_nothing(int64_t amount)
{
    return amount == MONEY_NONE ? 0 : amount;
}

int64_t invoice_left(const struct invoice *invoice)
{
    int64_t paid = invoice->processed_amount == MONEY_NONE ? invoice->payment_amount
                                                           : invoice->processed_amount;
    return paid - or_nothing(invoice->refunded_amount) - or_nothing(invoice->charged_back_amount);
}

/* Of 0.01 there is no half in cents; of the smallest unit there is none at all. */
static int64_t half_of(int64_t whole)
{
    int64_t cents = whole / 2 / CENT * CENT;
    return cents ? cents : whole / 2;
}

struct money_range invoice_range(const struct invoice *invoice, enum status status)
{
    enum status_money money = status_money(status);
    int64_t whole = money == STATUS_MONEY_PAID ? invoice->payment_amount : invoice_left(invoice);
    if (money == STATUS_MONEY_STAYS) {
        return (struct money_range){0};
    }
    whole = whole < 0 ? 0 : whole; /* rows of a server that knew no such rule */
    if (status_is_part(status)) {
        return (struct money_range){1, whole - 1, half_of(whole)};
    }
    int64_t least = money == STATUS_MONEY_PAID || !whole ? 1 : whole;
    return (struct money_range){least, whole, whole};
}

bool money_range_has(const struct money_range *range, int64_t amount)
{
    return amount >= range->least && amount <= range->most;
}

void money_raise(int64_t *sum, int64_t amount)
{
    *sum = or_nothing(*sum) + amount;
}
