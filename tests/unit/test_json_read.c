#include "unit.h"

#include "base/wall.h"
#include "domain/money.h"
#include "wire/json_read.h"

/* Fields of every kind that json_read supports. */
struct row {
    const char *text, *choice, *url, *email, *country, *date, *currency, *color, *map, *inner_text;
    int64_t money, number, bounded, duration, datetime, inner_number;
    bool flag, has_inner;
    const json_t *any;
};

static const char *const choices[] = {"GET", "POST", NULL};

#define AT(member) .offset = offsetof(struct row, member)

static const struct json_field inner_fields[] = {
    {"text", JSON_KIND_TEXT, AT(inner_text), .required = true},
    {"number", JSON_KIND_INT, AT(inner_number)},
};

static const struct json_field fields[] = {
    {"text", JSON_KIND_TEXT, AT(text), .least = 2, .most = 5},
    {"choice", JSON_KIND_TEXT, AT(choice), .choices = choices},
    {"url", JSON_KIND_TEXT, AT(url), .most = 2048, .format = JSON_FORMAT_URL},
    {"email", JSON_KIND_TEXT, AT(email), .format = JSON_FORMAT_EMAIL},
    {"country", JSON_KIND_TEXT, AT(country), .format = JSON_FORMAT_COUNTRY},
    {"date", JSON_KIND_TEXT, AT(date), .format = JSON_FORMAT_DATE},
    {"currency", JSON_KIND_TEXT, AT(currency), .format = JSON_FORMAT_CURRENCY},
    {"color", JSON_KIND_TEXT, AT(color), .format = JSON_FORMAT_COLOR},
    {"money", JSON_KIND_MONEY, AT(money)},
    {"number", JSON_KIND_INT, AT(number)},
    {"bounded", JSON_KIND_INT, AT(bounded), .least = -1, .most = 10},
    {"flag", JSON_KIND_BOOL, AT(flag)},
    {"duration", JSON_KIND_DURATION, AT(duration)},
    {"datetime", JSON_KIND_DATETIME, AT(datetime)},
    {"map", JSON_KIND_MAP, AT(map)},
    {"inner", JSON_KIND_OBJECT, AT(has_inner), .fields = inner_fields,
     .n_fields = ARRAY_SIZE(inner_fields)},
    {"any", JSON_KIND_ANY, AT(any)},
};

struct reading {
    struct arena arena;
    struct json_errors errors;
    struct row row;
    json_t *document;
};

static void begin_sized(struct reading *r, const char *json, size_t size, bool strict)
{
    memset(r, 0, sizeof *r);
    r->errors.arena = &r->arena;
    const char *why = "";
    r->document = json_parse(json, size, &r->arena, &why);
    if (!r->document) {
        fail_msg("%s: %s", json, why);
    }
    json_read(r->document, fields, ARRAY_SIZE(fields), strict, &r->row, &r->errors);
}

static void begin(struct reading *r, const char *json, bool strict)
{
    begin_sized(r, json, strlen(json), strict);
}

static void end(struct reading *r)
{
    json_decref(r->document);
    arena_finish(&r->arena);
}

/* Writes "path: message; path: message", in order. */
static const char *errors_of(struct reading *r)
{
    const char *text = "";
    for (const struct json_error *error = r->errors.first; error; error = error->next) {
        text = arena_printf(&r->arena, "%s%s%s: %s", text, *text ? "; " : "", error->path,
                            error->message);
    }
    return text;
}

static void a_valid_document_fills_its_struct(void **state)
{
    struct reading r;
    (void)state;
    begin(&r,
          "{\"text\":\"abc\",\"choice\":\"POST\",\"url\":\"https://a.example/"
          "x?y#z\",\"email\":\"a@b.example\","
          "\"country\":\"GB\",\"date\":\"2000-02-29\",\"currency\":\"USD\",\"money\":123.45,"
          "\"number\":-7,\"bounded\":10,"
          "\"flag\":true,\"duration\":\"2s\",\"datetime\":\"1970-01-01T00:00:01Z\",\"map\":{\"a\":{"
          "}},"
          "\"inner\":{\"text\":\"x\",\"number\":\"12\"},\"any\":[1]}",
          true);
    assert_string_equal(errors_of(&r), "");
    assert_string_equal(r.row.text, "abc");
    assert_string_equal(r.row.choice, "POST");
    assert_string_equal(r.row.url, "https://a.example/x?y#z");
    assert_string_equal(r.row.email, "a@b.example");
    assert_string_equal(r.row.country, "GB");
    assert_string_equal(r.row.date, "2000-02-29");
    assert_string_equal(r.row.currency, "USD");
    assert_int_equal(r.row.money, 12345000000);
    assert_int_equal(r.row.number, -7);
    assert_int_equal(r.row.bounded, 10);
    assert_true(r.row.flag);
    assert_int_equal(r.row.duration, 2000);
    assert_int_equal(r.row.datetime, 1000);
    assert_string_equal(r.row.map, "{\"a\":[]}");
    assert_true(r.row.has_inner);
    assert_string_equal(r.row.inner_text, "x");
    assert_int_equal(r.row.inner_number, 12);
    assert_true(json_is_array(r.row.any));
    end(&r);
}

static void an_absent_or_null_field_leaves_its_member_unchanged(void **state)
{
    struct reading r;
    (void)state;
    begin(&r, "{\"text\":null,\"money\":null,\"flag\":null,\"inner\":null,\"any\":null}", true);
    assert_string_equal(errors_of(&r), "");
    assert_null(r.row.text);
    assert_null(r.row.any);
    assert_false(r.row.has_inner);
    r.row.number = 5;
    json_read(r.document, fields, ARRAY_SIZE(fields), true, &r.row, &r.errors);
    assert_int_equal(r.row.number, 5);
    end(&r);
}

static void each_invalid_field_has_its_message(void **state)
{
    static const struct {
        const char *json, *errors;
    } rows[] = {
        {"{\"text\":1}", "text: This value should be of type string."},
        {"{\"text\":[]}", "text: This value should be of type string."},
        {"{\"text\":\"a\"}", "text: This value is too short. It should have 2 characters or more."},
        {"{\"text\":\"abcdef\"}",
         "text: This value is too long. It should have 5 characters or less."},
        {"{\"text\":\"\\u041f\\u043f\\u043f\\u043f\\u043f\"}", ""},
        {"{\"text\":\"ab\\u0000cd\"}", "text: This value must not contain a NUL character."},
        {"{\"choice\":\"PUT\"}",
         "choice: The value you selected is not a valid choice. It must be one of GET, POST."},
        {"{\"choice\":\"get\"}",
         "choice: The value you selected is not a valid choice. It must be one of GET, POST."},
        {"{\"choice\":\"\"}", ""},
        {"{\"url\":\"ftp://a.example\"}", "url: This value is not a valid URL."},
        {"{\"url\":\"\"}", ""},
        {"{\"email\":\"a.example\"}", "email: This value is not a valid email address."},
        {"{\"country\":\"gb\"}", "country: This value is not a valid country."},
        {"{\"country\":\"XX\"}", "country: This value is not a valid country."},
        {"{\"country\":\"E \"}", "country: This value is not a valid country."},
        {"{\"country\":\"GBR\"}", "country: This value is not a valid country."},
        {"{\"date\":\"2019-02-29\"}", "date: This value is not a valid date."},
        {"{\"currency\":\"u$d\"}", "currency: This value is not a valid currency."},
        {"{\"currency\":\"US\"}", "currency: This value is not a valid currency."},
        {"{\"color\":\"fff\"}", "color: This value is not a valid CSS color."},
        {"{\"color\":\"#fffff\"}", "color: This value is not a valid CSS color."},
        {"{\"color\":\"#ggg\"}", "color: This value is not a valid CSS color."},
        {"{\"color\":\"#fff\"}", ""},
        {"{\"color\":\"#0A7cff\"}", ""},
        {"{\"money\":\"12,5\"}", "money: This value should be of type numeric."},
        {"{\"money\":true}", "money: This value should be of type numeric."},
        {"{\"money\":{}}", "money: This value should be of type numeric."},
        {"{\"money\":\"\"}", "money: This value should be of type numeric."},
        {"{\"money\":\"1\\u0000\"}", "money: This value must not contain a NUL character."},
        {"{\"money\":0.123456789}", "money: This value should have 8 decimals or less."},
        {"{\"money\":\"0.123456789\"}", "money: This value should have 8 decimals or less."},
        {"{\"money\":\"12345678.12345678\"}", "money: This value should have 15 digits or less."},
        {"{\"number\":1.5}", "number: This value should be of type integer."},
        {"{\"number\":\"x\"}", "number: This value should be of type integer."},
        {"{\"number\":\"1\\u0000\"}", "number: This value must not contain a NUL character."},
        {"{\"number\":1e300}", "number: This value should be of type integer."},
        {"{\"bounded\":11}", "bounded: This value should be between -1 and 10."},
        {"{\"bounded\":-2}", "bounded: This value should be between -1 and 10."},
        {"{\"flag\":2}", "flag: This value should be of type bool."},
        {"{\"flag\":\"yes\"}", "flag: This value should be of type bool."},
        {"{\"flag\":\"\"}", "flag: This value should be of type bool."},
        {"{\"flag\":\"true\\u0000\"}", "flag: This value must not contain a NUL character."},
        {"{\"duration\":\"2\"}", "duration: This value is not a valid duration."},
        {"{\"duration\":-1}", "duration: This value is not a valid duration."},
        {"{\"duration\":\"2s\\u0000\"}", "duration: This value must not contain a NUL character."},
        {"{\"duration\":9223372036854775807}", "duration: This value is not a valid duration."},
        {"{\"datetime\":\"2020-12-13\"}", "datetime: This value is not a valid datetime."},
        {"{\"datetime\":0}", "datetime: This value is not a valid datetime."},
        {"{\"datetime\":9223372036854775807}", "datetime: This value is not a valid datetime."},
        {"{\"datetime\":\"2020-12-13T15:52:00Z\\u0000\"}",
         "datetime: This value must not contain a NUL character."},
        {"{\"map\":[1]}", ""},
        {"{\"map\":1}", "map: This value should be of type array."},
        {"{\"map\":\"x\"}", "map: This value should be of type array."},
        {"{\"inner\":1}", "inner: This value should be of type array."},
        {"{\"inner\":{}}", "inner.text: This value should not be blank."},
        {"{\"inner\":[]}", "inner.text: This value should not be blank."},
        {"{\"inner\":{\"text\":\"\"}}", "inner.text: This value should not be blank."},
        {"{\"inner\":{\"text\":\"x\",\"number\":[]}}",
         "inner.number: This value should be of type integer."},
        {"{\"inner\":{\"text\":\"x\",\"more\":1}}", "inner.more: This field was not expected."},
        {"{\"more\":1}", "more: This field was not expected."},
        {"{\"nubmer\":1}", "nubmer: This field was not expected. Did you mean number?"},
        {"{\"x\":1}", "x: This field was not expected."},
        {"{\"text\":1,\"number\":\"x\",\"more\":1}",
         "text: This value should be of type string.; number: This value should be of type "
         "integer.; "
         "more: This field was not expected."},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct reading r;
        begin(&r, rows[i].json, true);
        assert_row_text(rows[i].json, errors_of(&r), rows[i].errors);
        end(&r);
    }
}

static void unknown_names_are_errors_only_in_strict_mode(void **state)
{
    struct reading r;
    (void)state;
    begin(&r, "{\"more\":1,\"inner\":{\"text\":\"x\",\"other\":1}}", false);
    assert_string_equal(errors_of(&r), "");
    end(&r);
}

static void numbers_can_be_sent_as_numbers_or_texts(void **state)
{
    static const struct {
        const char *json;
        int64_t money, number;
        bool flag;
    } rows[] = {
        {"{\"money\":100,\"number\":5,\"flag\":1}", 10000000000, 5, true},
        {"{\"money\":\"100\",\"number\":\"5\",\"flag\":\"1\"}", 10000000000, 5, true},
        {"{\"money\":\"100.00\",\"number\":\"-5\",\"flag\":\"true\"}", 10000000000, -5, true},
        {"{\"money\":1e2,\"number\":5,\"flag\":0}", 10000000000, 5, false},
        {"{\"money\":0.1,\"number\":0,\"flag\":\"0\"}", 10000000, 0, false},
        {"{\"money\":-1,\"number\":0,\"flag\":\"false\"}", -100000000, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct reading r;
        begin(&r, rows[i].json, true);
        assert_row_text(rows[i].json, errors_of(&r), "");
        assert_row(rows[i].json, r.row.money == rows[i].money);
        assert_row(rows[i].json, r.row.number == rows[i].number);
        assert_row(rows[i].json, r.row.flag == rows[i].flag);
        end(&r);
    }
}

#define OUT_OF_RANGE "money: This value should be between -90000000000 and 90000000000."

static void amounts_out_of_range_are_rejected_with_the_limits(void **state)
{
    static const char *const rows[] = {
        "{\"money\":999999999999999}",
        "{\"money\":1000000000000000}",
        "{\"money\":1234567890123456}",
        "{\"money\":12345678901234567}",
        "{\"money\":9223372036854775807}",
        "{\"money\":9223372036854775808}",
        "{\"money\":99999999999999999999999999}",
        "{\"money\":1e300}",
        "{\"money\":1e15}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct reading r;
        char negative[64];
        begin(&r, rows[i], true);
        assert_row_text(rows[i], errors_of(&r), OUT_OF_RANGE);
        end(&r);
        snprintf(negative, sizeof negative, "{\"money\":-%s", rows[i] + strlen("{\"money\":"));
        begin(&r, negative, true);
        assert_row_text(negative, errors_of(&r), OUT_OF_RANGE);
        end(&r);
    }
}

/* This applies to the platform's bodies. The control API and the fixtures are strict. */
static void an_empty_text_counts_as_absent(void **state)
{
    static const char *const names[] = {
        "text",   "choice",  "url",  "email",    "country",  "date", "color", "currency", "money",
        "number", "bounded", "flag", "duration", "datetime", "map",  "inner", "any"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct reading r;
        char json[64];
        snprintf(json, sizeof json, "{\"%s\":\"\"}", names[i]);
        begin(&r, json, false);
        assert_row_text(json, errors_of(&r), "");
        const struct row none = {0};
        assert_row(json, memcmp(&r.row, &none, sizeof none) == 0);
        end(&r);
    }
}

static void currencies_become_upper_case(void **state)
{
    struct reading r;
    (void)state;
    begin(&r, "{\"currency\":\"uSd\"}", true);
    assert_string_equal(errors_of(&r), "");
    assert_string_equal(r.row.currency, "USD");
    end(&r);
}

static void a_nul_in_a_document_is_reported(void **state)
{
    static const struct {
        const char *json;
        size_t size;
        const char *why;
    } rows[] = {
        {"{\"amount\":10\0}", 14, "line 1: there is a NUL byte"},
        {"{\n\"a\":true\0,\"b\":1}", 17, "line 2: there is a NUL byte"},
        {"\0{}", 3, "line 1: there is a NUL byte"},
        {"{}\0", 3, "line 1: there is a NUL byte"},
        {"{\"a\\u0000b\":1}", 14, "line 1 column 11: a name must not contain \\u0000"},
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *why = NULL;
        assert_row(rows[i].why, !json_parse(rows[i].json, rows[i].size, &arena, &why));
        assert_row_text(rows[i].json, why, rows[i].why);
    }
    arena_finish(&arena);
}

static void the_last_of_duplicate_keys_wins(void **state)
{
    struct reading r;
    (void)state;
    begin(&r,
          "{\"number\":\"x\",\"number\":1,\"inner\":{\"text\":\"a\"},\"inner\":{\"text\":\"b\"}}",
          true);
    assert_string_equal(errors_of(&r), "");
    assert_int_equal(r.row.number, 1);
    assert_string_equal(r.row.inner_text, "b");
    end(&r);
}

static void a_path_keeps_its_first_error(void **state)
{
    struct arena arena = {0};
    struct json_errors errors = {.arena = &arena};
    (void)state;
    json_errors_add(&errors, "a", "first %d", 1);
    json_errors_add(&errors, "a", "second");
    json_errors_add(&errors, "b/c", "third");
    assert_int_equal(errors.n, 2);
    assert_string_equal(errors.first->message, "first 1");
    assert_string_equal(errors.first->next->path, "b/c");
    arena_finish(&arena);
}

static void an_invalid_document_is_rejected_with_its_place(void **state)
{
    static const struct {
        const char *json;
        size_t size;
    } rows[] = {
        {"", 0},
        {" ", 1},
        {"{", 1},
        {"{}x", 3},
        {"{} {}", 5},
        {"{\"a\":1,}", 8},
        {"{'a':1}", 7},
        {"{a:1}", 5},
        {"\"text\"", 6},
        {"1", 1},
        {"null", 4},
        {"[01]", 4},
        {"[1.]", 4},
        {"[.5]", 4},
        {"[+1]", 4},
        {"[NaN]", 5},
        {"[1e999]", 7},
        {"[-1e999]", 8},
        {"[\"\\ud800\"]", 10},
        {"[\"\\udc00\"]", 10},
        {"[\"\\ud800\\u0041\"]", 16},
        {"[\"\\u12g4\"]", 10},
        {"[\"\\x\"]", 6},
        {"[\"\x80\"]", 5},
        {"[\"\xc3\"]", 5},
        {"[\"\xc0\x80\"]", 6},
        {"[\"\xed\xa0\x80\"]", 7},
        {"[\"\n\"]", 5},
        {"[\"\0\"]", 5},
        {"{\"a\\u0000b\":1}", 14},
        {"\xef\xbb\xbf{}", 5},
        {"{}\0", 3},
        {"\xff\xfe{", 3},
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        /* an exact copy, so that a sanitizer sees every byte read beyond its end */
        char *copy = malloc(rows[i].size + !rows[i].size);
        memcpy(copy, rows[i].json, rows[i].size);
        const char *why = NULL;
        assert_row(rows[i].json, !json_parse(copy, rows[i].size, &arena, &why));
        assert_row(rows[i].json, why && strstr(why, "line "));
        assert_row(rows[i].json, !json_parse(copy, rows[i].size, &arena, NULL));
        free(copy);
    }
    arena_finish(&arena);
}

static void depth_is_limited(void **state)
{
    static const size_t depths[] = {100, 2000, 100000, 1 << 19};
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(depths); i++) {
        size_t n = depths[i];
        char *json = malloc(2 * n);
        memset(json, '[', n);
        memset(json + n, ']', n);
        json_t *value = json_parse(json, 2 * n, &arena, NULL);
        assert_true((value != NULL) == (n <= 2048));
        if (value) {
            assert_int_equal(strlen(json_text(&arena, value, true)), 2 * n);
        }
        json_decref(value);
        free(json);
    }
    arena_finish(&arena);
}

/* One thread serves all requests, so no body within the size limit may block it for long. */
static void a_mebibyte_of_wrong_fields_is_read_at_once(void **state)
{
    buf_auto json = {0};
    (void)state;
    buf_char(&json, '{');
    for (int i = 0; json.size < 1 << 20; i++) {
        buf_printf(&json, "%s\"%x\":1", i ? "," : "", i);
    }
    buf_char(&json, '}');
    struct reading r;
    int64_t before_ms = mono_now_ms();
    begin_sized(&r, json.data, json.size, true);
    assert_true(r.errors.n > 0);
    end(&r);
    assert_true(mono_now_ms() - before_ms < 3000);
}

static void each_format_accepts_only_its_texts(void **state)
{
    static const struct {
        enum json_format format;
        const char *text;
        bool holds;
    } rows[] = {
        {JSON_FORMAT_NONE, "", true},
        {JSON_FORMAT_URL, "http://a", true},
        {JSON_FORMAT_URL, "http://localhost:8080/x", true},
        {JSON_FORMAT_URL, "https://user:secret@a.example/", true},
        {JSON_FORMAT_URL, "http://[::1]:80/", true},
        {JSON_FORMAT_URL, "http://127.0.0.1?x", true},
        {JSON_FORMAT_URL, "", false},
        {JSON_FORMAT_URL, "http://", false},
        {JSON_FORMAT_URL, "http:///x", false},
        {JSON_FORMAT_URL, "http://?x", false},
        {JSON_FORMAT_URL, "http://:80/", false},
        {JSON_FORMAT_URL, "http://user@/", false},
        {JSON_FORMAT_URL, "HTTP:/a", false},
        {JSON_FORMAT_URL, "//a.example", false},
        {JSON_FORMAT_URL, "javascript:alert(1)", false},
        {JSON_FORMAT_URL, "http://a b", false},
        {JSON_FORMAT_URL, "http://a\r\nX: y", false},
        {JSON_FORMAT_URL, "http://a\"b", false},
        {JSON_FORMAT_URL, "http://a<b", false},
        {JSON_FORMAT_EMAIL, "a@b.example", true},
        {JSON_FORMAT_EMAIL, "a+b@c.d.example", true},
        {JSON_FORMAT_EMAIL, "@b.example", false},
        {JSON_FORMAT_EMAIL, "a@.example", false},
        {JSON_FORMAT_EMAIL, "a@example", false},
        {JSON_FORMAT_EMAIL, "a@b.", false},
        {JSON_FORMAT_EMAIL, "a@b c.d", false},
        {JSON_FORMAT_EMAIL, "", false},
        {JSON_FORMAT_COUNTRY, "UA", true},
        {JSON_FORMAT_COUNTRY, "AD", true},
        {JSON_FORMAT_COUNTRY, "ZW", true},
        {JSON_FORMAT_COUNTRY, "", false},
        {JSON_FORMAT_COUNTRY, " A", false},
        {JSON_FORMAT_CURRENCY, "XTS", true},
        {JSON_FORMAT_CURRENCY, "USDT", true},
        {JSON_FORMAT_CURRENCY, "USDTTRC20", true},
        {JSON_FORMAT_CURRENCY, "ABCDEFGHIJ", true},
        {JSON_FORMAT_CURRENCY, "ABCDEFGHIJK", false},
        {JSON_FORMAT_CURRENCY, "US-", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].text, json_format_holds(rows[i].format, rows[i].text) == rows[i].holds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_valid_document_fills_its_struct),
        cmocka_unit_test(an_absent_or_null_field_leaves_its_member_unchanged),
        cmocka_unit_test(each_invalid_field_has_its_message),
        cmocka_unit_test(unknown_names_are_errors_only_in_strict_mode),
        cmocka_unit_test(numbers_can_be_sent_as_numbers_or_texts),
        cmocka_unit_test(amounts_out_of_range_are_rejected_with_the_limits),
        cmocka_unit_test(the_last_of_duplicate_keys_wins),
        cmocka_unit_test(a_path_keeps_its_first_error),
        cmocka_unit_test(an_invalid_document_is_rejected_with_its_place),
        cmocka_unit_test(an_empty_text_counts_as_absent),
        cmocka_unit_test(currencies_become_upper_case),
        cmocka_unit_test(a_nul_in_a_document_is_reported),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(a_mebibyte_of_wrong_fields_is_read_at_once),
        cmocka_unit_test(each_format_accepts_only_its_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
