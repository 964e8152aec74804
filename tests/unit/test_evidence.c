/* What receivers show about signatures. */
#include "unit.h"

#include "watch/evidence.h"

#define FIRST "http://127.0.0.1:4001/cb"

static void two_urls_are_one_receiver_or_two(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {FIRST, "http://127.0.0.1:4002/cb", true},
        {FIRST, "http://127.0.0.1/cb", true},
        {FIRST, "http://127.0.0.1:4001/cb?order=7#x", true},
        {FIRST, "http://user:secret@127.0.0.1:4001/cb", true},
        {FIRST, "http://127.0.0.2:4001/cb", false},
        {FIRST, "http://127.0.0.1:4001/other", false},
        {"http://localhost:1/", "http://LocalHost:2/", true},
        {"https://[::1]:1/a", "http://[::1]:2/a", true},
        {"http://shop.test:1/a", "http://shop.test:2/a", false},
        {"http://shop.test:1/a", "http://SHOP.test:1/a", true},
        {"http://shop.test/a", "http://shop.test/A", false},
        {"http://shop.test", "http://shop.test/", true},
        {"http://127.shop.test:1/a", "http://127.shop.test:2/a", false},
        {"http://[fd00::1]:1/a", "http://[fd00::1]:2/a", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct evidence evidence = {.wanted = true};
        evidence_note(&evidence, 1, cases[i].a, SENT_GENUINE, 200);
        evidence_note(&evidence, 2, cases[i].b, SENT_FORGED, 403);
        assert_int_equal(evidence.proven, cases[i].same);
        evidence_finish(&evidence);
    }
}

static void who_answered_anything_is_known(void **state)
{
    struct evidence evidence = {.wanted = true};
    (void)state;
    evidence_note(&evidence, 1, FIRST, SENT_GENUINE, 0);
    assert_false(evidence_answered(&evidence, FIRST));
    evidence_note(&evidence, 1, FIRST, SENT_TAMPERED, 500);
    assert_true(evidence_answered(&evidence, FIRST));
    assert_false(evidence_answered(&evidence, FIRST "/x"));
    evidence_finish(&evidence);
}

static void unanswered_callbacks_without_rows_are_lost_where_nobody_answers(void **state)
{
    struct evidence evidence = {.wanted = true};
    (void)state;
    evidence_note_unanswered(&evidence, FIRST, 2);
    evidence_note_unanswered(&evidence, "http://127.0.0.1:4002/other", 3);
    evidence_note_unanswered(&evidence, "http://mock:8080/_mock/sink/shop", 4);
    assert_int_equal(evidence_lost(&evidence), 9);
    assert_false(evidence_answered(&evidence, FIRST));
    evidence_note(&evidence, 1, FIRST, SENT_GENUINE, 500);
    assert_int_equal(evidence_lost(&evidence), 7);
    evidence.n = EVIDENCE_RECEIVERS_MOST; /* no room for others: never excused */
    evidence_note_unanswered(&evidence, "http://127.0.0.1/third", 1);
    evidence_note(&evidence, 1, "http://127.0.0.1/third", SENT_GENUINE, 200);
    assert_int_equal(evidence_lost(&evidence), 8);
    evidence_finish(&evidence);
}

static void sinks_show_nothing(void **state)
{
    struct evidence evidence = {.wanted = true};
    (void)state;
    evidence_note(&evidence, 1, "http://mock:8080/_mock/sink/shop", SENT_FORGED, 200);
    evidence_note(&evidence, 1, "http://mock:8080/_mock/sink/shop", SENT_FORGED, 403);
    evidence_note(&evidence, 1, "https://ci.test/pay/_mock/sink/shop", SENT_FORGED, 403);
    assert_int_equal(evidence.accepted + evidence.refused, 0);
    assert_int_equal(evidence.n, 0);
    evidence_finish(&evidence);
}

static void without_a_run_nothing_is_kept(void **state)
{
    struct evidence evidence = {0};
    (void)state;
    evidence_note(&evidence, 1, FIRST, SENT_FORGED, 200);
    assert_int_equal(evidence.n + (size_t)evidence.accepted, 0);
}

static void forgeries_count_beyond_the_bounds(void **state)
{
    struct evidence evidence = {.wanted = true};
    (void)state;
    for (int i = 0; i < EVIDENCE_RECEIVERS_MOST + 10; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://127.0.0.1/%d", i);
        evidence_note(&evidence, i, url, SENT_FORGED, 200);
    }
    assert_int_equal(evidence.n, EVIDENCE_RECEIVERS_MOST);
    assert_int_equal(evidence.accepted, EVIDENCE_RECEIVERS_MOST + 10);
    assert_int_equal(evidence.accepted_list[EVIDENCE_NAMED_MOST - 1], EVIDENCE_NAMED_MOST - 1);
    /* a receiver that was not kept proves nothing */
    evidence_note(&evidence, 1, "http://127.0.0.1/late", SENT_GENUINE, 200);
    evidence_note(&evidence, 2, "http://127.0.0.1/late", SENT_FORGED, 403);
    assert_false(evidence.proven);
    evidence_finish(&evidence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_urls_are_one_receiver_or_two),
        cmocka_unit_test(who_answered_anything_is_known),
        cmocka_unit_test(unanswered_callbacks_without_rows_are_lost_where_nobody_answers),
        cmocka_unit_test(sinks_show_nothing),
        cmocka_unit_test(without_a_run_nothing_is_kept),
        cmocka_unit_test(forgeries_count_beyond_the_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
