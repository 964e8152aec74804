#include "unit.h"

#include "base/mem.h"
#include "domain/invoice.h"
#include "domain/money.h"
#include "wire/json_out.h"
#include "wire/json_read.h"

static void strings_are_escaped_as_php_does(void **state)
{
    static const struct {
        const char *text;
        size_t size;
        const char *json;
    } rows[] = {
        {"", 0, "\"\""},
        {"plain", 5, "\"plain\""},
        {"a/b", 3, "\"a\\/b\""},
        {"\"\\", 2, "\"\\\"\\\\\""},
        {"\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
        {"\x01\x0b\x1f", 3, "\"\\u0001\\u000b\\u001f\""},
        {"a\0b", 3, "\"a\\u0000b\""},
        {"\x7f", 1, "\"\x7f\""},
        {"\xc3\xa9", 2, "\"\\u00e9\""},
        {"\xd0\x9f\xd0\xbb", 4, "\"\\u041f\\u043b\""},
        {"\xe2\x82\xac", 3, "\"\\u20ac\""},
        {"\xf0\x9f\x92\xb3", 4, "\"\\ud83d\\udcb3\""},
        {"\xf4\x8f\xbf\xbf", 4, "\"\\udbff\\udfff\""},
        {"\xf0\x90\x80\x80", 4, "\"\\ud800\\udc00\""},
        {"\xef\xbf\xbf", 3, "\"\\uffff\""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        buf_auto buf = {0};
        struct json_out out = {.buf = &buf};
        json_out_text_sized(&out, NULL, rows[i].text, rows[i].size);
        assert_row_text(rows[i].json, buf_str(&buf), rows[i].json);
    }
}

/* Texts are read in pieces of 16 and 8 bytes, which may miss a byte at some place. */
static void every_byte_is_escaped_at_every_place(void **state)
{
    enum { MOST = 40 };
    char plain[MOST];
    (void)state;
    memset(plain, 'x', sizeof plain);
    for (size_t size = 1; size <= MOST; size++) {
        char *text = malloc(size); /* an exact size, for the sanitizer */
        for (size_t n = 0; n < size * 256; n++) {
            char byte = (char)(n % 256);
            size_t at = n / 256;
            memcpy(text, plain, size);
            text[at] = byte;
            buf_auto whole = {0}, alone = {0}, expected = {0};
            buf_reserve(&whole, MOST + 8); /* without room it is not read in pieces */
            json_out_text_sized(&(struct json_out){.buf = &whole}, NULL, text, size);
            json_out_text_sized(&(struct json_out){.buf = &alone}, NULL, &byte, 1);
            buf_printf(&expected, "\"%.*s%.*s%.*s\"", (int)at, plain, (int)alone.size - 2,
                       alone.data + 1, (int)(size - at - 1), plain);
            assert_int_equal(whole.size, expected.size);
            assert_memory_equal(whole.data, expected.data, expected.size + 1);
        }
        free(text);
    }
}

static void a_key_of_a_table_is_written_as_any_other(void **state)
{
    static const struct json_key first = JSON_KEY("first"), second = JSON_KEY("second");
    buf_auto buf = {0};
    struct json_out out = {.buf = &buf};
    (void)state;
    json_out_object(&out, NULL);
    json_out_key(&out, &first);
    json_out_array(&out, NULL);
    json_out_array_end(&out);
    json_out_key(&out, &second);
    json_out_text(&out, NULL, "text");
    json_out_bool(&out, "third", true);
    json_out_object_end(&out);
    assert_string_equal(buf_str(&buf), "{\"first\":[],\"second\":\"text\",\"third\":true}");
}

static void invalid_utf8_becomes_replacement_characters(void **state)
{
    static const struct {
        const char *text, *json;
    } rows[] = {
        {"\x80", "\"\\ufffd\""},
        {"\xff\xfe", "\"\\ufffd\\ufffd\""},
        {"\xc3", "\"\\ufffd\""},
        {"\xc3(", "\"\\ufffd(\""},
        {"\xe2\x82", "\"\\ufffd\\ufffd\""},
        {"\xf0\x9f\x92", "\"\\ufffd\\ufffd\\ufffd\""},
        {"\xc0\x80", "\"\\ufffd\\ufffd\""},
        {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
        {"\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
        {"\xe0\x80\x80", "\"\\ufffd\\ufffd\\ufffd\""},
        {"a\xff/", "\"a\\ufffd\\/\""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        /* an exact copy, so that a sanitizer sees every byte read beyond its end */
        size_t size = strlen(rows[i].text);
        char *copy = malloc(size);
        memcpy(copy, rows[i].text, size);
        buf_auto buf = {0};
        struct json_out out = {.buf = &buf};
        json_out_text_sized(&out, NULL, copy, size);
        assert_row_text(rows[i].json, buf_str(&buf), rows[i].json);
        free(copy);
    }
}

static void keys_are_written_in_the_order_of_the_calls(void **state)
{
    buf_auto buf = {0};
    struct json_out out = {.buf = &buf};
    (void)state;
    json_out_object(&out, NULL);
    json_out_text(&out, "z", "x");
    json_out_text(&out, "none", NULL);
    json_out_int(&out, "a/b", INT64_MIN);
    json_out_bool(&out, "yes", true);
    json_out_bool(&out, "no", false);
    json_out_null(&out, "null");
    json_out_array(&out, "list");
    json_out_int(&out, NULL, 1);
    json_out_object(&out, NULL);
    json_out_object_end(&out);
    json_out_array(&out, NULL);
    json_out_array_end(&out);
    json_out_text(&out, NULL, "");
    json_out_array_end(&out);
    json_out_raw(&out, "raw", "{\"b\":[]}");
    json_out_raw(&out, "nothing", NULL);
    json_out_object_end(&out);
    assert_string_equal(
        buf_str(&buf),
        "{\"z\":\"x\",\"none\":null,\"a\\/b\":-9223372036854775808,\"yes\":true,\"no\":false,"
        "\"null\":null,\"list\":[1,{},[],\"\"],\"raw\":{\"b\":[]},\"nothing\":null}");
}

static void missing_money_and_times_are_written_as_null(void **state)
{
    buf_auto buf = {0};
    struct json_out out = {.buf = &buf};
    (void)state;
    json_out_array(&out, NULL);
    json_out_money(&out, NULL, 12345000000);
    json_out_money(&out, NULL, 0);
    json_out_money(&out, NULL, MONEY_NONE);
    json_out_seconds(&out, NULL, 1597833098999);
    json_out_seconds(&out, NULL, TIME_NONE);
    json_out_int_or_null(&out, NULL, 7, 0);
    json_out_int_or_null(&out, NULL, 0, 0);
    json_out_array_end(&out);
    assert_string_equal(buf_str(&buf), "[123.45,0,null,1597833098,null,7,null]");
}

static void any_value_keeps_its_meaning_and_order(void **state)
{
    static const struct {
        const char *json, *php, *plain;
    } rows[] = {
        {"{}", "[]", "{}"},
        {"[]", "[]", "[]"},
        {"{\"b\":1,\"a\":{\"c\":{}}}", "{\"b\":1,\"a\":{\"c\":[]}}", "{\"b\":1,\"a\":{\"c\":{}}}"},
        {"[1,-1,true,false,null,\"x\"]", "[1,-1,true,false,null,\"x\"]",
         "[1,-1,true,false,null,\"x\"]"},
        {"[0.1,1e2,123.45,1e22,-0.5]", "[0.1,100,123.45,1.0e+22,-0.5]",
         "[0.1,100,123.45,1.0e+22,-0.5]"},
        {"[0.30000000000000004,5e-324,1.7976931348623157e308]",
         "[0.30000000000000004,5.0e-324,1.7976931348623157e+308]",
         "[0.30000000000000004,5.0e-324,1.7976931348623157e+308]"},
        {"[\"\\u0000\\u20ac\"]", "[\"\\u0000\\u20ac\"]", "[\"\\u0000\\u20ac\"]"},
        {"[9223372036854775807]", "[9223372036854775807]", "[9223372036854775807]"},
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        json_t *value = json_parse(rows[i].json, strlen(rows[i].json), &arena, NULL);
        assert_row(rows[i].json, value != NULL);
        assert_row_text(rows[i].json, json_text(&arena, value, true), rows[i].php);
        assert_row_text(rows[i].json, json_text(&arena, value, false), rows[i].plain);
        json_decref(value);
    }
    arena_finish(&arena);
}

/* PHP computed the rows (php_tables.php). */
static void numbers_are_written_as_php_writes_them(void **state)
{
    json_auto_t *rows = json_load_file(TABLES "/json_encode.json", 0, NULL);
    struct arena arena = {0};
    size_t i;
    json_t *row;
    (void)state;
    assert_true(json_array_size(rows) > 400);
    json_array_foreach(rows, i, row)
    {
        const char *text = json_string_value(json_array_get(row, 0));
        json_auto_t *value = json_loads(text, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
        assert_row_text(text, json_text(&arena, value, true),
                        json_string_value(json_array_get(row, 1)));
    }
    arena_finish(&arena);
}

static void a_string_of_a_mebibyte_is_written_completely(void **state)
{
    char *text = repeat('/', 1 << 20);
    buf_auto buf = {0};
    struct json_out out = {.buf = &buf};
    (void)state;
    json_out_text(&out, NULL, text);
    assert_int_equal(buf.size, (2 << 20) + 2);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_escaped_as_php_does),
        cmocka_unit_test(every_byte_is_escaped_at_every_place),
        cmocka_unit_test(a_key_of_a_table_is_written_as_any_other),
        cmocka_unit_test(invalid_utf8_becomes_replacement_characters),
        cmocka_unit_test(keys_are_written_in_the_order_of_the_calls),
        cmocka_unit_test(missing_money_and_times_are_written_as_null),
        cmocka_unit_test(any_value_keeps_its_meaning_and_order),
        cmocka_unit_test(numbers_are_written_as_php_writes_them),
        cmocka_unit_test(a_string_of_a_mebibyte_is_written_completely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
