/*
 * Processes that end with what they were started for, however it ends.
 *
 * Each scenario has a keeper, a child of the program, and a worker, the keeper's child. Whatever
 * the worker starts, also what detaches itself, becomes the keeper's child when its own parent ends
 * (PR_SET_CHILD_SUBREAPER). The keeper kills all of it when the worker has ended, when it is asked
 * to end (SIGTERM), and when the program has died.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The last lines that the shop printed; in memory that keeper and worker share. */
struct keeper_tail {
    size_t size; /* of all that was printed */
    char data[8192];
};

struct keeper_place {
    struct keeper_tail *tail;
    int output;      /* where the worker's shop prints to */
    const char *dir; /* an empty folder, deleted at the end */
};

/* The worker's code; returns its exit status. */
typedef int keeper_worker(void *arg, const struct keeper_place *place);

/* Starts a keeper and its worker. `shown`: the shop's output goes to stderr too. Returns the pid of
 * the keeper, or -1 with errno. */
pid_t keeper_start(keeper_worker *worker, void *arg, bool shown);

/* The last lines of the shop's output on one line, at most `size` bytes with the NUL; "" if it
 * printed nothing. */
void keeper_tail_text(const struct keeper_tail *tail, char *ret_text, size_t size);
