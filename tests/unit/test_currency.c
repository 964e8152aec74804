#include "domain/currency.h"

#include "domain/invoice.h"
#include "domain/money.h"
#include "unit.h"

#define CENT (MONEY_ONE / 100)

static const struct currency list[] = {
    {"JPY", 0}, {"USD", 2}, {"KWD", 3}, {"CLF", 4}, {"TRX", 6}, {"BTC", 8},
};

static void use(struct arena *arena, struct currency_table *table)
{
    table->codes =
        sorted_rows(arena, list, ARRAY_SIZE(list), sizeof *list, offsetof(struct currency, code));
    currency_use(table);
}

static void finish(struct arena *arena)
{
    currency_use(NULL);
    arena_finish(arena);
}

static void without_a_table_the_built_in_rules_round_and_no_amount_is_too_fine(void **state)
{
    static const struct {
        const char *currency;
        int64_t step;
    } rows[] = {
        {"USD", CENT}, {"XTS", CENT}, {"JPY", MONEY_ONE}, {"KWD", CENT / 10},
        {"BTC", 1},    {"TRX", 1},    {"???", CENT},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].currency, currency_step(rows[i].currency) == rows[i].step);
        assert_row(rows[i].currency, currency_unit(rows[i].currency) == 1);
        assert_row(rows[i].currency, currency_decimals(rows[i].currency) == 8);
        assert_row(rows[i].currency, currency_decimals_shown(rows[i].currency) == 2);
    }
}

static void a_table_decides_for_its_currencies(void **state)
{
    static const struct {
        const char *currency;
        int64_t step, unit;
        int decimals, shown;
    } rows[] = {
        {"JPY", MONEY_ONE, MONEY_ONE, 0, 0},
        {"USD", CENT, CENT, 2, 2},
        {"KWD", CENT / 10, CENT / 10, 3, 3},
        {"CLF", CENT / 100, CENT / 100, 4, 2},
        {"TRX", 100, 100, 6, 2}, /* 8 by the built-in rules */
        {"BTC", 1, 1, 8, 2},
        {"KRW", MONEY_ONE, 1, 8, 2}, /* not in it: as without a table */
        {"EUR", CENT, 1, 8, 2},
    };
    struct arena arena = {0};
    struct currency_table table;
    (void)state;
    use(&arena, &table);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].currency, currency_step(rows[i].currency) == rows[i].step);
        assert_row(rows[i].currency, currency_unit(rows[i].currency) == rows[i].unit);
        assert_row(rows[i].currency, currency_decimals(rows[i].currency) == rows[i].decimals);
        assert_row(rows[i].currency, currency_decimals_shown(rows[i].currency) == rows[i].shown);
    }
    assert_int_equal(currency_unit(NULL), 1);
    finish(&arena);
}

/* What may be paid of 3 yen, in yen; then of 1. */
static void a_part_of_an_amount_is_whole_units(void **state)
{
    struct arena arena = {0};
    struct currency_table table;
    struct invoice invoice = {.currency = "JPY",
                              .payment_amount = 3 * MONEY_ONE,
                              .processed_amount = MONEY_NONE,
                              .refunded_amount = MONEY_NONE,
                              .charged_back_amount = MONEY_NONE};
    (void)state;
    struct money_range fine = invoice_range(&invoice, STATUS_PARTIALLY_PROCESSED);
    assert_int_equal(fine.least, 1);
    assert_int_equal(fine.most, 3 * MONEY_ONE - 1);
    use(&arena, &table);
    struct money_range range = invoice_range(&invoice, STATUS_PARTIALLY_PROCESSED);
    assert_int_equal(range.least, MONEY_ONE);
    assert_int_equal(range.most, 2 * MONEY_ONE);
    assert_int_equal(range.usual, MONEY_ONE);
    invoice.payment_amount = MONEY_ONE;
    range = invoice_range(&invoice, STATUS_PARTIALLY_PROCESSED);
    assert_true(range.most < range.least);
    assert_false(money_range_has(&range, range.usual));
    finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_table_the_built_in_rules_round_and_no_amount_is_too_fine),
        cmocka_unit_test(a_table_decides_for_its_currencies),
        cmocka_unit_test(a_part_of_an_amount_is_whole_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
