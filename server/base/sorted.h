/*
 * Rows sorted by one of their texts: sorted once, then found by binary search. The rows and
 * their texts must stay where they are.
 */
#pragma once

#include "mem.h"

#include <stddef.h>

struct sorted_entry;

/* A zeroed one has no rows. */
struct sorted {
    const struct sorted_entry *list;
    size_t n;
};

/*
 * Sorts `n` rows of `size` bytes, which stay in place. `offset`: of the row's text, a `const char
 * *`; no two rows may have the same. The result lives in the arena.
 */
struct sorted sorted_rows(struct arena *arena, const void *rows, size_t n, size_t size,
                          size_t offset);

/* The row at this place, 0 to n - 1, in the order of the texts. */
const void *sorted_at(const struct sorted *sorted, size_t i);

/* The row with this text, or NULL if there is none or the text is NULL. */
const void *sorted_find(const struct sorted *sorted, const char *text);
