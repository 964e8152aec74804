#include "invoice_money.h"

#include "domain/rate.h"

int64_t invoice_left(const struct invoice *invoice)
{
    int64_t paid = invoice->processed_amount == MONEY_NONE ? invoice->payment_amount
                                                           : invoice->processed_amount;
    return paid - money_or_zero(invoice->refunded_amount) -
           money_or_zero(invoice->charged_back_amount);
}

/* Half in whole steps of the currency; none if the amount is a single step. */
static int64_t half_of(int64_t whole, const char *currency)
{
    int64_t step = currency_step(currency);
    int64_t half = whole / 2 / step * step;
    return half ? half : whole / 2;
}

struct money_range invoice_range(const struct invoice *invoice, enum status status)
{
    enum status_money money = status_money(status);
    int64_t whole = money == STATUS_MONEY_PAID ? invoice->payment_amount : invoice_left(invoice);
    if (money == STATUS_MONEY_STAYS) {
        return (struct money_range){0};
    }
    whole = whole < 0 ? 0 : whole; /* rows of older versions, which did not check this */
    if (status_is_part(status)) {
        return (struct money_range){1, whole - 1, half_of(whole, invoice->currency)};
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
    *sum = money_or_zero(*sum) + amount;
}
