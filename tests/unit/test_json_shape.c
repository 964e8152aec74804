/* Shapes of JSON: learned, written and read again. */
#include "base/text.h"
#include "wire/json_shape.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

static struct arena arena;
static const char *const secrets[] = {"S3cret-Key"};

static struct shape_learner learner_new(void)
{
    return (struct shape_learner){.arena = &arena, .secrets = secrets, .n_secrets = 1};
}

/* The notation of what was learned from each text of a list that ends in NULL. */
static const char *learned(const char *const *texts)
{
    struct shape_learner learner = learner_new();
    struct shape shape = {0};
    for (; *texts; texts++) {
        json_t *value = json_loads(*texts, JSON_DECODE_ANY, NULL);
        assert_non_null(value);
        shape_learn(&learner, &shape, value);
        json_decref(value);
    }
    json_t *notation = shape_write(&arena, &shape);
    char *text = json_dumps(notation, JSON_COMPACT | JSON_ENCODE_ANY);
    const char *kept = arena_strdup(&arena, text);
    free(text);
    json_decref(notation);
    return kept;
}

static const struct {
    const char *texts[4];
    const char *notation;
} rows[] = {
    {{"1"}, "\"number\""},
    {{"1.5", "null", "true"}, "\"null|bool|number\""},
    {{"[]", "{}", "\"\""}, "\"[]|{}|text\""},
    {{"{\"a\":1}"}, "{\"a\":\"number\"}"},
    {{"{\"a\":1,\"c\":2}", "{\"a\":1,\"b\":2,\"c\":3}"},
     "{\"a\":\"number\",\"b?\":\"number\",\"c\":\"number\"}"},
    {{"{\"x\":1,\"a\":1}", "{\"x\":1,\"b\":1}", "{\"a\":1,\"b\":1}"},
     "{\"x?\":\"number\",\"a?\":\"number\",\"b?\":\"number\"}"},
    {{"{\"b\":1}", "{\"a\":1}", "{\"a\":1,\"b\":1,\"c\":1}"},
     "{\"a?\":\"number\",\"b?\":\"number\",\"c?\":\"number\"}"},
    {{"{\"a\":1,\"b\":1}", "{\"b\":1,\"a\":1}"}, "{\"a\":\"number\",\"b\":\"number\"}"},
    /* objects disagree about "b" and "c", before and after the table of pairs grew */
    {{"{\"a\":1,\"c\":1,\"b\":1}",
      "{\"a\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1}", "{\"b\":1,\"c\":1}"},
     "{\"a?\":\"number\",\"d?\":\"number\",\"e?\":\"number\",\"f?\":\"number\",\"g?\":\"number\","
     "\"h?\":\"number\",\"i?\":\"number\",\"j?\":\"number\",\"c?\":\"number\",\"b?\":\"number\"}"},
    {{"{\"b\":1,\"a\":1}", "{\"c\":1,\"b\":1}", "{\"a\":1,\"c\":1}"}, /* a circle */
     "{\"c?\":\"number\",\"b?\":\"number\",\"a?\":\"number\"}"},
    {{"{\"a\":1}", "null", "[]"}, "{\"|\":\"null|[]\",\"a\":\"number\"}"},
    {{"[{\"a\":1},{\"a\":null}]"}, "[{\"a\":\"null|number\"}]"},
    {{"[1]", "[]"}, "[\"[]\",\"number\"]"},
    {{"[1]", "{\"a\":1}"}, "{\"[]\":\"number\",\"a\":\"number\"}"},
    {{"{\"12\":{\"a\":1},\"13\":{\"a\":null}}"}, "{\"*\":{\"a\":\"null|number\"}}"},
    {{"{\"a\":1}", "{\"b c\":1}"}, "{\"*\":\"number\"}"},
    {{"{\"status\":\"b\"}", "{\"status\":\"a\"}"}, "{\"status\":\"text:a,b\"}"},
    {{"{\"status\":\"some, words!\"}"}, "{\"status\":\"text\"}"},
    {{"{\"status\":\"xs3CRET-keyx\"}"}, "{\"status\":\"text\"}"},
    {{"{\"xS3cret-Key\":1}"}, "{\"*\":\"number\"}"},
    {{"{\"code\":\"4111\"}"}, "{\"code\":\"text\"}"},
    {{"{\"errors\":[{\"code\":\"404\"}]}"}, "{\"errors\":[{\"code\":\"text:404\"}]}"},
    {{"{\"errors\":{\"amount\":\"x\"}}"}, "{\"errors\":{\"*\":\"text\"}}"},
    {{"{\"metadata\":{\"mine\":1}}", "{\"metadata\":[]}"}, "{\"metadata\":\"[]|any\"}"},
    {{"{\"flow_data\":{\"metadata\":{\"sid\":\"x\"}}}"},
     "{\"flow_data\":{\"metadata\":{\"sid\":\"text\"}}}"},
};

static void test_learn(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_string_equal(learned(rows[i].texts), rows[i].notation);
    }
}

static void test_keys_that_turn_out_to_be_data_are_no_members(void **state)
{
    static const char *const texts[] = {"{\"a\":1}", "{\"b c\":1}"};
    struct shape_learner learner = learner_new();
    struct shape shape = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        json_auto_t *value = json_loads(texts[i], 0, NULL);
        shape_learn(&learner, &shape, value);
        assert_int_equal(shape.n_members, i ? 0 : 1);
        assert_int_equal(!shape.each, i ? 0 : 1);
    }
}

static void test_read_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct shape shape = {0};
        json_t *notation = json_loads(rows[i].notation, JSON_DECODE_ANY, NULL);
        assert_null(shape_read(&arena, notation, &shape));
        json_t *again = shape_write(&arena, &shape);
        assert_true(json_equal(notation, again));
        json_decref(notation);
        json_decref(again);
    }
}

static void test_refused(void **state)
{
    static const char *const wrong[] = {
        "1",
        "\"\"",
        "\"numbers\"",
        "\"text:a,b,c,d,e,f,g,h|text:x\"",
        "\"number:1\"",
        "[]",
        "[1]",
        "[1,\"text\"]",
        "[\"text\",\"text\",\"text\"]",
        "{\"|\":1}",
        "{\"a\":null}",
        "\"object\"",
        "{\"a\":[\"nothing\"]}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct shape shape = {.types = 77};
        json_t *notation = json_loads(wrong[i], JSON_DECODE_ANY, NULL);
        assert_non_null(shape_read(&arena, notation, &shape));
        assert_int_equal(shape.types, 77);
        json_decref(notation);
    }
}

/* A document of `n` brackets around a number. */
static json_t *nested(size_t n)
{
    json_t *value = json_integer(1);
    while (n--) {
        json_t *list = json_array();
        json_array_append_new(list, value);
        value = list;
    }
    return value;
}

static json_t *with_keys(int n)
{
    json_t *object = json_object();
    for (int i = 0; i < n; i++) {
        char key[20];
        snprintf(key, sizeof key, "k%d", i);
        json_object_set_new(object, key, json_null());
    }
    return object;
}

static void test_bounds(void **state)
{
    (void)state;
    for (size_t n = SHAPE_DEPTH_MOST; n <= SHAPE_DEPTH_MOST + 1; n++) {
        struct shape_learner learner = learner_new();
        struct shape shape = {0};
        json_t *value = nested(n);
        shape_learn(&learner, &shape, value);
        if (n == SHAPE_DEPTH_MOST) {
            assert_null(learner.flaw);
        } else {
            assert_string_equal(learner.flaw, "it is nested too deeply");
        }
        json_decref(value);
    }
    struct shape_learner learner = learner_new();
    struct shape shape = {0};
    json_t *wide = with_keys(SHAPE_MEMBERS_MOST + 1);
    shape_learn(&learner, &shape, wide);
    assert_string_equal(learner.flaw, "an object has too many keys");
    json_decref(wide);
    learner = learner_new();
    learner.values = SHAPE_VALUES_MOST;
    json_t *one = json_integer(1);
    shape_learn(&learner, &shape, one);
    json_decref(one);
    assert_string_equal(learner.flaw, "it has too many values");
}

static void test_widest_object_is_sorted(void **state)
{
    (void)state;
    struct shape_learner learner = learner_new();
    struct shape shape = {0};
    json_t *values[] = {json_pack("{s:n}", "k1"), json_pack("{s:n}", "k0"),
                        json_pack("{s:n}", "k2"), with_keys(SHAPE_MEMBERS_MOST)};
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        shape_learn(&learner, &shape, values[i]);
        json_decref(values[i]);
    }
    assert_null(learner.flaw);
    assert_int_equal(shape.n_members, SHAPE_MEMBERS_MOST);
    for (size_t i = 0; i < shape.n_members; i++) {
        assert_int_equal(atoi(shape.members[i].key + 1), i);
    }
}

static const struct {
    const char *notation, *value;
    bool words;
    const char *imposed;
} impositions[] = {
    {"\"number\"", "1", false, "1"},
    {"\"null|number\"", "null", false, "null"},
    {"\"null\"", "[]", false, "null"},
    {"\"[]\"", "null", false, "[]"},
    {"\"{}|text\"", "[]", false, "{}"},
    {"\"[]\"", "{\"a\":1}", false, "[]"},
    {"\"text\"", "20.4", false, "\"20.4\""},
    {"\"number\"", "\"20.4\"", false, "20.4"},
    {"\"number\"", "\"x\"", false, "0"},
    {"\"bool\"", "1", false, "false"},
    {"\"[]|any\"", "{\"a\":1}", false, "{\"a\":1}"},
    {"\"null|any\"", "[]", false, "null"},
    {"\"text:a,b\"", "\"c\"", false, "\"c\""},
    {"\"text:a,b\"", "\"c\"", true, "\"a\""},
    {"{\"b\":\"number\",\"a\":\"number\"}", "{\"a\":1,\"b\":2,\"c\":3}", false,
     "{\"b\":2,\"a\":1}"},
    {"{\"a\":\"null|text\",\"b\":\"text\",\"c?\":\"null\"}", "{\"x\":1}", false,
     "{\"a\":null,\"b\":\"\"}"},
    {"{\"a\":{\"b\":[\"number\"],\"c\":{\"*\":\"bool\"}}}", "{\"x\":1}", false,
     "{\"a\":{\"b\":[0],\"c\":{\"0\":false}}}"},
    {"{\"*\":\"null\"}", "{\"x\":[],\"y\":null}", false, "{\"x\":null,\"y\":null}"},
    {"[\"null|[]\",{\"a\":\"number\"}]", "[{\"a\":1,\"b\":1},{\"a\":\"2\"}]", false,
     "[{\"a\":1},{\"a\":2}]"},
    {"[{\"a\":\"number\"}]", "{\"x\":1}", false, "[{\"a\":0}]"},
    {"{\"a\":\"any\",\"b\":\"bool\",\"c\":\"text:x,y\",\"d\":[\"number\"]}", "{\"b\":true}", true,
     "{\"a\":{\"mock\":null},\"b\":true,\"c\":\"x\",\"d\":[0]}"},
    {"{\"a\":\"number\",\"b\":\"text\"}", "{\"a\":\"1x\",\"b\":1.5}", false,
     "{\"a\":0,\"b\":\"1.5\"}"},
    {"{\"a?\":\"number\"}", "{}", false, "{\"a\":0}"},
    {"{\"type\":\"text:a\",\"x\":\"number\"}", "{\"type\":\"b\",\"y\":1}", false,
     "{\"type\":\"b\",\"y\":1}"},
};

static void test_impose(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(impositions); i++) {
        struct shape shape = {0};
        json_t *notation = json_loads(impositions[i].notation, JSON_DECODE_ANY, NULL);
        json_t *value = json_loads(impositions[i].value, JSON_DECODE_ANY, NULL);
        assert_null(shape_read(&arena, notation, &shape));
        json_t *imposed = shape_impose(&shape, value, impositions[i].words);
        char *text = json_dumps(imposed, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        assert_row_text(impositions[i].notation, text, impositions[i].imposed);
        free(text);
        json_decref(imposed);
        json_decref(value);
        json_decref(notation);
    }
}

static void test_depth(void **state)
{
    (void)state;
    for (int depth = 1; depth <= 4096; depth *= 2) {
        struct shape shape = {0};
        json_t *notation = json_string("number");
        for (int i = 0; i < depth; i++) {
            notation = json_pack("[so]", "[]", notation);
        }
        const char *why = shape_read(&arena, notation, &shape);
        assert_true(depth <= 8 ? !why : depth < 256 || text_equal(why, "it is nested too deeply"));
        json_decref(notation);
    }
}

static int finish(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learn),
        cmocka_unit_test(test_read_again),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_impose),
        cmocka_unit_test(test_widest_object_is_sorted),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_keys_that_turn_out_to_be_data_are_no_members),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
