#include "unit.h"

#include "domain/money.h"

#include <jansson.h>
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
        {"9.200000000000001", 920000000},
        {"10.00000000000001", 10 * MONEY_ONE},
        {"0.15000000000009095", 15000000},
        {"1234567.1000000001", 123456710000000},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int64_t amount = -1;
        assert_row(rows[i].text, money_parse(rows[i].text, &amount) == MONEY_OK);
        assert_row(rows[i].text, amount == rows[i].amount);
    }
}

/* PHP computed the rows (php_tables.php). */
static void texts_are_numbers_if_is_numeric_of_php_accepts_them(void **state)
{
    json_auto_t *rows = json_load_file(TABLES "/is_numeric.json", 0, NULL);
    size_t i;
    json_t *row;
    (void)state;
    assert_true(json_array_size(rows) > 70);
    json_array_foreach(rows, i, row)
    {
        const char *text = json_string_value(json_array_get(row, 0));
        const json_t *value = json_array_get(row, 2);
        int64_t amount = 77, wanted = 77;
        enum money_result result = money_parse(text, &amount);
        bool numeric = json_is_true(json_array_get(row, 1));
        assert_row(text, (result != MONEY_NO_NUMBER) == numeric);
        if (numeric && !json_is_null(value)) {
            assert_row(text, money_from_double(json_number_value(value), &wanted) == result);
            assert_row(text, amount == wanted);
        }
    }
}

static void an_amount_that_cannot_be_exact_is_rejected(void **state)
{
    static const struct {
        const char *text;
        enum money_result result;
    } rows[] = {
        {"90000000000", MONEY_TOO_LARGE},
        {"90000000000.1", MONEY_TOO_LARGE},
        {"89999999999.99999999", MONEY_TOO_LONG},
        {"-90000000000", MONEY_TOO_LARGE},
        {"100000000000", MONEY_TOO_LARGE},
        {"999999999999999", MONEY_TOO_LARGE},
        {"1234567890123456", MONEY_TOO_LARGE},
        {"18446744073709551616", MONEY_TOO_LARGE},
        {"99999999999999999999999999999999999999", MONEY_TOO_LARGE},
        {"1e11", MONEY_TOO_LARGE},
        {"1e99999999999999999999", MONEY_TOO_LARGE},
        {"100000000001.123456789", MONEY_TOO_LARGE},
        {"0.123456789", MONEY_TOO_FINE},
        {"0.000000001", MONEY_TOO_FINE},
        {"1e-9", MONEY_TOO_FINE},
        {"1e-99999999999999999999", MONEY_TOO_FINE},
        {"1234.123456789", MONEY_TOO_FINE},
        {"1234567.123456789", MONEY_TOO_FINE},
        {"41.123456784000123", MONEY_TOO_FINE},
        {"0.12345678901234567890123456789", MONEY_TOO_FINE},
        {"12345678.12345678", MONEY_TOO_LONG},
        {"12345678901.12345", MONEY_TOO_LONG},
        {"12345678901.123456789012", MONEY_TOO_FINE},
        {"1,5", MONEY_NO_NUMBER},
        {"1e", MONEY_NO_NUMBER},
        {"\xc2\xa0"
         "1",
         MONEY_NO_NUMBER},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int64_t amount = 77;
        assert_row(rows[i].text, money_parse(rows[i].text, &amount) == rows[i].result);
        assert_row(rows[i].text, amount == 77);
    }
}

static void a_double_means_the_decimal_that_was_written(void **state)
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
        {"0.1 + 0.2", 0.1 + 0.2, MONEY_OK, 30000000},
        {"9.200000000000001", 9.200000000000001, MONEY_OK, 920000000},
        {"41.5 * 24.1 - 1000", 41.5 * 24.1 - 1000, MONEY_OK, 15000000},
        {"100000.30000000005", 100000.30000000005, MONEY_OK, 10000030000000},
        {"19.990000000000002", 19.990000000000002, MONEY_OK, 1999000000},
        {"10000000.3 + 2 steps", nextafter(nextafter(10000000.3, 1e9), 1e9), MONEY_OK,
         1000000030000000},
        {"12345678901.1 + 1 step", nextafter(12345678901.1, 1e12), MONEY_OK, 1234567890110000000},
        {"1e-9", 1e-9, MONEY_TOO_FINE, 77},
        {"1.5e-8", 1.5e-8, MONEY_TOO_FINE, 77},
        {"1e-300", 1e-300, MONEY_TOO_FINE, 77},
        {"4.9e-324", 4.9e-324, MONEY_TOO_FINE, 77},
        {"1.1234567891", 1.1234567891, MONEY_TOO_FINE, 77},
        {"9.20000000001", 9.20000000001, MONEY_TOO_FINE, 77},
        {"12345678.12345678", 12345678.12345678, MONEY_TOO_LONG, 77},
        {"1234567890.12345678", 1234567890.12345678, MONEY_TOO_LONG, 77},
        {"90000000000", 90000000000.0, MONEY_TOO_LARGE, 77},
        {"999999999999999", 999999999999999.0, MONEY_TOO_LARGE, 77},
        {"-1e15", -1e15, MONEY_TOO_LARGE, 77},
        {"1e308", 1e308, MONEY_TOO_LARGE, 77},
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

/* A fixed sequence, so that a failure can be repeated. */
static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 11;
}

static void a_written_amount_reads_back_as_text_and_as_number(void **state)
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
        int64_t from_long = 0;
        assert_row(text, money_parse_long(text, &from_long) == MONEY_OK && from_long == amount);
        assert_row(text, money_is_long(amount) == (as_text == MONEY_TOO_LONG));
        if (!money_is_long(amount)) {
            assert_row(text, as_text == MONEY_OK && from_text == amount);
            assert_row(text, as_double == MONEY_OK && from_double == amount);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_whole_numbers_of_1e_8),
        cmocka_unit_test(texts_are_numbers_if_is_numeric_of_php_accepts_them),
        cmocka_unit_test(an_amount_that_cannot_be_exact_is_rejected),
        cmocka_unit_test(a_double_means_the_decimal_that_was_written),
        cmocka_unit_test(amounts_are_written_as_the_shortest_decimal),
        cmocka_unit_test(a_written_amount_reads_back_as_text_and_as_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
