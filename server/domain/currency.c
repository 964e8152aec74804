#include "currency.h"

#include "base/attr.h"
#include "base/text.h"
#include "domain/money.h"

#define CENT (MONEY_ONE / 100)
#define SHOWN 2      /* decimals */
#define SHOWN_MOST 3 /* finer amounts have no zeros at their end */

/* The built-in rules: all others have cents (ISO 4217; XTS too). */
static const struct step {
    const char *currency;
    int64_t step;
} steps[] = {
    {"BTC", 1},         {"ETH", 1},         {"LTC", 1},         {"BCH", 1},
    {"XRP", 1},         {"TRX", 1},         {"USDT", 1},        {"USDC", 1},
    {"JPY", MONEY_ONE}, {"KRW", MONEY_ONE}, {"CLP", MONEY_ONE}, {"VND", MONEY_ONE},
    {"KWD", CENT / 10}, {"BHD", CENT / 10}, {"TND", CENT / 10},
};

static const struct currency_table *table;

void currency_use(const struct currency_table *used)
{
    table = used;
}

static const struct currency *find(const char *currency)
{
    return table ? sorted_find(&table->codes, currency) : NULL;
}

static int64_t step_of(const struct currency *currency)
{
    int64_t step = MONEY_ONE;
    for (int i = 0; i < currency->decimals; i++) {
        step /= 10;
    }
    return step;
}

int64_t currency_step(const char *currency)
{
    const struct currency *found = find(currency);
    const struct step *built_in = TEXT_FIND(currency, steps);
    return found ? step_of(found) : built_in ? built_in->step : CENT;
}

int64_t currency_unit(const char *currency)
{
    const struct currency *found = find(currency);
    return found ? step_of(found) : 1;
}

int currency_decimals(const char *currency)
{
    const struct currency *found = find(currency);
    return found ? found->decimals : CURRENCY_DECIMALS_MOST;
}

int currency_decimals_shown(const char *currency)
{
    const struct currency *found = find(currency);
    return found && found->decimals <= SHOWN_MOST ? found->decimals : SHOWN;
}

void currency_write_shown(struct buf *out)
{
    size_t n = table ? table->codes.n : 0;
    for (size_t i = 0; i < n; i++) {
        const struct currency *currency = sorted_at(&table->codes, i);
        int shown = currency_decimals_shown(currency->code);
        if (shown != SHOWN) {
            buf_printf(out, "%s%s %d", out->size ? " " : "", currency->code, shown);
        }
    }
}
