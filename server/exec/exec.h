/*
 * `milkypay-mock exec [options] -- COMMAND ...` (server/docs/exec.md): the command that runs
 * beside the server.
 *
 * Its process is forked before this one opens, blocks, ignores or raises anything, and waits on a
 * pipe for the word to go. So it inherits what this process was started with and nothing else: no
 * socket, no database, no signal mask, no limit of the server's.
 */
#pragma once

#include "base/mem.h"
#include "domain/account.h"

#include <sys/signalfd.h>
#include <sys/types.h>

enum loop_action {
    LOOP_CONTINUE,
    LOOP_SETTLE, /* end once the callbacks that are under way or due have ended */
    LOOP_END,    /* end now */
};

struct exec {
    pid_t pid;        /* 0: there is no command */
    int go;           /* the pipe's end for the word to go */
    bool ended;       /* and `status` stands */
    int status;       /* as a shell has it: 128 + n when signal n ended it */
    int asked;        /* the signal that asked it to end, 0: none yet */
    pid_t asked_by;   /* who sent it */
    int64_t asked_ms; /* when, monotonic */
};

/*
 * Forks the process. `command` ends in NULL and must live as long as the process. On an error
 * returns the reason. Call it before anything is opened.
 */
const char *exec_prepare(char *const *command, struct arena *arena, struct exec *ret_exec);

/*
 * Lets the command go, with MILKYPAY_URL and the account's id and test keys in its environment. A
 * command that cannot be run says so in one line on stderr and ends with 126 or 127.
 */
void exec_begin(struct exec *exec, const char *url, const struct account_keys *keys);

/*
 * Takes a signal; `arg` is the exec (loop.signalled). SIGINT and SIGTERM are passed on, unless the
 * terminal has sent them to the command too; the second one kills the command, and the server ends
 * at once.
 */
enum loop_action exec_signalled(void *arg, const struct signalfd_siginfo *info);

/* Forgets a command that was never let go. A zeroed exec is fine. */
void exec_finish(struct exec *exec);
