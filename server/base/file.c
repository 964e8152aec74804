#include "file.h"

#include "buf.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PIECE ((size_t)64 << 10)

bool file_read_all(int fd, size_t most, struct buf *out)
{
    for (;;) {
        char *end = buf_reserve(out, PIECE);
        ssize_t done = read(fd, end, PIECE);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return false;
        }
        out->size += (size_t)done;
        out->data[out->size] = '\0';
        if (done == 0 || out->size > most) {
            return true;
        }
    }
}

const char *file_read(struct arena *arena, const char *name, size_t most, struct buf *out)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    bool read = fd >= 0 && file_read_all(fd, most, out);
    int reason = errno;
    if (fd >= 0) {
        close(fd);
    }
    return !read              ? arena_printf(arena, "%s: %s", name, strerror(reason))
           : out->size > most ? arena_printf(arena, "%s: larger than %zu MiB", name, most >> 20)
                              : NULL;
}
