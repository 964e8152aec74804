#include "unit.h"

#include "base/buf.h"
#include "wire/json_cut.h"

static struct json_cut whole(const char *text)
{
    return (struct json_cut){.at = text, .end = text + strlen(text)};
}

/* Cuts a list or an object into pieces: "1|2|", with '!' at a mistake. */
static void cut(const char *text, char open, struct buf *ret_pieces)
{
    struct json_cut value = whole(text), name = {.at = NULL};
    struct json_cutting inside;
    enum json_cut_result result;
    if (!json_cut_enter(&value, open, &inside)) {
        buf_char(ret_pieces, '?');
        return;
    }
    while ((result = open == '[' ? json_cut_item(&inside, &value)
                                 : json_cut_member(&inside, &name, &value)) == JSON_CUT_VALUE) {
        if (name.at) {
            buf_add(ret_pieces, name.at, json_cut_size(&name));
            buf_char(ret_pieces, '=');
        }
        buf_add(ret_pieces, value.at, json_cut_size(&value));
        buf_char(ret_pieces, '|');
    }
    buf_text(ret_pieces, result == JSON_CUT_END ? "" : "!");
}

static void a_list_is_cut_into_its_values(void **state)
{
    (void)state;
    static const struct {
        const char *text, *pieces;
    } rows[] = {
        {"[]", ""},
        {" [ ] ", ""},
        {"[1,-2.5e3,true,null]", "1|-2.5e3|true|null|"},
        {" [ 1 , [ 2 , [3] ] , {\"a\" : [4]} ] \n", "1|[ 2 , [3] ]|{\"a\" : [4]}|"},
        {"[\"a,]\",\"\\\"]\",\"\\\\\",\"\\\\\\\"\"]", "\"a,]\"|\"\\\"]\"|\"\\\\\"|\"\\\\\\\"\"|"},
        {"[[\"]\\\"]\"],1]", "[\"]\\\"]\"]|1|"},
        {"[1", "1|!"},
        {"[", "!"},
        {"[1,", "1|!"},
        {"[1,]", "1|!"},
        {"[,1]", "!"},
        {"[1 2]", "1|!"},
        {"[1[2]]", "1|!"},
        {"[[1]", "[1]|!"},
        {"[\"a]", "!"},
        {"[[\"a]]", "!"},
        {"\r\n\t[\r\n1,\t2\n]", "1|2|"},
        {"[\"a\\\"]", "!"},
        {"[1]x", "1|!"},
        {"[1]]", "1|!"},
        {"{}", "?"},
        {"", "?"},
        {"1", "?"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        buf_auto pieces = {0};
        cut(rows[i].text, '[', &pieces);
        assert_row_text(rows[i].text, buf_str(&pieces), rows[i].pieces);
    }
}

static void an_object_is_cut_into_its_members(void **state)
{
    (void)state;
    static const struct {
        const char *text, *pieces;
    } rows[] = {
        {"{}", ""},
        {" { \"a\" : 1 , \"b\" : { \"c\" : [ ] } } ", "a=1|b={ \"c\" : [ ] }|"},
        {"{\"\\\"\":1,\"\":2}", "\\\"=1|=2|"},
        {"{\"a\":1,\"a\":2}", "a=1|a=2|"},
        {"{\"a\"}", "!"},
        {"{\"a\":}", "!"},
        {"{a:1}", "!"},
        {"{1:1}", "!"},
        {"{\"a\" 1}", "!"},
        {"{\"a\":1,}", "a=1|!"},
        {"{\"a\":1", "a=1|!"},
        {"{\"a\":1}}", "a=1|!"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        buf_auto pieces = {0};
        cut(rows[i].text, '{', &pieces);
        assert_row_text(rows[i].text, buf_str(&pieces), rows[i].pieces);
    }
}

static void values_are_counted_up_to_a_limit(void **state)
{
    (void)state;
    struct json_cut text = whole("[1,[2,3],{}]"), broken = whole("[1,2,x");
    struct json_cutting list;
    assert_true(json_cut_enter(&text, '[', &list));
    assert_int_equal(json_cut_count(&list, 3), 3);
    assert_int_equal(json_cut_count(&list, 2), 3);
    assert_int_equal(json_cut_count(&list, 0), 1);
    assert_true(json_cut_enter(&broken, '[', &list));
    assert_int_equal(json_cut_count(&list, 9), 3);
}

static void a_value_has_a_weight_and_a_heavy_one_is_not_cut(void **state)
{
    (void)state;
    size_t size = JSON_CUT_WEIGHT_MOST * 2 + 100;
    char *text = malloc(size);
    struct json_cut value, light = whole("[[1,{\"a,\":2}],3]");
    struct json_cutting list;
    assert_true(json_cut_enter(&light, '[', &list));
    assert_int_equal(json_cut_item(&list, &value), JSON_CUT_VALUE);
    assert_int_equal(value.weight, 17);
    memset(text, ',', size);
    text[0] = text[1] = '[';
    value = (struct json_cut){.at = text, .end = text + size};
    assert_true(json_cut_enter(&value, '[', &list));
    assert_int_equal(json_cut_item(&list, &value), JSON_CUT_HEAVY);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_cut_into_its_values),
        cmocka_unit_test(an_object_is_cut_into_its_members),
        cmocka_unit_test(values_are_counted_up_to_a_limit),
        cmocka_unit_test(a_value_has_a_weight_and_a_heavy_one_is_not_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
