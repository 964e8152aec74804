#include "buf.h"

#include "die.h"
#include "mem.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 256

char *buf_grow(struct buf *buf, size_t size)
{
    size_t room = buf->room ? buf->room : FIRST_ROOM;
    while (room - buf->size <= size) {
        room *= 2;
    }
    buf->data = mem_resize(buf->data, room);
    buf->room = room;
    buf->data[buf->size] = '\0';
    return buf->data + buf->size;
}

void buf_add(struct buf *buf, const void *data, size_t size)
{
    char *end = buf_reserve(buf, size);
    if (size) {
        memcpy(end, data, size);
    }
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_int(struct buf *buf, int64_t n)
{
    char digits[24], *p = digits + sizeof digits;
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (n < 0) {
        *--p = '-';
    }
    buf_add(buf, p, (size_t)(digits + sizeof digits - p));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    char *end = buf_reserve(buf, 0);
    size_t left = buf->room - buf->size;
    va_start(args, format);
    int length = vsnprintf(end, left, format, args);
    va_end(args);
    if (length < 0) {
        die("bad format: %s", format);
    }
    if ((size_t)length >= left) { /* formatted again, where it fits */
        end = buf_reserve(buf, (size_t)length);
        va_start(args, format);
        vsnprintf(end, (size_t)length + 1, format, args);
        va_end(args);
    }
    buf->size += (size_t)length;
}

void buf_url_text(struct buf *buf, const char *text)
{
    static const char plain[] = TEXT_DIGITS TEXT_LETTERS "-_.~";
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (strchr(plain, *p)) {
            buf_char(buf, (char)*p);
        } else {
            buf_printf(buf, "%%%02X", *p);
        }
    }
}

const char *buf_str(const struct buf *buf)
{
    return buf->data ? buf->data : "";
}

char *buf_take(struct buf *buf)
{
    char *data = buf_reserve(buf, 0) - buf->size;
    *buf = (struct buf){0};
    return data;
}

void buf_finish(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){0};
}
