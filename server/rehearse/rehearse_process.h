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
struct process_tail {
    size_t size; /* of all that was printed */
    char data[8192];
};

struct process_place {
    struct process_tail *tail;
    int output;      /* where the worker's shop prints to */
    const char *dir; /* an empty folder, deleted at the end */
};

/* The worker's code; returns its exit status. */
typedef int process_worker(void *arg, const struct process_place *place);

/* Starts a keeper and its worker. `shown`: the shop's output goes to stderr too. Returns the pid of
 * the keeper, or -1 with errno. */
pid_t process_keep(process_worker *worker, void *arg, bool shown);

/*
 * Starts a command in a process group of its own. `environment` is a list of "NAME=VALUE" that ends
 * in NULL. It reads nothing; it prints to `out` and `err`. Returns its pid, or -1 with errno, also
 * if the command cannot be run.
 */
pid_t process_start(char *const *command, char *const *environment, int out, int err);

/* Ends a process group: SIGTERM, and SIGKILL after `grace_ms`. */
void process_end(pid_t pid, int64_t grace_ms);

/* Waits until the process ends. Returns false if it still runs at the deadline (mono_now_ms). */
bool process_wait(pid_t pid, int64_t deadline_ms, int *ret_status);

/* "exit status 1", "signal 9". */
void process_describe(int status, char *ret_text, size_t size);

/* The last lines of the shop's output on one line, at most `size` bytes with the NUL; "" if it
 * printed nothing. */
void process_tail_text(const struct process_tail *tail, char *ret_text, size_t size);
