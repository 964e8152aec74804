#include "unit.h"

#include "view/appearance.h"
#include "view/cardgate.h"
#include "web/messages.h"
#include "web/qr.h"
#include "web/report_parts.h"
#include "web/template.h"

#include <stdlib.h>

#define MILLION ((int64_t)1000000 * 100000000)

static void money_is_written_as_the_language_does(void **state)
{
    static const struct {
        const char *locale;
        int64_t amount;
        const char *text;
    } rows[] = {
        {"en", 100 * 100000000LL, "100.00\xc2\xa0USD"},
        {"en", 2040000000LL, "20.40\xc2\xa0USD"},
        {"en", MILLION + 1, "1,000,000.00000001\xc2\xa0USD"},
        {"uk", 123450000000LL,
         "1\xc2\xa0"
         "234,50\xc2\xa0USD"},
        {"ru", 99900000000LL, "999,00\xc2\xa0USD"},
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_string_equal(locale_money(&arena, rows[i].locale, rows[i].amount, "USD"),
                            rows[i].text);
    }
    assert_string_equal(locale_time(&arena, "en", 1606000000000), "21 Nov 2020, 23:06 UTC");
    assert_string_equal(locale_time(&arena, "uk", 1606000000000), "21.11.2020, 23:06 UTC");
    arena_finish(&arena);
}

static void texts_are_found_in_any_case(void **state)
{
    (void)state;
    assert_true(locale_contains("PayPal", "PAYP"));
    assert_true(locale_contains("Банківський переказ", "БАНК"));
    assert_true(locale_contains("x", ""));
    assert_false(locale_contains("PayPal", "card"));
    assert_false(locale_contains("PayPal", "\xff")); /* not UTF-8 */
}

static void the_best_language_is_found(void **state)
{
    static const struct {
        const char *header, *code;
    } rows[] = {
        {"uk", "uk"},
        {"uk-UA,uk;q=0.9,en;q=0.8", "uk"},
        {"en;q=0.5, ru;q=0.7", "ru"},
        {"de", NULL},
        {"de, uk;q=0.1", "uk"},
        {"uk;q=0", NULL},
        {"", NULL},
        {NULL, NULL},
        {";;,,q=", NULL},
        {"UK", "uk"},
        {"ukr", NULL},
        {" ru", "ru"},
        {"en,ru", "en"},
        {"uk;q=nan", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *found = language_accepted(rows[i].header);
        assert_row(rows[i].header ? rows[i].header : "NULL",
                   found == rows[i].code ||
                       (found && rows[i].code && !strcmp(found, rows[i].code)));
    }
    assert_null(message_find("en", "no such text"));
}

static void colours_and_only_colours_become_a_style_sheet(void **state)
{
    struct arena arena = {0};
    struct cardgate cardgate;
    struct appearance look;
    buf_auto css = {0};
    struct invoice invoice = {
        .look = "{\"display\":{\"hide_footer\":true,\"show_methods\":[\"paypal\",\"card\"]},"
                "\"style\":{\"primary\":\"#abc\",\"danger_color\":\"red;}\",\"theme\":\"dark\","
                "\"pay_button_label\":\"donate\"}}",
        .gateway_options = "{\"cardgate\":{\"theme\":\"light\",\"retry_limit\":\"3\","
                           "\"theme_options\":{\"btn_font_color\":\"#00ff00\","
                           "\"btn_bg_color\":\"#00ff0\",\"card_holder\":\"false\"}}}"};
    (void)state;
    cardgate_read(invoice.gateway_options, &arena, &cardgate);
    assert_int_equal(cardgate.retry_limit, 3);
    assert_true(cardgate.hide_holder);
    appearance_of(&invoice, &cardgate, &arena, &look);
    appearance_css(&css, &look);
    assert_string_equal(buf_str(&css), ":root {\n  --accent: #aabbcc;\n  --on-accent: #00ff00;\n"
                                       "  --link: #aabbcc;\n}\n");
    assert_string_equal(look.theme, "dark");
    assert_string_equal(look.pay_label, "donate");
    assert_true(look.hide_footer && look.hide_holder && !look.hide_header);
    assert_true(appearance_offers(&look, "paypal", &arena) &&
                appearance_offers(&look, "card", &arena));
    assert_false(appearance_offers(&look, "pay", &arena));
    arena_finish(&arena);
}

static void invalid_options_are_ignored(void **state)
{
    static const char *const texts[] = {NULL,
                                        "",
                                        "x",
                                        "[]",
                                        "{}",
                                        "{\"cardgate\":[]}",
                                        "{\"cardgate\":{\"retry_limit\":-1,\"theme_options\":7}}"};
    struct arena arena = {0};
    struct cardgate cardgate;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        cardgate_read(texts[i], &arena, &cardgate);
        assert_false(cardgate.tokenize || cardgate.instant || cardgate.bypass_status_page);
        assert_int_equal(cardgate.retry_limit, 0);
        assert_null(cardgate.theme);
    }
    arena_finish(&arena);
}

/* A real template with rows: repeated parts use the values of their row first, then the outer ones.
 */
static void templates_repeat_rows_and_escape_values(void **state)
{
    const struct template_value cells[] = {
        {"outcome", "a<b>", NULL}, {"words", "\"one\" & 'two'", NULL}, {"first", "1", NULL},
        {"outcome", "c", NULL},    {"words", "{{t.choice}}", NULL},    {"first", NULL, NULL},
    };
    const struct template_rows rows = {cells, 2, 3};
    const struct template_value values[] = {{"choices", NULL, &rows}};
    const struct template_scope scope = {values, 1, NULL};
    buf_auto out = {0};
    (void)state;
    template_fill(&out, "choice.html", "en", &scope);
    const char *page = buf_str(&out);
    assert_non_null(strstr(page, "<legend>Choose the result</legend>"));
    assert_non_null(strstr(page, "value=\"a&lt;b&gt;\""));
    assert_non_null(strstr(page, "&quot;one&quot; &amp; &#39;two&#39;"));
    assert_non_null(
        strstr(page, "<span>{{t.choice}} <code>c</code>")); /* values are not expanded */
    const char *first = strstr(page, " checked");
    assert_non_null(first);
    assert_null(strstr(first + 1, " checked"));
}

static void what_xml_cannot_hold_becomes_a_question_mark(void **state)
{
    static const struct {
        const char *text, *shown;
    } rows[] = {
        {"a\tb\n", "\"a\tb\n\""},
        {"a\x01z", "\"a?z\""},
        {"\xc3\xa9", "\"\xc3\xa9\""},
        {"\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf", "\"\xef\xbf\xbd??????\""},
        {"\xc3\xa9\xff", "\"???\""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        buf_auto out = {0};
        const struct template_value values[] = {{"check", rows[i].text}, {"advice", NULL}};
        report_fill(&out, "report_check.xml", values, ARRAY_SIZE(values));
        assert_row(rows[i].text, strstr(buf_str(&out), rows[i].shown));
    }
}

static void a_text_that_is_too_long_has_no_qr_code(void **state)
{
    struct arena arena = {0};
    struct qr qr;
    (void)state;
    assert_true(qr_of(&arena, "text", &qr));
    assert_string_equal(qr.size, "29");
    char *longest = repeat('x', 5000);
    assert_false(qr_of(&arena, longest, &qr));
    free(longest);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_is_written_as_the_language_does),
        cmocka_unit_test(texts_are_found_in_any_case),
        cmocka_unit_test(the_best_language_is_found),
        cmocka_unit_test(colours_and_only_colours_become_a_style_sheet),
        cmocka_unit_test(invalid_options_are_ignored),
        cmocka_unit_test(what_xml_cannot_hold_becomes_a_question_mark),
        cmocka_unit_test(a_text_that_is_too_long_has_no_qr_code),
        cmocka_unit_test(templates_repeat_rows_and_escape_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
