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

struct price price_of(const struct service *service, const char *currency, int64_t amount,
                      int64_t rate, bool shift_out)
{
    struct price price = {.exchange_rate = rate,
                          .service_amount = price_converted(service, amount, rate)};
    int64_t fee = price_fee(service, price.service_amount);
    price.fee = rate == MONEY_ONE
                    ? fee
                    : money_divide((__int128)fee * MONEY_ONE, rate, currency_step(currency));
    price.deposit = shift_out ? amount : amount - price.fee;
    price.payment_amount = money_add(price.deposit, price.fee);
    return price;
}
