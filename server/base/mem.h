/*
 * Memory. Allocation never returns an error: out of memory ends the process (die.h).
 *
 * An arena owns memory that lives as long as one request, one timer event or one account. Nothing
 * is freed on its own; everything is freed at once. A zeroed `struct arena` is ready for use.
 */
#pragma once

#include "attr.h"

#include <stdarg.h>

/* Out of memory ends the program (die_of_memory). */
void *mem_alloc(size_t size) ATTR_NONNULL;           /* zeroed; free() it */
void *mem_take(size_t size) ATTR_NONNULL;            /* malloc, for libraries */
void *mem_resize(void *p, size_t size) ATTR_NONNULL; /* realloc */
char *mem_strdup(const char *text) ATTR_NONNULL;     /* free() it */

/* Ensures room for one more element in a list of n, and returns the list, which may have moved.
 * NULL with no room is an empty list. */
void *mem_grow(void *list, size_t n, size_t *room, size_t size);

struct arena_chunk;

struct arena {
    struct arena_chunk *chunk; /* the newest; linked to older ones */
};

/* Zeroed memory, aligned for any type, valid until arena_reset or arena_finish. */
void *arena_alloc(struct arena *arena, size_t size) ATTR_NONNULL;

/* Copies `size` bytes and adds a NUL. */
char *arena_copy(struct arena *arena, const void *data, size_t size) ATTR_NONNULL;

/* Copies a text; NULL stays NULL. */
char *arena_strdup(struct arena *arena, const char *text);

/* The same with its ASCII letters in upper case. */
char *arena_upper(struct arena *arena, const char *text);

char *arena_printf(struct arena *arena, const char *format, ...) ATTR_PRINTF(2, 3) ATTR_NONNULL;
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
    ATTR_PRINTF(2, 0) ATTR_NONNULL;

/* mem_grow for a list in the arena. */
void *arena_grow(struct arena *arena, void *list, size_t n, size_t *room, size_t size);

/* Frees all content but keeps one chunk for reuse. */
void arena_reset(struct arena *arena);

/* Frees all content and memory. The arena can be used again. */
void arena_finish(struct arena *arena);
