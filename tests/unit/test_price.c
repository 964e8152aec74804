/* Fees and rates: exact decimals, one rounding, no overflow. */
#include "unit.h"

#include "domain/price.h"

#include <string.h>

static int64_t money(const char *text)
{
    int64_t amount;
    if (money_parse(text, &amount) != MONEY_OK) {
        fail_msg("%s is no amount", text);
    }
    return amount;
}

static struct service service_with(const char *currency, const char *rate, const char *fix,
                                   const char *min, const char *max)
{
    return (struct service){.currency = currency,
                            .fee_rate = money(rate),
                            .fee_fix = money(fix),
                            .fee_min = money(min),
                            .fee_max = money(max)};
}

static void assert_money(int64_t amount, const char *text)
{
    char shown[MONEY_TEXT];
    money_format(amount, shown);
    assert_string_equal(shown, text);
}

static void a_fee_is_a_rate_and_a_fixed_part_within_limits(void **state)
{
    static const struct {
        const char *currency, *rate, *fix, *min, *max, *amount, *fee;
    } rows[] = {
        {"USD", "0", "0", "0", "0", "100", "0"},
        {"USD", "2.9", "0.3", "0.5", "25", "100", "3.2"},
        {"USD", "2.9", "0.3", "0.5", "25", "1", "0.5"},
        {"USD", "2.9", "0.3", "0.5", "25", "1000", "25"},
        {"USD", "0", "0.3", "0", "0", "0.01", "0.3"},
        {"USD", "100", "0", "0", "0", "12.34", "12.34"},
        /* rounded half up, once: 1.5 % of 0.33 is 0.00495, of 1 is 0.015, of 0.99 is 0.01485 */
        {"USD", "1.5", "0", "0", "0", "0.33", "0"},
        {"USD", "1.5", "0", "0", "0", "1", "0.02"},
        {"USD", "1.5", "0", "0", "0", "0.99", "0.01"},
        {"USD", "1.5", "0.00005", "0", "0", "0.33", "0.01"},
        {"USD", "0.49999999", "0", "0", "0", "1", "0"},
        /* the smallest unit of the currency */
        {"BTC", "0.5", "0", "0", "0", "0.001", "0.000005"},
        {"BTC", "0.5", "0", "0", "0", "0.00000001", "0"},
        {"JPY", "1.5", "0", "0", "0", "100", "2"},
        /* a limit is not rounded */
        {"USD", "1", "0", "0.005", "0", "0.1", "0.005"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct service service =
            service_with(rows[i].currency, rows[i].rate, rows[i].fix, rows[i].min, rows[i].max);
        assert_money(price_fee(&service, money(rows[i].amount)), rows[i].fee);
    }
}

static void a_fee_does_not_overflow(void **state)
{
    const struct service all = {.currency = "USD", .fee_rate = MONEY_MOST, .fee_fix = MONEY_MOST};
    const struct service coin = {.currency = "BTC", .fee_rate = MONEY_MOST, .fee_fix = MONEY_MOST};
    (void)state;
    assert_int_equal(price_fee(&all, MONEY_MOST), MONEY_MOST);
    assert_int_equal(price_fee(&coin, MONEY_MOST), MONEY_MOST);
    struct price price = price_of(&all, "USD", MONEY_MOST, MONEY_ONE, true);
    assert_int_equal(price.payment_amount, MONEY_MOST);
    assert_int_equal(price_of(&coin, "EUR", MONEY_MOST, 1, false).fee, MONEY_MOST);
    assert_int_equal(price_of(&coin, "EUR", MONEY_MOST, MONEY_MOST, false).service_amount,
                     MONEY_MOST);
}

static void the_fee_comes_out_of_the_amount_or_on_top(void **state)
{
    const struct service service = service_with("USD", "2.9", "0.3", "0", "0");
    (void)state;
    struct price inside = price_of(&service, "USD", money("100"), MONEY_ONE, false);
    assert_money(inside.fee, "3.2");
    assert_money(inside.deposit, "96.8");
    assert_money(inside.payment_amount, "100");
    assert_money(inside.service_amount, "100");
    struct price on_top = price_of(&service, "USD", money("100"), MONEY_ONE, true);
    assert_money(on_top.fee, "3.2");
    assert_money(on_top.deposit, "100");
    assert_money(on_top.payment_amount, "103.2");
}

static void another_currency_is_converted_there_and_the_fee_back(void **state)
{
    const struct service service = service_with("EUR", "2.5", "0.2", "0", "0");
    (void)state;
    struct price price = price_of(&service, "USD", money("100"), money("0.92"), false);
    assert_money(price.service_amount, "92");
    assert_money(price.fee, "2.72"); /* 2.5 EUR */
    assert_money(price.deposit, "97.28");
    assert_int_equal(price.fee + price.deposit, money("100"));
}

static const struct rate list[] = {
    {"USD", MONEY_ONE},
    {"EUR", 92000000},
    {"UAH", 4125000000},
    {"BTC", 1538},
};
static const struct rate_table table = {list, sizeof list / sizeof *list};

static void a_payout_costs_its_amount_and_the_fee(void **state)
{
    const struct service service = service_with("EUR", "1.5", "0.25", "0", "0");
    (void)state;
    struct price same = price_of_payout(&service, "EUR", money("100"), MONEY_ONE);
    assert_money(same.fee, "1.75");
    assert_money(same.deposit, "101.75");
    assert_money(same.payment_amount, "100");
    struct price other = price_of_payout(&service, "USD", money("100"), money("0.92"));
    assert_money(other.service_amount, "92");
    assert_money(other.fee, "1.77"); /* 1.63 EUR */
    assert_money(other.deposit, "101.77");
    assert_money(other.payment_amount, "100");
    struct price vast = price_of_payout(&service, "EUR", MONEY_MOST, MONEY_ONE);
    assert_int_equal(vast.deposit, MONEY_MOST);
}

static void rates_follow_from_the_rates_to_the_base(void **state)
{
    static const struct {
        const char *from, *to, *rate;
    } rows[] = {
        {"USD", "USD", "1"},          {"EUR", "EUR", "1"},           {"USD", "EUR", "0.92"},
        {"EUR", "USD", "1.08695652"}, {"EUR", "UAH", "44.83695652"}, {"UAH", "EUR", "0.02230303"},
        {"USD", "BTC", "0.00001538"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_money(rate_find(&table, rows[i].from, rows[i].to), rows[i].rate);
    }
    assert_money(rate_find(&table, "BTC", "USD"), "65019.50585176");
    assert_int_equal(rate_find(&table, "USD", "ZZZ"), MONEY_NONE);
    assert_int_equal(rate_find(&table, "ZZZ", "USD"), MONEY_NONE);
}

static void an_unknown_rate_is_not_invented(void **state)
{
    const struct rate ends[] = {{"LOW", 1}, {"HIGH", MONEY_MOST}};
    const struct rate_table wide = {ends, 2};
    (void)state;
    assert_int_equal(rate_find(&wide, "LOW", "HIGH"), MONEY_NONE);
    assert_int_equal(rate_find(&wide, "HIGH", "LOW"), MONEY_NONE);
}

static void sums_stop_at_the_end_of_the_range(void **state)
{
    (void)state;
    assert_int_equal(money_add(1, 2), 3);
    assert_int_equal(money_add(-MONEY_MOST, MONEY_MOST), 0);
    assert_int_equal(money_add(MONEY_MOST, 1), MONEY_MOST);
    assert_int_equal(money_add(MONEY_MOST, MONEY_MOST), MONEY_MOST);
    assert_int_equal(money_add(-MONEY_MOST, -MONEY_MOST), -MONEY_MOST);
    assert_int_equal(money_add(-MONEY_MOST, -1), -MONEY_MOST);
}

static void amounts_are_shown_with_cents(void **state)
{
    static const struct {
        int64_t amount;
        const char *text;
    } rows[] = {
        {0, "0.00"},
        {MONEY_ONE, "1.00"},
        {2040000000, "20.40"},
        {1, "0.00000001"},
        {12345000000, "123.45"},
        {-50000000, "-0.50"},
        {MONEY_MOST, "90000000000.00"},
        {100500000, "1.005"},
        {-MONEY_MOST + 1, "-89999999999.99999999"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char shown[MONEY_TEXT];
        assert_int_equal(money_format_cents(rows[i].amount, shown), strlen(rows[i].text));
        assert_string_equal(shown, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fee_is_a_rate_and_a_fixed_part_within_limits),
        cmocka_unit_test(a_fee_does_not_overflow),
        cmocka_unit_test(the_fee_comes_out_of_the_amount_or_on_top),
        cmocka_unit_test(another_currency_is_converted_there_and_the_fee_back),
        cmocka_unit_test(a_payout_costs_its_amount_and_the_fee),
        cmocka_unit_test(rates_follow_from_the_rates_to_the_base),
        cmocka_unit_test(an_unknown_rate_is_not_invented),
        cmocka_unit_test(sums_stop_at_the_end_of_the_range),
        cmocka_unit_test(amounts_are_shown_with_cents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
