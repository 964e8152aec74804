/* Clocks that a test moves. The machine's own clocks stay as they are, and so do the waits of the
 * kernel, as when the process was suspended. */
#include "control.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000

static int64_t read_ns(clockid_t id, int64_t offset_ns)
{
    struct timespec t = {0};
    syscall(SYS_clock_gettime, id, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec + offset_ns;
}

static int64_t offset_of(clockid_t id)
{
    switch (id) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        return torture->wall_ns;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
        return torture->mono_ns;
    default:
        return 0;
    }
}

int shim_clock_gettime(clockid_t id, struct timespec *ret) __asm__("clock_gettime");
int shim_clock_gettime(clockid_t id, struct timespec *ret)
{
    int64_t ns = read_ns(id, offset_of(id));
    *ret = (struct timespec){ns / NS_PER_S, ns % NS_PER_S};
    return 0;
}

int shim_gettimeofday(struct timeval *ret, void *zone) __asm__("gettimeofday");
int shim_gettimeofday(struct timeval *ret, void *zone)
{
    int64_t ns = read_ns(CLOCK_REALTIME, torture->wall_ns);
    (void)zone;
    *ret = (struct timeval){ns / NS_PER_S, ns % NS_PER_S / 1000};
    return 0;
}

time_t shim_time(time_t *ret) __asm__("time");
time_t shim_time(time_t *ret)
{
    time_t now = read_ns(CLOCK_REALTIME, torture->wall_ns) / NS_PER_S;
    if (ret) {
        *ret = now;
    }
    return now;
}
