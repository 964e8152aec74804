#include "unit.h"

#include "base/heap.h"

#define NODES 500

static struct heap_node nodes[NODES];

static struct heap filled(void)
{
    struct heap heap = {0};
    for (size_t i = 0; i < NODES; i++) {
        nodes[i] = (struct heap_node){.at_ms = (int64_t)(i * 7919 % 101), .order = (int64_t)i};
        heap_push(&heap, &nodes[i]);
    }
    return heap;
}

/* Takes all out; returns how many there were. */
static size_t drain_in_order(struct heap *heap)
{
    size_t n = 0;
    struct heap_node *before = NULL, *first;
    for (; (first = heap_first(heap)); before = first, n++) {
        assert_true(!before || before->at_ms < first->at_ms ||
                    (before->at_ms == first->at_ms && before->order < first->order));
        heap_pull(heap, first);
    }
    heap_finish(heap);
    return n;
}

static void an_empty_heap_has_no_first_node(void **state)
{
    (void)state;
    struct heap heap = {0};
    assert_null(heap_first(&heap));
    heap_finish(&heap);
}

static void nodes_come_by_time_and_then_by_order(void **state)
{
    (void)state;
    struct heap heap = filled();
    assert_int_equal(drain_in_order(&heap), NODES);
}

static void a_node_may_leave_from_the_middle(void **state)
{
    (void)state;
    struct heap heap = filled();
    for (size_t i = 0; i < NODES; i += 3) {
        heap_pull(&heap, &nodes[i]);
    }
    assert_int_equal(drain_in_order(&heap), NODES - (NODES + 2) / 3);
}

static void a_node_may_get_another_time(void **state)
{
    (void)state;
    struct heap heap = filled();
    for (size_t i = 0; i < NODES; i++) {
        nodes[i].at_ms = (int64_t)(i * 31 % 211) - 100;
        heap_moved(&heap, &nodes[i]);
    }
    assert_int_equal(drain_in_order(&heap), NODES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_heap_has_no_first_node),
        cmocka_unit_test(nodes_come_by_time_and_then_by_order),
        cmocka_unit_test(a_node_may_leave_from_the_middle),
        cmocka_unit_test(a_node_may_get_another_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
