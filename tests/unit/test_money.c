#include "unit.h"

#include "domain/money.h"

#include <math.h>

static void texts_become_whole_numbers_of_1e_8(void **state)
{
    static const struct {
        const char *text;
        int64_t amount;
    } rows[] = {
        {"0", 0},
        {"-0", 0},
        {"-0.00", 0},
        {"1", MONEY_ONE},
        {"100", 100 * MONEY_ONE},
        {"20.40", 2040000000},
        {"20.4", 2040000000},
        {"-1", -MONEY_ONE},
        {"-0.5", -50000000},
        {"0.00000001", 1},
        {"4000.01", 400001000000},
        {"007", 7 * MONEY_ONE},
        {"00000000000000000000000000001", MONEY_ONE},
        {"1.500000000000000000000000000", 150000000},
        {"123456789.123456", 12345678912345600},
        {"89999999999.9999", 8999999999999990000},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int64_t amount = -1;
        assert_row(rows[i].text, money_parse(rows[i].text, &amount) == MONEY_OK);
        assert_row(rows[i].text, amount == rows[i].amount);
    }
}

static void texts_that_are_no_decimal_numbers_are_refused(void **state)
{
    static const char *const rows[] = {
        "",      "-",   ".",    ".5",  "5.", "-.5", "+1",  " 1", "1 ",   "1,5",
        "1.2.3", "1e3", "0x10", "--1", "1-", "nan", "inf", "١",  "1.-5", "1. 5",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int64_t amount = 77;
        assert_row(rows[i], money_parse(rows[i], &amount) == MONEY_NO_NUMBER);
        assert_row(rows[i], amount == 77);
    }
}

static void more_than_15_digits_or_8_decimals_are_refused(void **state)
{
    static const char *const rows[] = {
        "1234567890123456",  "1000000000000000",     "1234567.123456789",
        "0.123456789",       "12345678901.12345",    "99999999999999999999999999999999999999",
        "0.000000001",       "18446744073709551616", "9223372036854775808",
        "12345678.12345678",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int64_t amount = 77;
        assert_row(rows[i], money_parse(rows[i], &amount) == MONEY_NO_NUMBER);
        assert_row(rows[i], amount == 77);
    }
}

static void numbers_beyond_the_range_give_its_end(void **state)
{
    static const struct {
        const char *text;
        int64_t amount;
    } rows[] = {
        {"90000000000.1", MONEY_MOST},   {"90000000001", MONEY_MOST},
        {"999999999999999", MONEY_MOST}, {"-999999999999999", -MONEY_MOST},
        {"-90000000000.5", -MONEY_MOST},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int64_t amount = 77;
        assert_row(rows[i].text, money_parse(rows[i].text, &amount) == MONEY_TOO_LARGE);
        assert_row(rows[i].text, amount == rows[i].amount);
    }
}

static void doubles_stand_for_the_decimal_that_was_written(void **state)
{
    static const struct {
        const char *row;
        double number;
        enum money_result result;
        int64_t amount;
    } rows[] = {
        {"0", 0, MONEY_OK, 0},
        {"-0.0", -0.0, MONEY_OK, 0},
        {"0.1", 0.1, MONEY_OK, 10000000},
        {"1.005", 1.005, MONEY_OK, 100500000},
        {"4000.01", 4000.01, MONEY_OK, 400001000000},
        {"4000.90", 4000.90, MONEY_OK, 400090000000},
        {"1e-8", 1e-8, MONEY_OK, 1},
        {"1e-7", 1e-7, MONEY_OK, 10},
        {"0.00001", 0.00001, MONEY_OK, 1000},
        {"12345678.9", 12345678.9, MONEY_OK, 1234567890000000},
        {"1e2", 1e2, MONEY_OK, 100 * MONEY_ONE},
        {"89999999999.9999", 89999999999.9999, MONEY_OK, 8999999999999990000},
        {"1e-9", 1e-9, MONEY_NO_NUMBER, 77},
        {"1.5e-8", 1.5e-8, MONEY_NO_NUMBER, 77},
        {"1e-300", 1e-300, MONEY_NO_NUMBER, 77},
        {"4.9e-324", 4.9e-324, MONEY_NO_NUMBER, 77},
        {"0.1 + 0.2", 0.1 + 0.2, MONEY_NO_NUMBER, 77},
        {"1.1234567891", 1.1234567891, MONEY_NO_NUMBER, 77},
        {"999999999999999", 999999999999999.0, MONEY_TOO_LARGE, MONEY_MOST},
        {"1e15", 1e15, MONEY_TOO_LARGE, MONEY_MOST},
        {"-1e15", -1e15, MONEY_TOO_LARGE, -MONEY_MOST},
        {"1e308", 1e308, MONEY_TOO_LARGE, MONEY_MOST},
        {"nan", NAN, MONEY_NO_NUMBER, 77},
        {"inf", INFINITY, MONEY_NO_NUMBER, 77},
        {"-inf", -INFINITY, MONEY_NO_NUMBER, 77},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int64_t amount = 77;
        assert_row(rows[i].row, money_from_double(rows[i].number, &amount) == rows[i].result);
        assert_row(rows[i].row, amount == rows[i].amount);
    }
}

static void amounts_are_written_as_the_shortest_decimal(void **state)
{
    static const struct {
        int64_t amount;
        const char *text;
    } rows[] = {
        {0, "0"},
        {1, "0.00000001"},
        {-1, "-0.00000001"},
        {10000000000, "100"},
        {2040000000, "20.4"},
        {12345000000, "123.45"},
        {-50000000, "-0.5"},
        {100000001, "1.00000001"},
        {MONEY_MOST, "90000000000"},
        {INT64_MAX, "92233720368.54775807"},
        {INT64_MIN, "-92233720368.54775808"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char text[MONEY_TEXT];
        int length = money_format(rows[i].amount, text);
        assert_row_text(rows[i].text, text, rows[i].text);
        assert_row(rows[i].text, (size_t)length == strlen(text));
    }
}

/* A fixed sequence, so that a failure comes back. */
static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 11;
}

static void what_is_written_reads_back_as_text_and_as_a_number(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        static const int64_t scales[] = {1, 100, 10000, 1000000, MONEY_ONE};
        int64_t scale = scales[i % 5];
        int64_t amount = (int64_t)next_random(&seed) % (MONEY_MOST / scale) * scale;
        amount = i % 2 ? amount : -amount;
        char text[MONEY_TEXT];
        int64_t from_text = 0, from_double = 0;
        money_format(amount, text);
        enum money_result as_text = money_parse(text, &from_text);
        enum money_result as_double = money_from_double(strtod(text, NULL), &from_double);
        if (as_text == MONEY_OK) {
            assert_row(text, from_text == amount);
            assert_row(text, as_double == MONEY_OK && from_double == amount);
        } else {
            assert_row(text, as_text == MONEY_NO_NUMBER && strlen(text) > 16);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_whole_numbers_of_1e_8),
        cmocka_unit_test(texts_that_are_no_decimal_numbers_are_refused),
        cmocka_unit_test(more_than_15_digits_or_8_decimals_are_refused),
        cmocka_unit_test(numbers_beyond_the_range_give_its_end),
        cmocka_unit_test(doubles_stand_for_the_decimal_that_was_written),
        cmocka_unit_test(amounts_are_written_as_the_shortest_decimal),
        cmocka_unit_test(what_is_written_reads_back_as_text_and_as_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
