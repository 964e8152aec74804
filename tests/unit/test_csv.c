#include "unit.h"

#include "base/csv.h"

static void check(const char *text, const char *expected)
{
    buf_auto out = {0};
    struct csv csv = {.out = &out};
    csv_text(&csv, text);
    assert_row_text(text ? text : "NULL", buf_str(&out), expected);
}

static void a_text_is_quoted(void **state)
{
    (void)state;
    check("plain", "\"plain\"");
    check("", "\"\"");
    check(NULL, "");
    check("a,b", "\"a,b\"");
    check("say \"hi\"", "\"say \"\"hi\"\"\"");
    check("two\r\nlines", "\"two\r\nlines\"");
    check("\xd0\x9a", "\"\xd0\x9a\"");
}

static void what_could_become_a_formula_has_a_quote_before_it(void **state)
{
    static const char *const starts[] = {
        "=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};
    static const char *const before[] = {"", " ", "  ", "\t", "\r", "\n", "x,", "x;", "x|", "x\t "};
    char text[32], expected[64];
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
        for (size_t k = 0; k < ARRAY_SIZE(before); k++) {
            snprintf(text, sizeof text, "%s%s1", before[k], starts[i]);
            snprintf(expected, sizeof expected, "\"%s'%s1\"", before[k], starts[i]);
            check(text, expected);
        }
        snprintf(text, sizeof text, "x%s1", starts[i]);
        snprintf(expected, sizeof expected, "\"x%s1\"", starts[i]);
        check(text, expected);
    }
    check("\"=1", "\"\"\"'=1\"");
    check("==", "\"'==\"");
    check("\xef\xbc\x83", "\"\xef\xbc\x83\""); /* a wide # */
    check("\xef\xbc", "\"\xef\xbc\"");         /* cut */
}

static void a_line_has_commas_and_ends_with_cr_lf(void **state)
{
    buf_auto out = {0};
    struct csv csv = {.out = &out};
    (void)state;
    csv_plain(&csv, "-20.40");
    csv_text(&csv, NULL);
    csv_text(&csv, "a");
    csv_end(&csv);
    csv_plain(&csv, "");
    csv_plain(&csv, "b");
    csv_end(&csv);
    assert_string_equal(buf_str(&out), "-20.40,,\"a\"\r\n,b\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_quoted),
        cmocka_unit_test(what_could_become_a_formula_has_a_quote_before_it),
        cmocka_unit_test(a_line_has_commas_and_ends_with_cr_lf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
