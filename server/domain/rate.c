#include "rate.h"

#include "base/attr.h"
#include "base/text.h"

#define CENT (MONEY_ONE / 100)

/* All others have cents (ISO 4217; XTS too). */
static const struct {
    const char *currency;
    int64_t step;
} steps[] = {
    {"BTC", 1},         {"ETH", 1},         {"LTC", 1},         {"BCH", 1},
    {"XRP", 1},         {"TRX", 1},         {"USDT", 1},        {"USDC", 1},
    {"JPY", MONEY_ONE}, {"KRW", MONEY_ONE}, {"CLP", MONEY_ONE}, {"VND", MONEY_ONE},
    {"KWD", CENT / 10}, {"BHD", CENT / 10}, {"TND", CENT / 10},
};

int64_t currency_step(const char *currency)
{
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        if (text_equal(steps[i].currency, currency)) {
            return steps[i].step;
        }
    }
    return CENT;
}

/* Amounts are below 2^63 and a step is at most MONEY_ONE, so nothing here reaches 2^127. */
int64_t money_divide(__int128 numerator, int64_t denominator, int64_t step)
{
    __int128 divisor = (__int128)denominator * step;
    __int128 steps_of_it = (numerator + divisor / 2) / divisor;
    return steps_of_it > MONEY_MOST / step ? MONEY_MOST : (int64_t)steps_of_it * step;
}

static int64_t per_base(const struct rate_table *table, const char *currency)
{
    for (size_t i = 0; i < table->n; i++) {
        if (text_equal(table->list[i].currency, currency)) {
            return table->list[i].per_base;
        }
    }
    return MONEY_NONE;
}

int64_t rate_find(const struct rate_table *table, const char *from, const char *to)
{
    int64_t of_from = per_base(table, from), of_to = per_base(table, to);
    if (of_from == MONEY_NONE || of_to == MONEY_NONE) {
        return MONEY_NONE;
    }
    int64_t rate = money_divide((__int128)of_to * MONEY_ONE, of_from, 1);
    return rate > 0 && rate < MONEY_MOST ? rate : MONEY_NONE;
}
