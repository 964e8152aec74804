/*
 * Functions of libc that make system calls. Each counts its call, then fails or calls the real one.
 * Labels of the assembler give their names, so that no prototype of libc is contradicted.
 */
#include "control.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

/* A function `symbol` of the kind `slot` that returns `failure` with errno. */
#define CALL(slot, type, symbol, failure, params, args)                                            \
    type shim_##symbol params __asm__(#symbol);                                                    \
    type shim_##symbol params                                                                      \
    {                                                                                              \
        static type(*real) params;                                                                 \
        int error = torture_count(SLOT_##slot);                                                    \
        if (error) {                                                                               \
            errno = error;                                                                         \
            return failure;                                                                        \
        }                                                                                          \
        real = real ? real : (type(*) params)torture_real(#symbol);                                \
        return real args;                                                                          \
    }

/* The same for a function that returns its error. */
#define RETURNS_ERROR(slot, symbol, params, args)                                                  \
    int shim_##symbol params __asm__(#symbol);                                                     \
    int shim_##symbol params                                                                       \
    {                                                                                              \
        static int(*real) params;                                                                  \
        int error = torture_count(SLOT_##slot);                                                    \
        real = real ? real : (int(*) params)torture_real(#symbol);                                 \
        return error ? error : real args;                                                          \
    }

/* The same for a function that transfers `size` bytes, which may be fewer. */
#define TRANSFER(slot, symbol, before, params, args)                                               \
    ssize_t shim_##symbol params __asm__(#symbol);                                                 \
    ssize_t shim_##symbol params                                                                   \
    {                                                                                              \
        static ssize_t(*real) params;                                                              \
        int error = torture_count(SLOT_##slot);                                                    \
        before;                                                                                    \
        if (error && error != TORTURE_SHORT) {                                                     \
            errno = error;                                                                         \
            return -1;                                                                             \
        }                                                                                          \
        size = error && size > 1 ? size / 2 : size;                                                \
        real = real ? real : (ssize_t(*) params)torture_real(#symbol);                             \
        return real args;                                                                          \
    }

#define NOTHING (void)0

/* ------------------------------------------------------------------ files */

/* The mode is passed on even if the caller gave none: the kernel then ignores it. */
#define OPEN(symbol)                                                                               \
    int shim_##symbol(const char *path, int flags, ...) __asm__(#symbol);                          \
    int shim_##symbol(const char *path, int flags, ...)                                            \
    {                                                                                              \
        static int (*real)(const char *, int, ...);                                                \
        va_list args;                                                                              \
        va_start(args, flags);                                                                     \
        unsigned mode = va_arg(args, unsigned);                                                    \
        va_end(args);                                                                              \
        torture_look_at(path);                                                                     \
        int error = torture_count(SLOT_open);                                                      \
        if (error) {                                                                               \
            errno = error;                                                                         \
            return -1;                                                                             \
        }                                                                                          \
        real = real ? real : (int (*)(const char *, int, ...))torture_real(#symbol);               \
        return real(path, flags, mode);                                                            \
    }
OPEN(open)
OPEN(open64)

#define FCNTL(symbol)                                                                              \
    int shim_##symbol(int fd, int command, ...) __asm__(#symbol);                                  \
    int shim_##symbol(int fd, int command, ...)                                                    \
    {                                                                                              \
        static int (*real)(int, int, ...);                                                         \
        va_list args;                                                                              \
        va_start(args, command);                                                                   \
        void *arg = va_arg(args, void *);                                                          \
        va_end(args);                                                                              \
        int error = torture_count(SLOT_fcntl);                                                     \
        if (error) {                                                                               \
            errno = error;                                                                         \
            return -1;                                                                             \
        }                                                                                          \
        real = real ? real : (int (*)(int, int, ...))torture_real(#symbol);                        \
        return real(fd, command, arg);                                                             \
    }
FCNTL(fcntl)
FCNTL(fcntl64)

#define OPENAT(symbol)                                                                             \
    CALL(open, int, symbol, -1, (int at, const char *path, int flags, unsigned mode),              \
         (at, path, flags, mode))
OPENAT(openat)
OPENAT(openat64)

/* A close that fails has closed the descriptor nevertheless. */
int shim_close(int fd) __asm__("close");
int shim_close(int fd)
{
    static int (*real)(int);
    int error = torture_count(SLOT_close);
    real = real ? real : (int (*)(int))torture_real("close");
    int result = real(fd);
    if (error) {
        errno = error;
        return -1;
    }
    return result;
}

TRANSFER(read, read, NOTHING, (int fd, void *to, size_t size), (fd, to, size))
TRANSFER(read, __read_chk, NOTHING, (int fd, void *to, size_t size, size_t room),
         (fd, to, size, room))
TRANSFER(pread, pread64, NOTHING, (int fd, void *to, size_t size, off_t at), (fd, to, size, at))
TRANSFER(pread, __pread64_chk, NOTHING, (int fd, void *to, size_t size, off_t at, size_t room),
         (fd, to, size, at, room))
TRANSFER(write, write, NOTHING, (int fd, const void *from, size_t size), (fd, from, size))
TRANSFER(pwrite, pwrite64, torture_delay(), (int fd, const void *from, size_t size, off_t at),
         (fd, from, size, at))

CALL(sync, int, fsync, -1, (int fd), (fd))
int shim_fdatasync(int fd) __asm__("fdatasync");
int shim_fdatasync(int fd)
{
    static int (*real)(int);
    int error = torture_count(SLOT_sync);
    torture_delay();
    if (error) {
        errno = error;
        return -1;
    }
    real = real ? real : (int (*)(int))torture_real("fdatasync");
    return real(fd);
}

CALL(truncate, int, ftruncate64, -1, (int fd, off_t size), (fd, size))
CALL(stat, int, stat64, -1, (const char *path, void *info), (path, info))
CALL(stat, int, lstat64, -1, (const char *path, void *info), (path, info))
CALL(stat, int, fstat64, -1, (int fd, void *info), (fd, info))
CALL(stat, int, access, -1, (const char *path, int mode), (path, mode))
CALL(unlink, int, unlink, -1, (const char *path), (path))
CALL(unlink, int, unlinkat, -1, (int at, const char *path, int flags), (at, path, flags))
CALL(mkdtemp, char *, mkdtemp, NULL, (char *path), (path))
CALL(flock, int, flock, -1, (int fd, int how), (fd, how))
CALL(opendir, void *, opendir, NULL, (const char *path), (path))
CALL(fopen, void *, fopen, NULL, (const char *path, const char *mode), (path, mode))
CALL(fopen, void *, fopen64, NULL, (const char *path, const char *mode), (path, mode))

#define MMAP(symbol)                                                                               \
    CALL(mmap, void *, symbol, (void *)-1,                                                         \
         (void *at, size_t size, int protection, int flags, int fd, off_t from),                   \
         (at, size, protection, flags, fd, from))
MMAP(mmap)
MMAP(mmap64)

/* ------------------------------------------------------------------ sockets */

CALL(socket, int, socket, -1, (int family, int type, int protocol), (family, type, protocol))
CALL(socket, int, socketpair, -1, (int family, int type, int protocol, int *ret_fds),
     (family, type, protocol, ret_fds))
CALL(bind, int, bind, -1, (int fd, const void *address, unsigned size), (fd, address, size))
CALL(listen, int, listen, -1, (int fd, int backlog), (fd, backlog))
CALL(accept, int, accept4, -1, (int fd, void *address, unsigned *size, int flags),
     (fd, address, size, flags))
CALL(connect, int, connect, -1, (int fd, const void *address, unsigned size), (fd, address, size))
TRANSFER(recv, recv, NOTHING, (int fd, void *to, size_t size, int flags), (fd, to, size, flags))
TRANSFER(recv, __recv_chk, NOTHING, (int fd, void *to, size_t size, size_t room, int flags),
         (fd, to, size, room, flags))
TRANSFER(send, send, NOTHING, (int fd, const void *from, size_t size, int flags),
         (fd, from, size, flags))

/* A short one sends a byte. */
ssize_t shim_sendmsg(int fd, const struct msghdr *message, int flags) __asm__("sendmsg");
ssize_t shim_sendmsg(int fd, const struct msghdr *message, int flags)
{
    static ssize_t (*real)(int, const struct msghdr *, int);
    int error = torture_count(SLOT_send);
    if (error && error != TORTURE_SHORT) {
        errno = error;
        return -1;
    }
    real = real ? real : (ssize_t(*)(int, const struct msghdr *, int))torture_real("sendmsg");
    struct iovec first = {message->msg_iov->iov_base, 1};
    const struct msghdr part = {.msg_iov = &first, .msg_iovlen = 1};
    return real(fd, error && message->msg_iov->iov_len ? &part : message, flags);
}

CALL(sockopt, int, setsockopt, -1, (int fd, int level, int name, const void *value, unsigned size),
     (fd, level, name, value, size))
CALL(sockopt, int, getsockopt, -1, (int fd, int level, int name, void *value, unsigned *size),
     (fd, level, name, value, size))
CALL(sockname, int, getsockname, -1, (int fd, void *address, unsigned *size), (fd, address, size))
RETURNS_ERROR(resolve, getaddrinfo,
              (const char *host, const char *service, const void *hints, void *ret_list),
              (host, service, hints, ret_list))

/* ------------------------------------------------------------------ waiting and the process */

CALL(epoll_create, int, epoll_create1, -1, (int flags), (flags))

/* Only additions need memory. */
int shim_epoll_ctl(int fd, int how, int of, void *event) __asm__("epoll_ctl");
int shim_epoll_ctl(int fd, int how, int of, void *event)
{
    static int (*real)(int, int, int, void *);
    int error = how == EPOLL_CTL_ADD ? torture_count(SLOT_epoll_add) : 0;
    if (error) {
        errno = error;
        return -1;
    }
    real = real ? real : (int (*)(int, int, int, void *))torture_real("epoll_ctl");
    return real(fd, how, of, event);
}

CALL(epoll_wait, int, epoll_wait, -1, (int fd, void *events, int most, int ms),
     (fd, events, most, ms))
CALL(poll, int, poll, -1, (void *fds, unsigned long n, int ms), (fds, n, ms))
CALL(poll, int, __poll_chk, -1, (void *fds, unsigned long n, int ms, size_t room),
     (fds, n, ms, room))
CALL(eventfd, int, eventfd, -1, (unsigned value, int flags), (value, flags))
CALL(pipe, int, pipe2, -1, (int *ret_fds, int flags), (ret_fds, flags))
CALL(signalfd, int, signalfd, -1, (int fd, const void *set, int flags), (fd, set, flags))
CALL(prctl, int, prctl, -1, (int what, long a, long b, long c, long d), (what, a, b, c, d))
CALL(rlimit, int, getrlimit64, -1, (int which, void *ret_limit), (which, ret_limit))
CALL(rlimit, int, setrlimit64, -1, (int which, const void *limit), (which, limit))
RETURNS_ERROR(thread, pthread_create,
              (void *thread, const void *how, void *(*run)(void *), void *arg),
              (thread, how, run, arg))
CALL(random, ssize_t, getrandom, -1, (void *to, size_t size, unsigned flags), (to, size, flags))
CALL(random, int, getentropy, -1, (void *to, size_t size), (to, size))
