/*
 * `milkypay-mock exec [options] -- COMMAND ...` (server/docs/exec.md): runs a command beside the
 * server.
 *
 * Its process is forked before the server opens files, blocks or ignores signals, or raises limits,
 * and then waits on a pipe for the start. So it inherits only what the server itself was started
 * with: no socket, no database, no signal mask, no limit.
 */
#pragma once

#include "base/mem.h"
#include "domain/account.h"

#include <sys/signalfd.h>
#include <sys/types.h>

#define EXIT_NOT_RUNNABLE 126 /* as in shells */
#define EXIT_NOT_FOUND 127

enum loop_action {
    LOOP_CONTINUE,
    LOOP_SETTLE, /* end once running and due callbacks have ended */
    LOOP_END,    /* end now */
};

struct exec {
    pid_t pid;        /* 0: there is no command */
    int go;           /* the pipe that starts it */
    bool ended;       /* `status` is valid */
    int status;       /* as in a shell: 128 + n if signal n ended it */
    int asked;        /* the signal that asked it to end; 0: none */
    pid_t asked_by;   /* the sender */
    int64_t asked_ms; /* monotonic time */
};

/*
 * Forks the process. `command` ends in NULL and must live as long as the process. Returns NULL, or
 * the reason of an error. Call it before anything is opened.
 */
const char *exec_prepare(char *const *command, struct arena *arena, struct exec *ret_exec);

/*
 * Starts the command, with MILKYPAY_URL and the account's id and test keys in its environment. If
 * it cannot be run, it prints one line on stderr and ends with 126 or 127.
 */
void exec_begin(struct exec *exec, const char *url, const struct account_keys *keys);

/*
 * Handles a signal; `arg` is the exec (loop.signalled). Passes SIGINT and SIGTERM on, unless the
 * terminal has sent them to the command too. The second one kills the command and ends the server.
 */
enum loop_action exec_signalled(void *arg, const struct signalfd_siginfo *info);

/* Ends a command that was never started. A zeroed exec is allowed. */
void exec_finish(struct exec *exec);
