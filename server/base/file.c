#include "file.h"

#include "buf.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

static bool write_all(int fd, const char *data, size_t size)
{
    while (size) {
        ssize_t done = write(fd, data, size);
        if (done < 0 && errno != EINTR) {
            return false;
        }
        data += done > 0 ? done : 0;
        size -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

static bool write_directly(const char *name, const char *data, size_t size)
{
    int fd = open(name, O_WRONLY | O_TRUNC | O_CLOEXEC);
    bool good = fd >= 0 && write_all(fd, data, size);
    return fd >= 0 && close(fd) == 0 && good;
}

/* The mode that open(2) would give a new file. */
static mode_t new_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static bool write_beside(const char *name, char *temporary, mode_t mode, const char *data,
                         size_t size)
{
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool good = write_all(fd, data, size) && fchmod(fd, mode) == 0;
    good = close(fd) == 0 && good && rename(temporary, name) == 0;
    if (!good) {
        int reason = errno;
        unlink(temporary);
        errno = reason;
    }
    return good;
}

const char *file_write(struct arena *arena, const char *name, const char *data, size_t size)
{
    struct stat info;
    bool exists = stat(name, &info) == 0;
    char *target = exists ? realpath(name, NULL) : NULL; /* a symbolic link stays one */
    const char *file = target ? target : name;
    bool good = exists && !S_ISREG(info.st_mode)
                    ? write_directly(name, data, size)
                    : write_beside(file, arena_printf(arena, "%s.XXXXXX", file),
                                   exists ? info.st_mode & 0777 : new_mode(), data, size);
    const char *why = good ? NULL : arena_printf(arena, "%s: %s", name, strerror(errno));
    free(target);
    return why;
}
