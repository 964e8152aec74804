#include "exec.h"

#include "base/buf.h"
#include "base/wall.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_SIGNAL 128

/*
 * A signal to a process group may arrive twice, sent to this process and to the group; timeout(1)
 * does so. A repeated signal from the same sender within this time is ignored.
 */
#define ECHO_MS 500

/* ------------------------------------------------------------------ the command's process */

/* Reads until the other end closes; reads nothing if the server did not start. */
static void read_environment(int fd, struct buf *ret_environment)
{
    ssize_t n;
    do {
        n = read(fd, buf_reserve(ret_environment, 4096), 4096);
        ret_environment->size += n > 0 ? (size_t)n : 0;
    } while (n > 0 || (n < 0 && errno == EINTR));
}

/* Why a command that is a line of a shell is not found, or "". */
static const char *shell_hint(const char *command)
{
    static const char *const builtins[] = {"cd", "source", ".", "export", "set", "ulimit", "umask"};
    if (strpbrk(command, " \t")) {
        return "; it is one word with blanks: drop the quotes, or use sh -c";
    }
    if (strchr(command, '=')) {
        return "; put env before variables, or use sh -c";
    }
    for (size_t i = 0; i < ARRAY_SIZE(builtins); i++) {
        if (strcmp(builtins[i], command) == 0) {
            return "; only shells have it: use sh -c";
        }
    }
    return "";
}

_Noreturn static void become(char *const *command, int go)
{
    struct buf environment = {0}; /* "NAME=VALUE" with a NUL each; putenv keeps pointers into it */
    read_environment(go, &environment);
    if (!environment.size) {
        _exit(EXIT_SUCCESS);
    }
    for (size_t at = 0; at < environment.size; at += strlen(environment.data + at) + 1) {
        putenv(environment.data + at);
    }
    execvp(command[0], command);
    int error = errno;
    dprintf(STDERR_FILENO, "milkypay-mock: exec: %s: %s%s\n", command[0], strerror(error),
            error == ENOENT ? shell_hint(command[0]) : "");
    _exit(error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUNNABLE);
}

const char *exec_prepare(char *const *command, struct arena *arena, struct exec *ret_exec)
{
    int ends[2] = {-1, -1};
    const char *why = NULL;
    signal(SIGCHLD, SIG_DFL); /* if it were ignored, the command's status would be lost */
    pid_t pid = pipe2(ends, O_CLOEXEC) ? -1 : fork();
    if (pid == 0) {
        close(ends[1]);
        become(command, ends[0]);
    }
    if (pid < 0) {
        why = arena_printf(arena, "exec: %s", strerror(errno));
        close(ends[1]);
    } else {
        *ret_exec = (struct exec){.pid = pid, .go = ends[1]};
    }
    close(ends[0]);
    return why;
}

/* ------------------------------------------------------------------ letting it go */

static void add_variable(struct buf *environment, const char *name, const char *value)
{
    buf_printf(environment, "%s=%s", name, value);
    buf_char(environment, '\0');
}

static void write_all(int fd, const char *data, size_t size)
{
    while (size) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno != EINTR) {
            return; /* the command has ended; its status says how */
        }
        data += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
}

void exec_begin(struct exec *exec, const char *url, const struct account_keys *keys)
{
    buf_auto environment = {0};
    add_variable(&environment, "MILKYPAY_URL", url);
    add_variable(&environment, "MILKYPAY_ACCOUNT_ID", keys->id);
    add_variable(&environment, "MILKYPAY_API_KEY", keys->api_key);
    add_variable(&environment, "MILKYPAY_PUBLIC_KEY", keys->public_key);
    add_variable(&environment, "MILKYPAY_SECRET_KEY", keys->secret_key);
    write_all(exec->go, environment.data, environment.size);
    close(exec->go);
    exec->go = -1;
}

/* ------------------------------------------------------------------ its end */

/* Reaps ended children. Those other than the command are orphans adopted as the first process of a
 * container. */
static void reap(struct exec *exec)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid == exec->pid) {
            exec->ended = true;
            exec->status =
                WIFSIGNALED(status) ? EXIT_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
        }
    }
}

static void kill_now(struct exec *exec, int why)
{
    int status;
    kill(exec->pid, SIGKILL);
    while (waitpid(exec->pid, &status, 0) < 0 && errno == EINTR) {
    }
    exec->ended = true;
    exec->status = EXIT_SIGNAL + why;
}

static bool is_echo(const struct exec *exec, const struct signalfd_siginfo *info)
{
    return info->ssi_code != SI_KERNEL && exec->asked == (int)info->ssi_signo &&
           exec->asked_by == (pid_t)info->ssi_pid && mono_now_ms() - exec->asked_ms < ECHO_MS;
}

static enum loop_action ask(struct exec *exec, const struct signalfd_siginfo *info)
{
    int signal_number = (int)info->ssi_signo;
    if (is_echo(exec, info)) {
        return LOOP_CONTINUE;
    }
    if (exec->asked) {
        kill_now(exec, signal_number);
        return LOOP_END;
    }
    exec->asked = signal_number;
    exec->asked_by = (pid_t)info->ssi_pid;
    exec->asked_ms = mono_now_ms();
    if (info->ssi_code != SI_KERNEL) { /* Ctrl-C reaches the command by itself */
        kill(exec->pid, signal_number);
    }
    return LOOP_CONTINUE;
}

enum loop_action exec_signalled(void *arg, const struct signalfd_siginfo *info)
{
    struct exec *exec = arg;
    if (info->ssi_signo == SIGCHLD) {
        reap(exec);
        return exec->ended ? LOOP_SETTLE : LOOP_CONTINUE;
    }
    return exec->ended ? LOOP_END : ask(exec, info);
}

void exec_finish(struct exec *exec)
{
    if (exec->pid && exec->go >= 0) {
        close(exec->go);
        waitpid(exec->pid, NULL, 0);
    }
}
