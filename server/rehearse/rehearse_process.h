/* Commands: the shop, and hooks that are no requests. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Starts a command in a process group of its own. `environment` is a list of "NAME=VALUE" that ends
 * in NULL. It reads nothing; it prints to `out` and `err`. It gets SIGTERM and all other signals as
 * if a terminal had started it. Returns its pid, or -1 with errno, also if the command cannot be
 * run.
 */
pid_t process_start(char *const *command, char *const *environment, int out, int err);

/* Ends a process group: SIGTERM, and SIGKILL after `grace_ms`. */
void process_end(pid_t pid, int64_t grace_ms);

/* Waits until the process ends. Returns false if it still runs at the deadline (mono_now_ms). */
bool process_wait(pid_t pid, int64_t deadline_ms, int *ret_status);

/* "exit status 1", "signal 9". */
void process_describe(int status, char *ret_text, size_t size);
