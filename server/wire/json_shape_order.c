/*
 * The order of keys. Objects that lack keys say nothing of their order, so each pair of keys that
 * stood in one object is remembered, and the members are sorted so that they agree with all of it.
 */
#include "wire/json_shape.h"

#include <stdint.h>
#include <string.h>

/* The pairs are a square of bits: `room` rows of `room` bits. */
static size_t bytes_of(size_t room)
{
    return (room * room + 7) / 8;
}

static bool get(const uint8_t *bits, size_t at)
{
    return bits[at / 8] >> (at % 8) & 1;
}

static void set(uint8_t *bits, size_t at)
{
    bits[at / 8] |= (uint8_t)(1u << (at % 8));
}

static void grow(struct arena *arena, struct shape *shape)
{
    size_t old = shape->room_order, room = old ? old * 2 : 8;
    while (room < shape->n_members) {
        room *= 2;
    }
    uint8_t *bits = arena_alloc(arena, bytes_of(room));
    for (size_t a = 0; a < old; a++) {
        for (size_t b = 0; b < old; b++) {
            if (get(shape->order, a * old + b)) {
                set(bits, a * room + b);
            }
        }
    }
    shape->order = bits;
    shape->room_order = room;
}

bool shape_saw_before(const struct shape *shape, const struct shape_member *a,
                      const struct shape_member *b)
{
    size_t room = shape->room_order;
    return a->id < room && b->id < room && get(shape->order, a->id * room + b->id);
}

/* How many members must stand before each. */
static void count_before(const struct shape *shape, size_t *ret_counts)
{
    for (size_t b = 0; b < shape->n_members; b++) {
        ret_counts[b] = 0;
        for (size_t a = 0; a < shape->n_members; a++) {
            ret_counts[b] += shape_saw_before(shape, &shape->members[a], &shape->members[b]);
        }
    }
}

#define PLACED SIZE_MAX

/* The first before which nothing must stand; if objects contradict each other, the first that is
 * left. */
static size_t find_next(const size_t *counts, size_t n)
{
    size_t left = n;
    for (size_t i = 0; i < n; i++) {
        if (counts[i] == 0) {
            return i;
        }
        left = counts[i] != PLACED && left == n ? i : left;
    }
    return left;
}

static void sort(struct arena *arena, struct shape *shape)
{
    size_t counts[SHAPE_MEMBERS_MOST], n = shape->n_members;
    struct shape_member *sorted = arena_alloc(arena, shape->room_members * sizeof *sorted);
    count_before(shape, counts);
    for (size_t k = 0; k < n; k++) {
        size_t next = find_next(counts, n);
        sorted[k] = shape->members[next];
        counts[next] = PLACED;
        for (size_t i = 0; i < n; i++) {
            bool waits = counts[i] != PLACED && counts[i] > 0;
            counts[i] -= waits && shape_saw_before(shape, &sorted[k], &shape->members[i]);
        }
    }
    shape->members = sorted;
}

/* True if a pair stands in the order that no object had. */
static bool is_wrong(const struct shape *shape)
{
    for (size_t a = 0; a < shape->n_members; a++) {
        for (size_t b = a + 1; b < shape->n_members; b++) {
            if (shape_saw_before(shape, &shape->members[b], &shape->members[a]) &&
                !shape_saw_before(shape, &shape->members[a], &shape->members[b])) {
                return true;
            }
        }
    }
    return false;
}

void shape_learn_order(struct arena *arena, struct shape *shape, const unsigned *ids, size_t n)
{
    bool new = false;
    if (shape->room_order < shape->n_members) {
        grow(arena, shape);
    }
    for (size_t a = 0; a < n; a++) {
        for (size_t b = a + 1; b < n; b++) {
            size_t at = ids[a] * shape->room_order + ids[b];
            new = new || !get(shape->order, at);
            set(shape->order, at);
        }
    }
    if (new &&is_wrong(shape)) {
        sort(arena, shape);
    }
}
