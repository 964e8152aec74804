/* Allocations, also those within libc. */
#include "control.h"

#include <errno.h>
#include <stddef.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static bool fails(void)
{
    int error = torture_count(SLOT_memory);
    if (error) {
        errno = error;
    }
    return error;
}

void *shim_malloc(size_t size) __asm__("malloc");
void *shim_malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *shim_calloc(size_t n, size_t size) __asm__("calloc");
void *shim_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *shim_realloc(void *p, size_t size) __asm__("realloc");
void *shim_realloc(void *p, size_t size)
{
    return fails() ? NULL : __libc_realloc(p, size);
}

void *shim_aligned_alloc(size_t alignment, size_t size) __asm__("aligned_alloc");
void *shim_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int shim_posix_memalign(void **ret, size_t alignment, size_t size) __asm__("posix_memalign");
int shim_posix_memalign(void **ret, size_t alignment, size_t size)
{
    void *p = fails() ? NULL : __libc_memalign(alignment, size);
    if (!p) {
        return ENOMEM;
    }
    *ret = p;
    return 0;
}
