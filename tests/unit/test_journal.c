#include "unit.h"

#include "watch/journal.h"

#include <stdlib.h>
#include <string.h>

/* Adds a request with `size` times the same letter. Returns false if it does not fit. */
static bool add_request(struct journal *journal, int64_t account, char letter, size_t size)
{
    char *room = journal_room(journal, size + 1000);
    if (!room) {
        return false;
    }
    struct journal_record record = {.account = account};
    memset(room, letter, size);
    record.request.size[JOURNAL_BODY] = (uint32_t)size;
    journal_add_request(journal, &record);
    return true;
}

static void add_other(struct journal *journal, int64_t account)
{
    struct journal_record record = {.kind = JOURNAL_TRANSITION, .account = account};
    journal_add(journal, &record);
}

static void the_number_of_records_is_limited(void **state)
{
    (void)state;
    struct journal *journal = journal_new(10);
    for (int i = 0; i < 25; i++) {
        assert_true(add_request(journal, i, 'a', 10));
    }
    assert_int_equal(journal_records(journal), 10);
    assert_int_equal(journal_request(journal, journal_first(journal))->account, 15);
    assert_int_equal(journal_request(journal, journal_end(journal) - 1)->account, 24);
    journal_free(journal);
}

static void the_bytes_are_limited_and_records_are_complete(void **state)
{
    (void)state;
    struct journal *journal = journal_new(1000);
    const size_t size = 300000;
    for (int i = 0; i < 200; i++) {
        assert_true(add_request(journal, i, (char)('a' + i % 26), size));
        assert_true(journal_bytes(journal) <= JOURNAL_BYTES);
        for (uint64_t at = journal_first(journal); at < journal_end(journal); at++) {
            const struct journal_record *record = journal_request(journal, at);
            const char *body = journal_part(journal, record, JOURNAL_BODY);
            char letter = (char)('a' + record->account % 26);
            assert_true(body[0] == letter && body[size / 2] == letter && body[size - 1] == letter);
        }
    }
    assert_in_range(journal_records(journal), 50, 56);
    journal_free(journal);
}

static void a_record_that_cannot_fit_is_rejected(void **state)
{
    (void)state;
    struct journal *journal = journal_new(10);
    assert_null(journal_room(journal, JOURNAL_BYTES + 1));
    assert_non_null(journal_room(journal, JOURNAL_BYTES));
    journal_free(journal);
}

static void off_keeps_nothing(void **state)
{
    (void)state;
    struct journal *journal = journal_new(0);
    assert_false(journal_is_on(journal));
    assert_null(journal_room(journal, 1));
    add_other(journal, 1);
    assert_int_equal(journal_seq(journal), 0);
    assert_int_equal(journal_records(journal), 0);
    journal_free(journal);
}

static void both_rings_are_read_in_sequence(void **state)
{
    (void)state;
    struct journal *journal = journal_new(10);
    bool lost;
    add_request(journal, 1, 'a', 1);
    add_other(journal, 2);
    journal_committed(journal);
    add_request(journal, 3, 'a', 1);
    add_other(journal, 4);
    add_other(journal, 5);
    journal_committed(journal);
    struct journal_cursor cursor = journal_after(journal, 0);
    for (uint64_t i = 1; i <= 5; i++) {
        const struct journal_record *record = journal_next(journal, &cursor, &lost);
        assert_non_null(record);
        assert_int_equal(record->seq, i);
        assert_int_equal(record->account, i);
        assert_false(lost);
    }
    assert_null(journal_next(journal, &cursor, &lost));
    cursor = journal_after(journal, 3);
    assert_int_equal(journal_next(journal, &cursor, &lost)->seq, 4);
    journal_free(journal);
}

static void uncommitted_records_are_not_read(void **state)
{
    (void)state;
    struct journal *journal = journal_new(10);
    struct journal_cursor cursor = journal_after(journal, 0);
    bool lost;
    add_other(journal, 1);
    assert_null(journal_next(journal, &cursor, &lost));
    journal_rolled_back(journal);
    assert_null(journal_next(journal, &cursor, &lost));
    add_other(journal, 2);
    journal_committed(journal);
    assert_int_equal(journal_next(journal, &cursor, &lost)->account, 2);
    assert_null(journal_next(journal, &cursor, &lost));
    journal_free(journal);
}

static void a_reader_that_is_too_slow_learns_it(void **state)
{
    (void)state;
    struct journal *journal = journal_new(10);
    bool lost;
    add_other(journal, 1);
    struct journal_cursor cursor = journal_after(journal, 0);
    for (int i = 0; i < 11; i++) {
        add_other(journal, 2);
    }
    journal_committed(journal);
    assert_int_equal(journal_next(journal, &cursor, &lost)->seq, 3);
    assert_true(lost);
    assert_int_equal(journal_next(journal, &cursor, &lost)->seq, 4);
    assert_false(lost);
    journal_free(journal);
}

static void views(void **state)
{
    (void)state;
    const struct journal_view own = {.account = 2, .from = 5}, demo = {.account = 1, .demo = true};
    struct journal_record record = {.seq = 6, .account = 2};
    assert_true(journal_shows(&own, &record));
    assert_false(journal_shows(&demo, &record));
    record.everyone = true;
    assert_true(journal_shows(&demo, &record));
    record.seq = 5;
    assert_false(journal_shows(&own, &record));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_of_records_is_limited),
        cmocka_unit_test(the_bytes_are_limited_and_records_are_complete),
        cmocka_unit_test(a_record_that_cannot_fit_is_rejected),
        cmocka_unit_test(off_keeps_nothing),
        cmocka_unit_test(both_rings_are_read_in_sequence),
        cmocka_unit_test(uncommitted_records_are_not_read),
        cmocka_unit_test(a_reader_that_is_too_slow_learns_it),
        cmocka_unit_test(views),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
