#include "unit.h"

#include "base/text.h"

static void texts_are_equal_byte_by_byte(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal, nocase;
    } rows[] = {
        {"", "", true, true},     {"a", "a", true, true},
        {"a", "A", false, true},  {"a", "ab", false, false},
        {NULL, NULL, true, true}, {NULL, "", false, false},
        {"", NULL, false, false}, {"\xc3\xa9", "\xc3\x89", false, false},
        {"[", "{", false, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].a ? rows[i].a : "NULL",
                   text_equal(rows[i].a, rows[i].b) == rows[i].equal);
        assert_row(rows[i].a ? rows[i].a : "NULL",
                   text_equal_nocase(rows[i].a, rows[i].b) == rows[i].nocase);
    }
}

static void prefixes_and_letter_case_compare_bytes(void **state)
{
    char text[] = "aZ_09\xc3\xa9{[";
    (void)state;
    assert_true(text_starts("abc", ""));
    assert_true(text_starts("abc", "abc"));
    assert_false(text_starts("ab", "abc"));
    assert_false(text_starts("", "a"));
    text_upper(text);
    assert_string_equal(text, "AZ_09\xc3\xa9{[");
    text_lower(text);
    assert_string_equal(text, "az_09\xc3\xa9{[");
}

static void utf8_is_counted_in_code_points(void **state)
{
    static const struct {
        const char *text;
        int64_t length; /* -1: invalid */
    } rows[] = {
        {"", 0},
        {"abc", 3},
        {"\xc3\xa9", 1},
        {"\xd0\x9f\xd0\xbb", 2},
        {"\xe2\x82\xac", 1},
        {"\xf0\x9f\x92\xb3", 1},
        {"\xf4\x8f\xbf\xbf", 1},
        {"\xed\x9f\xbf\xee\x80\x80", 2},
        {"\xef\xbf\xbf", 1},
        {"\xc2\x80", 1},
        {"\xdf\xbf", 1},
        {"\xe0\xa0\x80", 1},
        {"\xf0\x90\x80\x80", 1},
        {"\x80", -1},
        {"\xbf", -1},
        {"\xc3", -1},
        {"\xe2\x82", -1},
        {"\xf0\x9f\x92", -1},
        {"a\xc3", -1},
        {"\xc3(", -1},
        {"\xc0\x80", -1},
        {"\xc1\xbf", -1},
        {"\xe0\x9f\xbf", -1},
        {"\xf0\x8f\xbf\xbf", -1},
        {"\xed\xa0\x80", -1},
        {"\xed\xbf\xbf", -1},
        {"\xf4\x90\x80\x80", -1},
        {"\xf5\x80\x80\x80", -1},
        {"\xf8\x88\x80\x80\x80", -1},
        {"\xfe", -1},
        {"\xff", -1},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        /* an exact copy, so that a sanitizer sees every byte read beyond its end */
        size_t size = strlen(rows[i].text);
        char *copy = malloc(size + !size);
        memcpy(copy, rows[i].text, size);
        assert_row(rows[i].text, text_utf8_length(copy, size) == rows[i].length);
        free(copy);
    }
    assert_int_equal(text_utf8_length("a\0b", 3), 3);
    char *large = repeat('x', 1 << 20);
    assert_int_equal(text_utf8_length(large, 1 << 20), 1 << 20);
    large[(1 << 20) - 1] = (char)0xc3;
    assert_int_equal(text_utf8_length(large, 1 << 20), -1);
    free(large);
}

static void whole_numbers_have_at_most_18_digits(void **state)
{
    static const struct {
        const char *text;
        bool reads;
        int64_t n;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"-1", true, -1},
        {"007", true, 7},
        {"999999999999999999", true, 999999999999999999},
        {"-999999999999999999", true, -999999999999999999},
        {"1000000000000000000", false, 77},
        {"9223372036854775808", false, 77},
        {"99999999999999999999999999999999", false, 77},
        {"", false, 77},
        {"-", false, 77},
        {"--1", false, 77},
        {"+1", false, 77},
        {" 1", false, 77},
        {"1 ", false, 77},
        {"1.0", false, 77},
        {"0x1", false, 77},
        {"1e3", false, 77},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int64_t n = 77;
        assert_row(rows[i].text, text_to_int(rows[i].text, &n) == rows[i].reads);
        assert_row(rows[i].text, n == rows[i].n);
    }
}

static void a_duration_is_a_whole_number_and_a_unit(void **state)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1: rejected */
    } rows[] = {
        {"0", 0},
        {"0s", 0},
        {"500ms", 500},
        {"2s", 2000},
        {"5m", 300000},
        {"1h", 3600000},
        {"14d", 1209600000},
        {"3650d", 315360000000},
        {"315360000000ms", 315360000000},
        {"00", 0},
        {"010s", 10000},
        {"3651d", -1},
        {"315360000001ms", -1},
        {"999999999999d", -1},
        {"1", -1},
        {"", -1},
        {"s", -1},
        {"-1s", -1},
        {"1.5s", -1},
        {"1 s", -1},
        {" 1s", -1},
        {"1s ", -1},
        {"1S", -1},
        {"1w", -1},
        {"1sm", -1},
        {"1h30m", -1},
        {"1000000000000ms", -1},
        {"99999999999999999999s", -1},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int64_t ms = -1;
        assert_row(rows[i].text, text_to_duration(rows[i].text, &ms) == (rows[i].ms >= 0));
        assert_row(rows[i].text, ms == rows[i].ms);
    }
}

static void date_times_are_read_as_languages_write_them(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {
        {"2020-12-13T15:52:00+00:00", 1607874720},
        {"2020-12-13T15:52:00Z", 1607874720},
        {"2020-12-13T15:52:00z", 1607874720},
        {"2020-12-13T17:52:00+02:00", 1607874720},
        {"2020-12-13T10:22:00-05:30", 1607874720},
        {"2020-12-13T15:52:00+0000", 1607874720},
        {"2020-12-13T15:52:00.123456789Z", 1607874720},
        {"2020-12-13T15:52:00.9+00:00", 1607874720},
        {"1970-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59Z", -1},
        {"2000-02-29T00:00:00Z", 951782400},
        {"2016-12-31T23:59:60Z", 1483228800},
        {"9999-12-31T23:59:59Z", 253402300799},
        {"2020-12-13t15:52:00z", 1607874720},             /* RFC 3339 */
        {"2020-12-13T15:52Z", 1607874720},                /* Java: OffsetDateTime.toString */
        {"2020-12-13T17:52+02:00", 1607874720},           /* on a full minute */
        {"2020-12-13T15:52:00.1Z", 1607874720},           /* Java: Instant.toString */
        {"2020-12-13T15:52", 1607874720},                 /* Java: LocalDateTime.toString */
        {"2020-12-13T15:52:00.000Z", 1607874720},         /* JavaScript: toISOString */
        {"2020-12-13T15:52:00+00:00", 1607874720},        /* PHP: DATE_ATOM */
        {"2020-12-13T17:52:00+0200", 1607874720},         /* PHP: DATE_ISO8601 */
        {"2020-12-13 15:52:00", 1607874720},              /* PHP: Y-m-d H:i:s */
        {"2020-12-13T15:52:00", 1607874720},              /* Python: naive isoformat */
        {"2020-12-13T15:52:00.123456", 1607874720},       /* the same with microseconds */
        {"2020-12-13T15:52:00.123456+00:00", 1607874720}, /* Python: aware isoformat */
        {"2020-12-13 15:52:00+00:00", 1607874720},        /* Python: str(datetime) */
        {"2020-12-13T17:52:00.5+02:00", 1607874720},      /* Go: RFC3339Nano */
        {"2020-12-13T15:52:00.1234567Z", 1607874720},     /* .NET: "o" */
        {"2020-12-13T15:52:00.0000000+00:00", 1607874720},
        {"2020-12-13 15:52:00Z", 1607874720},    /* .NET: "u" */
        {"2020-12-13 15:52:00 UTC", 1607874720}, /* Ruby: Time#to_s */
        {"2020-12-13 17:52:00 +0200", 1607874720},
        {"2020-12-13 17:52:00+02", 1607874720},    /* PostgreSQL */
        {"2020-12-13T15:52:00-00:00", 1607874720}, /* RFC 3339: UTC, place unknown */
    };
    static const char *const bad[] = {
        "",
        "2020-12-13",
        "2020-02-30T00:00:00Z",
        "2019-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2020-13-01T00:00:00Z",
        "2020-00-01T00:00:00Z",
        "2020-01-00T00:00:00Z",
        "2020-01-32T00:00:00Z",
        "2020-12-13T24:00:00Z",
        "2020-12-13T15:60:00Z",
        "2020-12-13T15:52:61Z",
        "2020-12-13T15:52:00+24:00",
        "2020-12-13T15:52:00+00:60",
        "2020-12-13T15:52:00+",
        "2020-12-13T15:52:00+0",
        "2020-12-13T15:52:00+00:",
        "2020-12-13T15:52:00ZZ",
        "2020-12-13T15:52:00+00:00x",
        "20-12-13T15:52:00Z",
        "+020-12-13T15:52:00Z",
        "2020-12-13T15:52:00.1234567890123Z",
        "2020-1-1T00:00:00Z",
        "-2020-12-13T15:52:00Z",
        "2020-12-13T15:52:0",
        "2020-12-13T15:52:",
        "2020-12-13T15:52:00.Z",
        "2020-12-13T15:52:00.",
        "2020-12-13T15",
        "2020-12-13T15:5",
        "2020-12-13  15:52:00",
        "2020-12-13x15:52:00",
        "2020-12-13T15:52:00 00:00",
        "2020-12-13T15:52:00+2",
        "2020-12-13T15:52:00+02:",
        "2020-12-13T15:52:00 ",
        "2020-12-13T15:52:00 PST",
        "2x20-12-13T15:52:00Z",
        "2020-1x-13T15:52:00Z",
        "2020-12-1xT15:52:00Z",
        "2021-02-29T15:52:00Z",
        "2020-02-30T15:52:00Z",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        int64_t ms = 77;
        assert_row(good[i].text, text_to_datetime(good[i].text, &ms));
        assert_row(good[i].text, ms == good[i].seconds * 1000);
    }
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        int64_t ms = 77;
        char *copy = strdup(bad[i]);
        assert_row(bad[i], !text_to_datetime(copy, &ms));
        assert_row(bad[i], ms == 77);
        free(copy);
    }
}

static void a_date_is_a_day_of_the_calendar(void **state)
{
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        {"2020-12-13", true},  {"2000-02-29", true},   {"1900-02-29", false},
        {"2020-02-30", false}, {"2020-1-01", false},   {"2020-01-1", false},
        {"", false},           {"2020-12-13 ", false}, {"2020-12-133", false},
        {"2020/12/13", false}, {"abcd-ef-gh", false},  {"0000-00-00", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].text, text_is_date(rows[i].text) == rows[i].is);
    }
}

static bool matches(const char *text, const char *pattern)
{
    return text_matches(text, strlen(text), pattern);
}

static void a_star_matches_any_text(void **state)
{
    (void)state;
    assert_true(matches("/payment-invoices/cpi_1", "/payment-invoices/*"));
    assert_true(matches("/payment-invoices/", "/payment-invoices/*"));
    assert_true(matches("abc", "*"));
    assert_true(matches("", "*"));
    assert_true(matches("", ""));
    assert_true(matches("abcabd", "*abd"));
    assert_true(matches("aXbYc", "a*b*c"));
    assert_false(matches("abc", "ab"));
    assert_false(matches("ab", "abc"));
    assert_false(matches("abcabc", "*abd"));
    assert_false(matches("a", ""));
}

static void many_stars_cost_no_time(void **state)
{
    (void)state;
    char text[8192];
    memset(text, 'a', sizeof text);
    assert_false(text_matches(text, sizeof text, "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_equal_byte_by_byte),
        cmocka_unit_test(prefixes_and_letter_case_compare_bytes),
        cmocka_unit_test(utf8_is_counted_in_code_points),
        cmocka_unit_test(whole_numbers_have_at_most_18_digits),
        cmocka_unit_test(a_duration_is_a_whole_number_and_a_unit),
        cmocka_unit_test(date_times_are_read_as_languages_write_them),
        cmocka_unit_test(a_date_is_a_day_of_the_calendar),
        cmocka_unit_test(a_star_matches_any_text),
        cmocka_unit_test(many_stars_cost_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
