#include "sorted.h"

#include <stdlib.h>
#include <string.h>

struct sorted_entry {
    const char *text;
    const void *row;
};

static int compare(const void *a, const void *b)
{
    const struct sorted_entry *left = a, *right = b;
    return strcmp(left->text, right->text);
}

struct sorted sorted_rows(struct arena *arena, const void *rows, size_t n, size_t size,
                          size_t offset)
{
    struct sorted_entry *list = arena_alloc(arena, n * sizeof *list);
    for (size_t i = 0; i < n; i++) {
        const char *row = (const char *)rows + i * size;
        list[i] = (struct sorted_entry){*(const char *const *)(row + offset), row};
    }
    if (n) {
        qsort(list, n, sizeof *list, compare);
    }
    return (struct sorted){list, n};
}

const void *sorted_at(const struct sorted *sorted, size_t i)
{
    return sorted->list[i].row;
}

const void *sorted_find(const struct sorted *sorted, const char *text)
{
    const struct sorted_entry wanted = {.text = text};
    const struct sorted_entry *found =
        text && sorted->n ? bsearch(&wanted, sorted->list, sorted->n, sizeof *sorted->list, compare)
                          : NULL;
    return found ? found->row : NULL;
}
