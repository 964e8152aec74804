#include "unit.h"

#include "wire/json_reencode.h"

#define EVERYTHING ((size_t)1 << 20)

static void spell(const char *text, const struct json_style *style, struct buf *out)
{
    assert_row(text, json_reencode(text, strlen(text), style, EVERYTHING, out));
}

static void the_style_decides_the_blanks_between_tokens(void **state)
{
    static const char text[] = " { \"a\" :[1 ,{\t}\n,[ ]],\r\n\"b\":{\"c\":null} } ";
    static const char *const wanted[] = {
        [JSON_BLANKS_NONE] = "{\"a\":[1,{},[]],\"b\":{\"c\":null}}",
        [JSON_BLANKS_SPACED] = "{\"a\": [1, {}, []], \"b\": {\"c\": null}}",
        [JSON_BLANKS_INDENT_2] =
            "{\n  \"a\": [\n    1,\n    {},\n    []\n  ],\n  \"b\": {\n    \"c\": "
            "null\n  }\n}",
        [JSON_BLANKS_INDENT_4] =
            "{\n    \"a\": [\n        1,\n        {},\n        []\n    ],\n    "
            "\"b\": {\n        \"c\": null\n    }\n}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        const struct json_style style = {.blanks = (enum json_blanks)i};
        buf_auto out = {0};
        spell(text, &style, &out);
        assert_row_text(wanted[i], buf_str(&out), wanted[i]);
        assert_row(wanted[i], out.size == strlen(wanted[i]));
    }
}

static void the_style_decides_the_escapes_in_strings(void **state)
{
    static const struct {
        const char *text;
        struct json_style style;
        const char *wanted;
    } rows[] = {
        {"\"a/b\\/c\"", {.slashes = false}, "\"a/b/c\""},
        {"\"a/b\\/c\"", {.slashes = true}, "\"a\\/b\\/c\""},
        {"\"\\\\/\"", {.slashes = false}, "\"\\\\/\""},
        {"\"\xc3\xab\\u00EB\"", {.wide = JSON_WIDE_UTF8}, "\"\xc3\xab\xc3\xab\""},
        {"\"\xc3\xab\\u00EB\"", {.wide = JSON_WIDE_LOWER}, "\"\\u00eb\\u00eb\""},
        {"\"\xc3\xab\\u00eb\"", {.wide = JSON_WIDE_UPPER}, "\"\\u00EB\\u00EB\""},
        {"\"\xe2\x82\xac\"", {.wide = JSON_WIDE_LOWER}, "\"\\u20ac\""},
        {"\"\\u20ac\"", {.wide = JSON_WIDE_UTF8}, "\"\xe2\x82\xac\""},
        {"\"\xf0\x9f\x92\xb3\"", {.wide = JSON_WIDE_LOWER}, "\"\\ud83d\\udcb3\""},
        {"\"\xef\xbf\xbf\xf0\x90\x80\x80\"",
         {.wide = JSON_WIDE_LOWER},
         "\"\\uffff\\ud800\\udc00\""},
        {"\"\\ud83d\\udcb3\"", {.wide = JSON_WIDE_UTF8}, "\"\xf0\x9f\x92\xb3\""},
        {"\"\\u0041\\\"\\u0022\\b\\u0008\\u000b\\n\\u0000\"",
         {.slashes = false},
         "\"A\\\"\\\"\\b\\b\\u000b\\n\\u0000\""},
        {"\"{ [ : , ] }\"", {.blanks = JSON_BLANKS_INDENT_4}, "\"{ [ : , ] }\""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        buf_auto out = {0};
        spell(rows[i].text, &rows[i].style, &out);
        assert_row_text(rows[i].text, buf_str(&out), rows[i].wanted);
    }
}

static void numbers_and_the_order_of_keys_do_not_change(void **state)
{
    static const char text[] = "{\"b\":1.50,\"a\":-0,\"b\":1e+2,\"c\":true}";
    buf_auto out = {0};
    (void)state;
    spell(text, &JSON_STYLE_PLATFORM, &out);
    assert_string_equal(buf_str(&out), text);
}

static void a_result_that_is_too_large_is_not_written(void **state)
{
    static const char text[] = "[[[[[1]]]]]";
    const struct json_style indented = {.blanks = JSON_BLANKS_INDENT_4};
    buf_auto out = {0}, again = {0};
    (void)state;
    assert_false(json_reencode(text, strlen(text), &indented, 20, &out));
    assert_true(json_reencode(text, strlen(text), &JSON_STYLE_PLATFORM, strlen(text), &again));
    assert_true(out.size < 60);
}

/* Callers only pass parsed JSON. Any other text must not cause a read beyond its end. */
static void an_incomplete_text_is_not_read_beyond_its_end(void **state)
{
    static const char *const rows[] = {
        "\"", "\"\\",    "\"\\u", "\"\\u12", "\"\\ud83d", "\"\\ud83d\\u",
        "[",  "{\"a\":", "]]]",   "\"\xc3",  "\xff"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        /* an exact copy, so that a sanitizer sees every byte read beyond its end */
        size_t size = strlen(rows[i]);
        char *text = malloc(size);
        buf_auto out = {0};
        assert_non_null(text);
        memcpy(text, rows[i], size);
        assert_row(rows[i], json_reencode(text, size, &JSON_STYLE_PLATFORM, EVERYTHING, &out));
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_style_decides_the_blanks_between_tokens),
        cmocka_unit_test(the_style_decides_the_escapes_in_strings),
        cmocka_unit_test(numbers_and_the_order_of_keys_do_not_change),
        cmocka_unit_test(a_result_that_is_too_large_is_not_written),
        cmocka_unit_test(an_incomplete_text_is_not_read_beyond_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
