#include "heap.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>

static bool is_earlier(const struct heap_node *a, const struct heap_node *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void place(struct heap *heap, size_t at, struct heap_node *node)
{
    heap->nodes[at] = node;
    node->place = at;
}

static void sift_up(struct heap *heap, size_t at)
{
    struct heap_node *node = heap->nodes[at];
    while (at && is_earlier(node, heap->nodes[(at - 1) / 2])) {
        place(heap, at, heap->nodes[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(heap, at, node);
}

static void sift_down(struct heap *heap, size_t at)
{
    struct heap_node *node = heap->nodes[at];
    for (size_t child; (child = 2 * at + 1) < heap->n; at = child) {
        child += child + 1 < heap->n && is_earlier(heap->nodes[child + 1], heap->nodes[child]);
        if (!is_earlier(heap->nodes[child], node)) {
            break;
        }
        place(heap, at, heap->nodes[child]);
    }
    place(heap, at, node);
}

void heap_push(struct heap *heap, struct heap_node *node)
{
    if (heap->n == heap->room) {
        heap->room = heap->room ? heap->room * 2 : 64;
        heap->nodes = mem_resize(heap->nodes, heap->room * sizeof *heap->nodes);
    }
    place(heap, heap->n, node);
    sift_up(heap, heap->n++);
}

void heap_pull(struct heap *heap, struct heap_node *node)
{
    size_t at = node->place;
    struct heap_node *last = heap->nodes[--heap->n];
    if (last != node) {
        place(heap, at, last);
        heap_moved(heap, last);
    }
}

void heap_moved(struct heap *heap, const struct heap_node *node)
{
    sift_up(heap, node->place);
    sift_down(heap, node->place);
}

struct heap_node *heap_first(const struct heap *heap)
{
    return heap->n ? heap->nodes[0] : NULL;
}

void heap_finish(struct heap *heap)
{
    free(heap->nodes);
    *heap = (struct heap){0};
}
