/* What is due at a time, the earliest first: a binary heap of nodes that stand in the caller's own
 * structs, so that each can leave or get another time from the middle. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct heap_node {
    int64_t at_ms;
    int64_t order; /* decides between nodes of one time, the smaller first */
    size_t place;  /* the heap's own */
};

/* Zeroed it is empty; the nodes are the caller's. */
struct heap {
    struct heap_node **nodes;
    size_t n, room;
};

void heap_push(struct heap *heap, struct heap_node *node);
void heap_pull(struct heap *heap, struct heap_node *node);

/* After at_ms of a node that is in the heap was changed. */
void heap_moved(struct heap *heap, const struct heap_node *node);

/* The earliest node, NULL if the heap is empty. */
struct heap_node *heap_first(const struct heap *heap);

/* Frees the heap's own memory. */
void heap_finish(struct heap *heap);
