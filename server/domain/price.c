#include "price.h"

#include "base/text.h"
#include "domain/currency.h"

#define PERCENT (100 * MONEY_ONE)

/* ------------------------------------------------------------------ rates */

/* Divides, rounded half up to whole steps, at most MONEY_MOST. All money is rounded here. Amounts
 * are not negative and below 2^63 and a step is at most MONEY_ONE, so nothing reaches 2^127. */
static int64_t divide(__int128 numerator, int64_t denominator, int64_t step)
{
    __int128 divisor = (__int128)denominator * step;
    __int128 steps_of_it = (numerator + divisor / 2) / divisor;
    return steps_of_it > MONEY_MOST / step ? MONEY_MOST : (int64_t)steps_of_it * step;
}

static int64_t per_base(const struct rate_table *table, const char *currency)
{
    const struct rate *found = text_find(currency, table->list, table->n, sizeof *table->list);
    return found ? found->per_base : MONEY_NONE;
}

int64_t rate_find(const struct rate_table *table, const char *from, const char *to)
{
    int64_t of_from = per_base(table, from), of_to = per_base(table, to);
    if (of_from == MONEY_NONE || of_to == MONEY_NONE) {
        return MONEY_NONE;
    }
    int64_t rate = divide((__int128)of_to * MONEY_ONE, of_from, 1);
    return rate > 0 && rate < MONEY_MOST ? rate : MONEY_NONE;
}

/* ------------------------------------------------------------------ prices */

int64_t price_fee(const struct service *service, int64_t amount)
{
    __int128 exact = (__int128)amount * service->fee_rate + (__int128)service->fee_fix * PERCENT;
    int64_t fee = divide(exact, PERCENT, currency_step(service->currency));
    if (fee < service->fee_min) {
        fee = service->fee_min;
    }
    if (service->fee_max && fee > service->fee_max) {
        fee = service->fee_max;
    }
    return fee;
}

int64_t price_converted(const struct service *service, int64_t amount, int64_t rate)
{
    return rate == MONEY_ONE
               ? amount
               : divide((__int128)amount * rate, MONEY_ONE, currency_step(service->currency));
}

/* The fee in the invoice's currency; its limits are in the service's. */
static int64_t fee_at(const struct service *service, const char *currency, int64_t service_amount,
                      int64_t rate)
{
    int64_t fee = price_fee(service, service_amount);
    return rate == MONEY_ONE ? fee
                             : divide((__int128)fee * MONEY_ONE, rate, currency_step(currency));
}

struct price price_of(const struct service *service, const char *currency, int64_t amount,
                      int64_t rate, bool shift_out)
{
    struct price price = {.exchange_rate = rate,
                          .service_amount = price_converted(service, amount, rate)};
    price.fee = fee_at(service, currency, price.service_amount, rate);
    price.deposit = shift_out ? amount : amount - price.fee;
    price.payment_amount = money_add(price.deposit, price.fee);
    return price;
}

struct price price_of_payout(const struct service *service, const char *currency, int64_t amount,
                             int64_t rate)
{
    struct price price = price_of(service, currency, amount, rate, true);
    price.deposit = price.payment_amount;
    price.payment_amount = amount;
    return price;
}

bool price_is_exact(const struct price *price)
{
    return price->service_amount < MONEY_MOST && price->fee < MONEY_MOST &&
           price->deposit < MONEY_MOST && price->payment_amount < MONEY_MOST;
}
