/* Differences between a contract and documents. */
#include "compare/compare_diff.h"

#include "unit.h"

#include "base/buf.h"

static const struct {
    const char *contract;
    const char *found[3];
    const char *told; /* "kind path contract found;" for each */
} rows[] = {
    {"\"number\"", {"1"}, ""},
    {"\"null|number\"", {"null"}, ""},
    {"\"number\"", {"null"}, "type  number null;"},
    {"\"null\"", {"[]", "{}"}, "type  null []|{};"},
    {"{\"a\":\"number\",\"b?\":\"null\"}", {"{\"a\":1}"}, ""},
    {"{\"a\":\"number\"}", {"{\"b\":1}"}, "key_missing a number ;key_added b  number;"},
    {"{\"a\":\"number\"}", {"{\"a\":1}", "{}"}, "type  object {};"},
    {"{\"x\":\"null\",\"a\":\"number\"}",
     {"{\"x\":null,\"a\":1}", "{\"x\":null}"},
     "key_sometimes a number ;"},
    {"{\"a\":\"null\",\"b\":\"null\",\"c\":\"null\"}",
     {"{\"c\":null,\"a\":null,\"b\":null}"},
     "order c after b first;"},
    {"{\"a\":\"null\",\"b\":\"null\",\"c\":\"null\"}",
     {"{\"b\":null,\"x\":null,\"a\":null,\"c\":null}"},
     "key_added x  null;order a first after b;"},
    /* keys that never stood in one object have no order */
    {"{\"x\":\"null\",\"a?\":\"null\",\"b?\":\"null\"}",
     {"{\"x\":null,\"b\":null}", "{\"x\":null,\"a\":null}"},
     ""},
    {"{\"x\":\"null\",\"b?\":\"null\",\"a?\":\"null\"}",
     {"{\"x\":null,\"b\":null}", "{\"x\":null,\"a\":null}"},
     ""},
    {"[{\"a\":\"number\"}]", {"[{\"a\":1},{\"a\":\"x\"}]"}, "type [].a number text;"},
    {"{\"*\":{\"a\":\"number\"}}", {"{\"1\":{\"a\":null}}"}, "type *.a number null;"},
    {"{\"*\":{\"a\":\"number\"}}", {"{\"k\":{\"a\":null}}"}, "type *.a number null;"},
    {"{\"a\":\"null\"}", {"{\"a b\":null}"}, "key_added *  keys that are no names;"},
    {"\"any\"", {"{\"a\":1}"}, ""},
    {"{\"metadata\":\"[]|any\"}", {"{\"metadata\":{\"b\":1}}"}, ""},
    {"{\"metadata\":\"[]|any\"}", {"{\"metadata\":null}"}, "type metadata []|any null;"},
    {"{\"source\":\"text:a\"}", {"{\"source\":\"b\"}"}, "word source  other;"},
    {"{\"source\":\"text\"}", {"{\"source\":\"b\"}"}, ""},
    /* statuses and resolutions that the server knows */
    {"{\"data\":{\"status\":\"text:created\"}}", {"{\"data\":{\"status\":\"terminated\"}}"}, ""},
    {"{\"data\":{\"status\":\"text:created\"}}",
     {"{\"data\":{\"status\":\"sleeping\"}}"},
     "word data.status  other;"},
    /* texts of an account are told once, and not shown */
    {"{\"resolution\":\"text:ok\"}",
     {"{\"resolution\":\"Ada 4111\"}", "{\"resolution\":\"Bob 4222\"}"},
     "word resolution  other;"},
    {"{\"source\":\"text:a\"}", {"{\"source\":\"processed\"}"}, "word source  processed;"},
    {"{\"attributes\":{\"fields\":\"any\"}}", {"{\"attributes\":{\"fields\":{\"x\":1}}}"}, ""},
    {"{\"resolution\":\"text:ok\"}", {"{\"resolution\":\"DECLINED\"}"}, ""},
};

static void learn_all(struct arena *arena, const char *const *texts, struct shape *ret_shape)
{
    struct shape_learner learner = {.arena = arena};
    for (size_t i = 0; i < 3 && texts[i]; i++) {
        json_t *value = json_loads(texts[i], JSON_DECODE_ANY, NULL);
        assert_non_null(value);
        shape_learn(&learner, ret_shape, value);
        json_decref(value);
    }
}

static void test_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct arena arena = {0};
        buf_auto told = {0};
        struct differences differences = {.arena = &arena};
        struct shape contract = {0}, found = {0};
        json_t *notation = json_loads(rows[i].contract, JSON_DECODE_ANY, NULL);
        assert_null(shape_read(&arena, notation, &contract));
        learn_all(&arena, rows[i].found, &found);
        compare_bodies(&differences, "", &contract, &found);
        for (const struct difference *d = differences.first; d; d = d->next) {
            buf_printf(&told, "%s %s %s %s;", difference_codes[d->kind], d->path, d->contract,
                       d->found);
        }
        assert_row_text(rows[i].found[0], buf_str(&told), rows[i].told);
        json_decref(notation);
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bodies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
