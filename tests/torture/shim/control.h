/*
 * What the shim does to the program that it is loaded into. A test maps or writes the same file,
 * named by TORTURE_CONTROL, while the program runs; without it nothing fails. The layout is that of
 * lib/shim.js.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The kinds of calls, each a slot. */
#define TORTURE_SLOTS(SLOT)                                                                        \
    SLOT(open)                                                                                     \
    SLOT(close)                                                                                    \
    SLOT(read)                                                                                     \
    SLOT(write)                                                                                    \
    SLOT(pread)                                                                                    \
    SLOT(pwrite)                                                                                   \
    SLOT(sync)                                                                                     \
    SLOT(truncate)                                                                                 \
    SLOT(stat)                                                                                     \
    SLOT(fcntl)                                                                                    \
    SLOT(unlink)                                                                                   \
    SLOT(mkdtemp)                                                                                  \
    SLOT(flock)                                                                                    \
    SLOT(opendir)                                                                                  \
    SLOT(fopen)                                                                                    \
    SLOT(mmap)                                                                                     \
    SLOT(socket)                                                                                   \
    SLOT(bind)                                                                                     \
    SLOT(listen)                                                                                   \
    SLOT(accept)                                                                                   \
    SLOT(connect)                                                                                  \
    SLOT(recv)                                                                                     \
    SLOT(send)                                                                                     \
    SLOT(sockopt)                                                                                  \
    SLOT(sockname)                                                                                 \
    SLOT(resolve)                                                                                  \
    SLOT(epoll_create)                                                                             \
    SLOT(epoll_add)                                                                                \
    SLOT(epoll_wait)                                                                               \
    SLOT(poll)                                                                                     \
    SLOT(eventfd)                                                                                  \
    SLOT(pipe)                                                                                     \
    SLOT(signalfd)                                                                                 \
    SLOT(prctl)                                                                                    \
    SLOT(rlimit)                                                                                   \
    SLOT(thread)                                                                                   \
    SLOT(random)                                                                                   \
    SLOT(memory)

#define TORTURE_SLOT_ID(name) SLOT_##name,
enum slot { TORTURE_SLOTS(TORTURE_SLOT_ID) SLOT_COUNT };

#define TORTURE_SHORT                                                                              \
    4096 /* instead of an error number: only half of the bytes are transferred                     \
          */

/* The calls with the numbers fail_at to fail_at + times - 1 fail. The test sets fail_at last, and 0
 * to end this. */
struct slot_state {
    char name[24];
    uint64_t calls, fail_at, times, error, failed;
};

struct control {
    int64_t wall_ns, mono_ns; /* added to the clocks */
    uint64_t delay_us;        /* before each write to a file and each sync */
    uint64_t slots;           /* how many follow */
    struct slot_state slot[SLOT_COUNT];
};

extern struct control *torture;

/* Counts a call. Returns 0, or the error that it must fail with, or TORTURE_SHORT. */
int torture_count(enum slot slot);

/* Ends the torture if the file of this path has counts of tests/coverage: the program writes them
 * when it has ended. */
void torture_look_at(const char *path);

/* Waits as long as a write to a slow disk. */
void torture_delay(void);

/* Finds the function that the shim replaces. */
void *torture_real(const char *symbol);
