#include "unit.h"

#include "domain/movement.h"

#define NONE MONEY_NONE
#define PAYMENT INVOICE_PAYMENT
#define PAYOUT INVOICE_PAYOUT

static void a_change_is_a_movement_for_each_kind_of_money(void **state)
{
    static const struct {
        const char *name;
        enum invoice_kind kind;
        struct invoice_money moved;
        size_t n;
        struct movement movements[3];
    } rows[] = {
        {"nothing", PAYMENT, {NONE, NONE, NONE, NONE, NONE}, 0, {{0}}},
        {"paid", PAYMENT, {100, 3, NONE, NONE, NONE}, 1, {{MOVEMENT_PAYMENT, 100, 3}}},
        {"a free one", PAYMENT, {100, NONE, NONE, NONE, NONE}, 1, {{MOVEMENT_PAYMENT, 100, 0}}},
        {"only a fee", PAYMENT, {NONE, 2, NONE, NONE, NONE}, 1, {{MOVEMENT_PAYMENT, 0, 2}}},
        {"refunded", PAYMENT, {NONE, NONE, 20, NONE, NONE}, 1, {{MOVEMENT_REFUND, -20, 0}}},
        {"charged back", PAYMENT, {NONE, NONE, NONE, 7, NONE}, 1, {{MOVEMENT_CHARGEBACK, -7, 0}}},
        {"all undone",
         PAYMENT,
         {-100, -3, -20, -7, NONE},
         3,
         {{MOVEMENT_PAYMENT, -100, -3}, {MOVEMENT_REFUND, 20, 0}, {MOVEMENT_CHARGEBACK, 7, 0}}},
        {"a payout starts", PAYOUT, {-100, 2, NONE, NONE, 102}, 1, {{MOVEMENT_PAYOUT, -100, 2}}},
        {"it succeeds", PAYOUT, {NONE, NONE, NONE, NONE, -102}, 0, {{0}}},
        {"it fails", PAYOUT, {100, -2, NONE, NONE, -102}, 1, {{MOVEMENT_PAYOUT, 100, -2}}},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct transition change = {.invoice = invoice_kinds[rows[i].kind].first,
                                          .moved = rows[i].moved};
        struct movement movements[MOVEMENT_TYPES];
        assert_row(rows[i].name, movements_of(&change, movements) == rows[i].n);
        for (size_t k = 0; k < rows[i].n; k++) {
            assert_row(rows[i].name, movements[k].type == rows[i].movements[k].type &&
                                         movements[k].amount == rows[i].movements[k].amount &&
                                         movements[k].fee == rows[i].movements[k].fee);
        }
    }
}

static void a_sum_has_no_limit_and_at_least_two_decimals(void **state)
{
    char text[MOVEMENT_TEXT];
    struct movement_sum sum = {0};
    static const struct {
        int64_t units;
        const char *text;
    } rows[] = {
        {0, "0.00"},
        {1, "0.00000001"},
        {-1, "-0.00000001"},
        {100000000, "1.00"},
        {-2040000000, "-20.40"},
        {12345600000, "123.456"},
        {1010000001, "10.10000001"},
        {MONEY_MOST, "90000000000.00"},
        {INT64_MIN + 1, "-92233720368.54775807"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        movement_format(rows[i].units, 2, text);
        assert_string_equal(text, rows[i].text);
    }
    const struct movement most = {MOVEMENT_PAYMENT, MONEY_MOST, 1};
    for (int i = 0; i < 100000; i++) {
        movement_add(&sum, &most);
    }
    movement_format(sum.amount, 2, text);
    assert_string_equal(text, "9000000000000000.00");
    movement_format(sum.amount - sum.fee, 2, text);
    assert_string_equal(text, "8999999999999999.999");
    assert_int_equal(sum.n, 100000);
}

static void a_sum_has_the_decimals_of_its_currency(void **state)
{
    static const struct {
        int64_t units;
        const char *none, *three;
    } rows[] = {
        {0, "0", "0.000"},
        {100 * MONEY_ONE, "100", "100.000"},
        {-2 * MONEY_ONE, "-2", "-2.000"},
        {MONEY_ONE / 2, "0.5", "0.500"},
        {10 * MONEY_ONE + 1, "10.00000001", "10.00000001"},
    };
    char text[MOVEMENT_TEXT];
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        movement_format(rows[i].units, 0, text);
        assert_string_equal(text, rows[i].none);
        movement_format(rows[i].units, 3, text);
        assert_string_equal(text, rows[i].three);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_a_movement_for_each_kind_of_money),
        cmocka_unit_test(a_sum_has_no_limit_and_at_least_two_decimals),
        cmocka_unit_test(a_sum_has_the_decimals_of_its_currency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
