/* A growing byte string, always followed by a NUL. A zeroed `struct buf` is empty. */
#pragma once

#include "attr.h"

#include <stdint.h>

struct buf {
    char *data; /* NULL while empty and never grown */
    size_t size, room;
};

void buf_add(struct buf *buf, const void *data, size_t size);
void buf_text(struct buf *buf, const char *text);
void buf_int(struct buf *buf, int64_t n);
void buf_printf(struct buf *buf, const char *format, ...) ATTR_PRINTF(2, 3);

/* Appends a text percent-encoded for a URL's query. */
void buf_url_text(struct buf *buf, const char *text);

/* Makes room for `size` more bytes. Callers use buf_reserve. */
char *buf_grow(struct buf *buf, size_t size) ATTR_NONNULL;

/*
 * Reserves room for `size` more bytes and returns where to write them. The caller then adds what it
 * wrote to `buf->size`. Inline, as the next one: bodies are many short texts with a character
 * between them.
 */
static inline char *buf_reserve(struct buf *buf, size_t size)
{
    return buf->room - buf->size > size ? buf->data + buf->size : buf_grow(buf, size);
}

static inline void buf_char(struct buf *buf, char c)
{
    buf_reserve(buf, 1);
    buf->data[buf->size++] = c;
    buf->data[buf->size] = '\0';
}

/* Returns the content as a text; "" if empty. */
const char *buf_str(const struct buf *buf) ATTR_NONNULL;

/* Returns the bytes (free() them) and leaves the buffer empty. Never NULL. */
char *buf_take(struct buf *buf) ATTR_NONNULL;

void buf_finish(struct buf *buf);
#define buf_auto CLEANUP(buf_finish) struct buf
