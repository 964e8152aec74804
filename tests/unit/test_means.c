/* How a method is paid on the payer's page. */
#include "web/means.h"

#include "unit.h"

static void the_network_of_a_coin_is_in_its_currency_or_its_method(void **state)
{
    static const struct {
        const char *method, *category, *currency;
        enum means means;
        const char *scheme;
    } rows[] = {
        {"tether", "cryptocurrency", "USDT", MEANS_CRYPTO, "tron"},
        {"tether", "cryptocurrency", "USDTBEP20", MEANS_CRYPTO, "bnb"},
        {"tether", "cryptocurrency", "USDTERC20", MEANS_CRYPTO, "ethereum"},
        {"new_coin", "cryptocurrency", "NEWTRC20", MEANS_CRYPTO, "tron"},
        {"new_coin", "cryptocurrency", "TRC20", MEANS_CRYPTO, "crypto"}, /* no coin of a network */
        {"bitcoin", "cryptocurrency", "BTC", MEANS_CRYPTO, "bitcoin"},
        {"new_bank", "bank_transfer", "USDTBEP20", MEANS_TRANSFER, "crypto"},
        {"new_wallet", "ewallet", "USDTBEP20", MEANS_APPROVAL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct arena arena = {0};
        const struct payment_method method = {.code = rows[i].method, .category = rows[i].category};
        const struct service service = {.method = &method, .currency = rows[i].currency};
        const struct method_means means = means_of_service(&arena, &service);
        assert_row(rows[i].currency, means.means == rows[i].means);
        assert_row_text(rows[i].currency, means.scheme ?: "", rows[i].scheme ?: "");
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_network_of_a_coin_is_in_its_currency_or_its_method),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
