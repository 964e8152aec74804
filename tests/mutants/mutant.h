/* Included by every changed source. The environment chooses the mutant: MUTANT is its number. With
 * MUTANT_REACHED, a file of MUTANT_SLOTS bytes, the program sets the byte of each mutant that it
 * passes. The definitions are weak, so a program has them once. */
#pragma once

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define MUTANT_WEAK __attribute__((weak))

MUTANT_WEAK unsigned mutant_chosen;
MUTANT_WEAK unsigned char *mutant_reached;
MUTANT_WEAK bool mutant_started;

static inline void mutant_limit(int what, rlim_t most)
{
    struct rlimit limit;
    if (getrlimit(what, &limit) == 0 && limit.rlim_max > most) {
        limit.rlim_cur = limit.rlim_cur < most ? limit.rlim_cur : most;
        limit.rlim_max = most;
        setrlimit(what, &limit);
    }
}

/* A mutant may run or write without end. */
__attribute__((constructor)) static void mutant_start(void)
{
    if (mutant_started) {
        return;
    }
    mutant_started = true;
    const char *chosen = getenv("MUTANT"), *reached = getenv("MUTANT_REACHED");
    if (chosen) {
        mutant_chosen = (unsigned)strtoul(chosen, 0, 10);
        mutant_limit(RLIMIT_FSIZE, (rlim_t)1 << 30);
        mutant_limit(RLIMIT_CPU, 120);
    }
    int file = reached ? open(reached, O_RDWR | O_CLOEXEC) : -1;
    if (file >= 0) {
        void *map = mmap(0, MUTANT_SLOTS, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        mutant_reached = map == MAP_FAILED ? 0 : map;
        close(file);
    }
}

static inline bool mutant_is(unsigned number)
{
    if (mutant_reached) {
        mutant_reached[number] = 1;
    }
    return mutant_chosen == number;
}
