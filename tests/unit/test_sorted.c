#include "base/sorted.h"

#include "unit.h"

struct row {
    int number;
    const char *name;
};

static const struct row *find(const struct sorted *sorted, const char *name)
{
    return sorted_find(sorted, name);
}

static void each_row_is_found_by_its_text(void **state)
{
    static const struct row rows[] = {{1, "pix"}, {2, "upi"}, {3, ""}, {4, "eps"}, {5, "pi"}};
    struct arena arena = {0};
    (void)state;
    const struct sorted sorted =
        sorted_rows(&arena, rows, ARRAY_SIZE(rows), sizeof *rows, offsetof(struct row, name));
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_ptr_equal(find(&sorted, rows[i].name), &rows[i]);
    }
    assert_null(find(&sorted, "p"));
    assert_null(find(&sorted, "pixx"));
    assert_null(find(&sorted, NULL));
    arena_finish(&arena);
}

static void nothing_is_found_among_no_rows(void **state)
{
    struct arena arena = {0};
    const struct sorted zeroed = {0};
    (void)state;
    const struct sorted empty = sorted_rows(&arena, NULL, 0, sizeof(struct row), 0);
    assert_null(find(&empty, "pix"));
    assert_null(find(&zeroed, "pix"));
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_found_by_its_text),
        cmocka_unit_test(nothing_is_found_among_no_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
