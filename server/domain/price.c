#include "price.h"

#define PERCENT (100 * MONEY_ONE)

int64_t price_fee(const struct service *service, int64_t amount)
{
    __int128 exact = (__int128)amount * service->fee_rate + (__int128)service->fee_fix * PERCENT;
    int64_t fee = money_divide(exact, PERCENT, currency_step(service->currency));
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
               : money_divide((__int128)amount * rate, MONEY_ONE, currency_step(service->currency));
}

/* The fee in the invoice's currency; its limits are in the service's. */
static int64_t fee_at(const struct service *service, const char *currency, int64_t service_amount,
                      int64_t rate)
{
    int64_t fee = price_fee(service, service_amount);
    return rate == MONEY_ONE
               ? fee
               : money_divide((__int128)fee * MONEY_ONE, rate, currency_step(currency));
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
    struct price price = {.exchange_rate = rate,
                          .service_amount = price_converted(service, amount, rate),
                          .payment_amount = amount};
    price.fee = fee_at(service, currency, price.service_amount, rate);
    price.deposit = money_add(amount, price.fee);
    return price;
}

bool price_is_exact(const struct price *price)
{
    return price->service_amount < MONEY_MOST && price->fee < MONEY_MOST &&
           price->deposit < MONEY_MOST && price->payment_amount < MONEY_MOST;
}
