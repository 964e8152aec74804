#include "unit.h"

#include "base/few.h"

static const char *line_of(struct arena *arena, size_t n, const char *item)
{
    struct few few = {0};
    for (size_t i = 0; i < n; i++) {
        few_add(&few, item);
    }
    return few_end(&few, arena);
}

static void the_items_that_fit_are_shown_and_the_others_counted(void **state)
{
    struct arena arena = {0};
    char *half = repeat('a', FEW_MOST / 2), *most = repeat('a', FEW_MOST),
         *long_one = repeat('b', FEW_MOST + 1);
    struct few few = {0};
    (void)state;
    assert_string_equal(line_of(&arena, 0, "x"), "");
    assert_string_equal(line_of(&arena, 1, "x"), "x");
    assert_string_equal(line_of(&arena, 3, "x"), "x, x, x");
    assert_string_equal(line_of(&arena, 1, long_one), long_one);
    assert_string_equal(line_of(&arena, 3, most), arena_printf(&arena, "%s and 2 more", most));
    half[FEW_MOST / 2 - 1] = '\0'; /* two of them and ", " are exactly the most */
    assert_string_equal(line_of(&arena, 2, half), arena_printf(&arena, "%s, %s", half, half));
    few_add(&few, half);
    few_add(&few, most);
    few_add(&few, "x");
    assert_string_equal(few_end(&few, &arena), arena_printf(&arena, "%s and 2 more", half));
    free(half);
    free(most);
    free(long_one);
    arena_finish(&arena);
}

static void a_message_counts_the_items_unless_there_is_one(void **state)
{
    struct arena arena = {0};
    struct few few = {0};
    (void)state;
    assert_null(few_message(&few, &arena, "names are wrong"));
    few_add(&few, "a");
    few.only = "a is wrong";
    assert_string_equal(few_message(&few, &arena, "names are wrong"), "a is wrong");
    few_add(&few, "a");
    few_add(&few, "b");
    assert_string_equal(few_message(&few, &arena, "names are wrong"), "2 names are wrong: a, b");
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_items_that_fit_are_shown_and_the_others_counted),
        cmocka_unit_test(a_message_counts_the_items_unless_there_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
