/* Reads files whole. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;

/* Adds what is left of an open file to `out`; stops about 64 KiB after `most` bytes. Returns false
 * and sets errno if it cannot be read. */
bool file_read_all(int fd, size_t most, struct buf *out);

/* Adds a file to `out`. Returns NULL, or the reason in the arena, which begins with the name, if it
 * cannot be read or is larger than `most` bytes. */
const char *file_read(struct arena *arena, const char *name, size_t most, struct buf *out);

/*
 * Writes a file whole or not at all: to a temporary file beside it, which then takes its name and
 * its mode. What is no plain file, as /dev/stdout, is written directly. Returns NULL, or the reason
 * in the arena, which begins with the name.
 */
const char *file_write(struct arena *arena, const char *name, const char *data, size_t size);
