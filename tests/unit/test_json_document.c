/* Complete documents: why a document cannot be read, and what its fields accept. */
#include "unit.h"

#include "wire/json_read.h"

static void an_unreadable_document_is_reported_with_its_place(void **state)
{
    static const struct {
        const char *json;
        size_t size;
        const char *why; /* NULL if it can be read */
    } rows[] = {
        {"{}", 2, NULL},
        {"{\"a\":99999999999999999999}", 26, NULL}, /* as a real number */
        {"", 0, "line 1 column 0: "},
        {"{\n\"a\":}", 7, "line 2 column 5: "},
        {"{\"a\":\n\n\0}", 9, "line 3: there is a NUL byte"},
        {"{\"a\\u0000\":1}", 13, "a name must not contain \\u0000"},
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *why = "";
        json_auto_t *value = json_parse(rows[i].json, rows[i].size, &arena, &why);
        assert_row(rows[i].json, (value == NULL) == (rows[i].why != NULL));
        assert_row(why, !rows[i].why || strstr(why, rows[i].why));
        json_auto_t *again = json_parse(rows[i].json, rows[i].size, &arena, NULL);
        assert_row(rows[i].json, json_equal(value, again) || !value);
    }
    arena_finish(&arena);
}

static void empty_texts_are_removed_from_an_object(void **state)
{
    (void)state;
    json_auto_t *object = json_loads("{\"a\":\"\",\"b\":\"x\",\"c\":null,\"d\":0}", 0, NULL);
    json_auto_t *rest = json_without_blanks(object);
    assert_int_equal(json_object_size(rest), 3);
    assert_null(json_object_get(rest, "a"));
    assert_int_equal(json_object_size(object), 4);
}

static void an_empty_list_counts_as_a_map(void **state)
{
    static const struct {
        const char *json;
        bool map;
    } rows[] = {{"{}", true},   {"{\"a\":1}", true}, {"[]", true},
                {"[1]", false}, {"\"\"", false},     {"null", false}};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        json_auto_t *value = json_loads(rows[i].json, JSON_DECODE_ANY, NULL);
        assert_row(rows[i].json, json_is_map(value) == rows[i].map);
    }
    assert_false(json_is_map(NULL));
}

/* The explanation of a rejected request quotes these. */
static void every_kind_of_field_describes_what_it_accepts(void **state)
{
    static const char *const choices[] = {"a", "b", NULL};
    static const struct {
        struct json_field field;
        const char *accepts;
    } rows[] = {
        {{.kind = JSON_KIND_TEXT, .most = 9}, "a text of 0 to 9 characters"},
        {{.kind = JSON_KIND_TEXT, .least = 2}, "a text of 2 to 255 characters"},
        {{.kind = JSON_KIND_TEXT, .choices = choices}, "one of a, b"},
        {{.kind = JSON_KIND_TEXT, .format = JSON_FORMAT_URL, .most = 9}, "URL of at most 9"},
        {{.kind = JSON_KIND_TEXT, .format = JSON_FORMAT_EMAIL}, "an e-mail address"},
        {{.kind = JSON_KIND_TEXT, .format = JSON_FORMAT_COUNTRY}, "a country's two letters"},
        {{.kind = JSON_KIND_TEXT, .format = JSON_FORMAT_DATE}, "a date, YYYY-MM-DD"},
        {{.kind = JSON_KIND_TEXT, .format = JSON_FORMAT_COLOR}, "a colour: #rgb"},
        {{.kind = JSON_KIND_TEXT, .format = JSON_FORMAT_LOCALE}, "a language such as de"},
        {{.kind = JSON_KIND_TEXT, .format = JSON_FORMAT_CURRENCY}, "a currency's code"},
        {{.kind = JSON_KIND_MONEY}, "a number or its text"},
        {{.kind = JSON_KIND_LIMIT}, "a number or its text"},
        {{.kind = JSON_KIND_INT}, "a whole number"},
        {{.kind = JSON_KIND_BOOL}, "true or false"},
        {{.kind = JSON_KIND_DURATION}, "a duration, like 10s"},
        {{.kind = JSON_KIND_DATETIME}, "ISO 8601"},
        {{.kind = JSON_KIND_MAP}, "an object"},
        {{.kind = JSON_KIND_OBJECT}, "an object"},
        {{.kind = JSON_KIND_ANY}, "an object"},
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *accepts = json_accepts(&arena, &rows[i].field);
        assert_row(rows[i].accepts, strstr(accepts, rows[i].accepts));
    }
    arena_finish(&arena);
}

static void a_field_is_found_by_its_path(void **state)
{
    static const struct json_field inner[] = {{.name = "email"}, {.name = "e"}};
    static const struct json_field fields[] = {
        {.name = "cust"}, {.name = "customer", .fields = inner, .n_fields = ARRAY_SIZE(inner)}};
    (void)state;
    assert_ptr_equal(json_field_at(fields, 2, "customer"), &fields[1]);
    assert_ptr_equal(json_field_at(fields, 2, "customer.e"), &inner[1]);
    assert_null(json_field_at(fields, 2, "customer.phone"));
    assert_null(json_field_at(fields, 2, "custom"));
    assert_null(json_field_at(fields, 2, "cust.e"));
    assert_null(json_field_at(fields, 2, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unreadable_document_is_reported_with_its_place),
        cmocka_unit_test(empty_texts_are_removed_from_an_object),
        cmocka_unit_test(an_empty_list_counts_as_a_map),
        cmocka_unit_test(every_kind_of_field_describes_what_it_accepts),
        cmocka_unit_test(a_field_is_found_by_its_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
