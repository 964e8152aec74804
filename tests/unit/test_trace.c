/* Which request caused a change or a callback. */
#include "unit.h"

#include "watch/trace.h"

static void what_happens_during_a_request_is_caused_by_it(void **state)
{
    struct trace *trace = calloc(1, sizeof *trace);
    (void)state;
    assert_non_null(trace);
    trace_callback(trace, 1); /* caused by a timer */
    assert_int_equal(trace_begin(trace), 1);
    trace_callback(trace, 2);
    trace->current = 0;
    assert_int_equal(trace_begin(trace), 2);
    trace_callback(trace, 3);
    trace->current = 1; /* a delayed request is handled again */
    trace_callback(trace, 4);
    trace->current = 0;
    trace_callback(trace, 5);
    static const uint64_t causes[] = {0, 0, 1, 2, 1, 0};
    for (int64_t i = 1; i < (int64_t)ARRAY_SIZE(causes); i++) {
        assert_int_equal(trace_of_callback(trace, i), causes[i]);
    }
    free(trace);
}

static void the_cause_of_an_old_callback_is_forgotten_but_never_wrong(void **state)
{
    struct trace *trace = calloc(1, sizeof *trace);
    (void)state;
    assert_non_null(trace);
    trace_begin(trace);
    trace_callback(trace, 7);
    trace_begin(trace);
    trace_callback(trace, 7 + TRACE_CALLBACKS);
    assert_int_equal(trace_of_callback(trace, 7), 0);
    assert_int_equal(trace_of_callback(trace, 7 + TRACE_CALLBACKS), 2);
    free(trace);
}

static void the_name_of_a_request_has_its_number(void **state)
{
    char id[IDENT_TEXT];
    (void)state;
    trace_id(17, id);
    assert_string_equal(id, "req_17");
    trace_id(0, id);
    assert_string_equal(id, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_happens_during_a_request_is_caused_by_it),
        cmocka_unit_test(the_cause_of_an_old_callback_is_forgotten_but_never_wrong),
        cmocka_unit_test(the_name_of_a_request_has_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
