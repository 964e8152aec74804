#include "unit.h"

#include "wire/json_out.h"
#include "wire/json_pointer.h"
#include "wire/json_read.h"

#include <string.h>

static void a_value_is_set_at_its_place(void **state)
{
    static const struct {
        const char *before, *pointer, *after; /* after NULL: there is no such place */
    } rows[] = {
        {"{\"a\":1}", "/a", "{\"a\":7}"},
        {"{\"a\":1}", "/b", "{\"a\":1,\"b\":7}"},
        {"{\"a\":{\"b\":{}}}", "/a/b/c", "{\"a\":{\"b\":{\"c\":7}}}"},
        {"{\"a\":{\"b\":1}}", "/a", "{\"a\":7}"},
        {"{\"a\":[1,2]}", "/a/0", "{\"a\":[7,2]}"},
        {"{\"a\":[1,2]}", "/a/2", "{\"a\":[1,2,7]}"},
        {"{\"a\":[1,2]}", "/a/-", "{\"a\":[1,2,7]}"},
        {"{\"a\":[{}]}", "/a/0/b", "{\"a\":[{\"b\":7}]}"},
        {"{\"a/b\":1,\"c~d\":{}}", "/a~1b", "{\"a\\/b\":7,\"c~d\":{}}"},
        {"{\"c~d\":{}}", "/c~0d/~2", "{\"c~d\":{\"~2\":7}}"},
        {"{\"a\":1}", "/", "{\"a\":1,\"\":7}"},
        {"{\"a\":1}", "", NULL},
        {"{\"a\":1}", "a", NULL},
        {"{\"a\":1}", "/a/b", NULL},
        {"{\"a\":null}", "/a/b", NULL},
        {"{\"a\":1}", "/b/c", NULL},
        {"{\"a\":[1]}", "/a/3", NULL},
        {"{\"a\":[1]}", "/a/-1", NULL},
        {"{\"a\":[1]}", "/a/x", NULL},
        {"{\"a\":[1]}", "/a/-/b", NULL},
        {"{\"a\":[1]}", "/a/0/b", NULL},
        {"{\"a\":[[1]]}", "/a/0/0", "{\"a\":[[7]]}"},
        {"{\"a\":[[1]]}", "/a/1/0", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct arena arena = {0};
        json_auto_t *document = json_parse(rows[i].before, strlen(rows[i].before), &arena, NULL);
        json_auto_t *value = json_integer(7);
        bool set = json_pointer_set(document, rows[i].pointer, value);
        assert_row(rows[i].pointer, set == (rows[i].after != NULL));
        assert_string_equal(json_text(&arena, document, false),
                            rows[i].after ? rows[i].after : rows[i].before);
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_value_is_set_at_its_place)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
