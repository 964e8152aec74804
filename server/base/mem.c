#include "mem.h"

#include "die.h"
#include "text.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most requests fit in one chunk; see the memory figures in the README before changing it. */
#define CHUNK_SIZE ((size_t)8192)
#define SPARE_MOST 64

struct arena_chunk {
    struct arena_chunk *older;
    size_t used, size;
    alignas(max_align_t) char data[];
};

void *mem_alloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);
    if (!p) {
        die_of_memory(size);
    }
    return p;
}

void *mem_take(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p) {
        die_of_memory(size);
    }
    return p;
}

void *mem_resize(void *p, size_t size)
{
    void *q = realloc(p, size ? size : 1);
    if (!q) {
        die_of_memory(size);
    }
    return q;
}

void *mem_grow(void *list, size_t n, size_t *room, size_t size)
{
    if (n < *room) {
        return list;
    }
    *room = *room ? *room * 2 : 16;
    return mem_resize(list, *room * size);
}

char *mem_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(mem_alloc(size), text, size);
}

/* Unused chunks of the common size, kept for the next arena: each request takes one and returns
 * it. */
static struct {
    struct arena_chunk *first;
    size_t n;
} spare;

static struct arena_chunk *chunk_new(size_t room)
{
    struct arena_chunk *chunk = room == CHUNK_SIZE ? spare.first : NULL;
    if (chunk) {
        spare.first = chunk->older;
        spare.n--;
        return chunk;
    }
    chunk = malloc(sizeof *chunk + room);
    if (!chunk) {
        die_of_memory(room);
    }
    return chunk;
}

static void chunk_free(struct arena_chunk *chunk)
{
    if (chunk->size == CHUNK_SIZE && spare.n < SPARE_MOST) {
        chunk->older = spare.first;
        spare.first = chunk;
        spare.n++;
    } else {
        free(chunk);
    }
}

static void chunk_push(struct arena *arena, size_t size)
{
    size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
    struct arena_chunk *chunk = chunk_new(room);
    chunk->older = arena->chunk;
    chunk->used = 0;
    chunk->size = room;
    arena->chunk = chunk;
}

/* Memory as it is in the chunk. A size that is no multiple of the alignment is rounded up. */
static void *take(struct arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    size_t need = (size + align - 1) / align * align;
    if (!arena->chunk || arena->chunk->size - arena->chunk->used < need) {
        chunk_push(arena, need);
    }
    void *p = arena->chunk->data + arena->chunk->used;
    arena->chunk->used += need;
    return p;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

char *arena_copy(struct arena *arena, const void *data, size_t size)
{
    char *copy = take(arena, size + 1);
    if (size) {
        memcpy(copy, data, size);
    }
    copy[size] = '\0';
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

/* Formats once in most cases: into the rest of the chunk, which is then taken as far as needed. */
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    struct arena_chunk *chunk = arena->chunk;
    size_t left = chunk ? chunk->size - chunk->used : 0;
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(left ? chunk->data + chunk->used : NULL, left, format, again);
    va_end(again);
    if (length < 0) {
        die("bad format: %s", format);
    }
    size_t size = (size_t)length + 1;
    if (size <= left) {
        return take(arena, size);
    }
    char *text = arena_alloc(arena, size);
    vsnprintf(text, size, format, args);
    return text;
}

char *arena_upper(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    if (copy) {
        text_upper(copy);
    }
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void *arena_grow(struct arena *arena, void *list, size_t n, size_t *room, size_t size)
{
    if (n < *room) {
        return list;
    }
    *room = *room ? *room * 2 : 8;
    void *wider = arena_alloc(arena, *room * size);
    return n ? memcpy(wider, list, n * size) : wider;
}

void arena_reset(struct arena *arena)
{
    struct arena_chunk *chunk = arena->chunk;
    while (chunk && (chunk->older || chunk->size > CHUNK_SIZE)) {
        struct arena_chunk *older = chunk->older;
        chunk_free(chunk);
        chunk = older;
    }
    if (chunk) {
        chunk->used = 0;
    }
    arena->chunk = chunk;
}

void arena_finish(struct arena *arena)
{
    for (struct arena_chunk *chunk = arena->chunk; chunk;) {
        struct arena_chunk *older = chunk->older;
        chunk_free(chunk);
        chunk = older;
    }
    arena->chunk = NULL;
}
