#include "unit.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdalign.h>

static bool is_zero(const char *p, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (p[i]) {
            return false;
        }
    }
    return true;
}

static void heap_memory_is_zeroed_and_never_null(void **state)
{
    char *p = mem_alloc(100), *q = mem_alloc(0), *r = mem_strdup("text");
    (void)state;
    assert_true(is_zero(p, 100));
    assert_non_null(q);
    assert_string_equal(r, "text");
    memset(p, 'x', 100);
    p = mem_resize(p, 200);
    assert_int_equal(p[99], 'x');
    q = mem_resize(q, 0);
    assert_non_null(q);
    free(p);
    free(q);
    free(r);
}

static void arena_memory_is_zeroed_and_aligned_and_does_not_overlap(void **state)
{
    static const size_t sizes[] = {0, 1, 7, 16, 17, 1000, 8191, 8192, 8193, 1 << 20, 3};
    struct arena arena = {0};
    (void)state;
    for (int round = 0; round < 3; round++) {
        char *blocks[ARRAY_SIZE(sizes)];
        for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
            blocks[i] = arena_alloc(&arena, sizes[i]);
            assert_int_equal((uintptr_t)blocks[i] % alignof(max_align_t), 0);
            assert_true(is_zero(blocks[i], sizes[i]));
            memset(blocks[i], (int)i + 1, sizes[i]);
        }
        for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
            for (size_t k = 0; k < sizes[i]; k++) {
                assert_int_equal(blocks[i][k], i + 1);
            }
        }
        arena_reset(&arena); /* memory of the next round must be zeroed again */
    }
    arena_finish(&arena);
    assert_null(arena.chunk);
    arena_reset(&arena);
    arena_finish(&arena);
}

static void arena_texts_are_copies(void **state)
{
    struct arena arena = {0};
    char text[] = "abc";
    char *copy = arena_strdup(&arena, text), *part = arena_copy(&arena, "a\0b", 3);
    (void)state;
    text[0] = 'x';
    assert_string_equal(copy, "abc");
    assert_memory_equal(part, "a\0b", 4);
    assert_null(arena_strdup(&arena, NULL));
    assert_string_equal(arena_copy(&arena, NULL, 0), "");
    assert_string_equal(arena_printf(&arena, "%s-%d", copy, 7), "abc-7");
    assert_string_equal(arena_printf(&arena, "%s", ""), "");
    char *large = repeat('y', 1 << 20);
    assert_string_equal(arena_printf(&arena, "%s", large), large);
    free(large);
    arena_finish(&arena);
}

static void a_buffer_ends_in_a_nul_after_every_call(void **state)
{
    struct buf buf = {0};
    (void)state;
    assert_string_equal(buf_str(&buf), "");
    buf_add(&buf, NULL, 0);
    assert_string_equal(buf_str(&buf), "");
    for (int i = 0; i < 5000; i++) {
        buf_char(&buf, 'a');
        assert_int_equal(buf.data[buf.size], '\0');
        buf_text(&buf, "bc");
        assert_int_equal(buf.data[buf.size], '\0');
        buf_add(&buf, "\0d", 2);
        assert_int_equal(buf.data[buf.size], '\0');
        buf_printf(&buf, "%d", i);
        assert_int_equal(buf.data[buf.size], '\0');
        assert_true(buf.room > buf.size);
    }
    assert_memory_equal(buf.data, "abc\0d0abc\0d1", 12);
    buf_finish(&buf);
    assert_null(buf.data);
}

static void reserved_room_is_at_the_end(void **state)
{
    static const size_t sizes[] = {0, 1, 255, 256, 257, 511, 512, 1 << 20};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        struct buf buf = {0};
        buf_text(&buf, "ab");
        char *end = buf_reserve(&buf, sizes[i]);
        assert_ptr_equal(end, buf.data + 2);
        memset(end, 'x', sizes[i] + 1); /* one byte more, for the NUL */
        buf.size += sizes[i];
        buf_char(&buf, 'c');
        assert_int_equal(buf.size, sizes[i] + 3);
        buf_finish(&buf);
    }
}

static void whole_numbers_of_any_size_are_written(void **state)
{
    static const struct {
        int64_t n;
        const char *text;
    } rows[] = {
        {0, "0"},
        {7, "7"},
        {-7, "-7"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        buf_auto buf = {0};
        buf_int(&buf, rows[i].n);
        assert_row_text(rows[i].text, buf_str(&buf), rows[i].text);
    }
}

static void taken_bytes_leave_an_empty_buffer(void **state)
{
    struct buf buf = {0};
    (void)state;
    char *empty = buf_take(&buf);
    assert_string_equal(empty, "");
    buf_text(&buf, "text");
    char *text = buf_take(&buf);
    assert_string_equal(text, "text");
    assert_null(buf.data);
    assert_int_equal(buf.size, 0);
    free(empty);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heap_memory_is_zeroed_and_never_null),
        cmocka_unit_test(arena_memory_is_zeroed_and_aligned_and_does_not_overlap),
        cmocka_unit_test(arena_texts_are_copies),
        cmocka_unit_test(a_buffer_ends_in_a_nul_after_every_call),
        cmocka_unit_test(reserved_room_is_at_the_end),
        cmocka_unit_test(whole_numbers_of_any_size_are_written),
        cmocka_unit_test(taken_bytes_leave_an_empty_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
