#include "rehearse/rehearse_process.h"

#include "base/wall.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STEP_MS 5
#define CANNOT_RUN 127

/* Commands start as from a shell: what this program ignores, catches and blocks would stay ignored
 * and blocked in them. Caught signals are dropped before the mask lets one through. */
static void reset_signals(void)
{
    sigset_t none;
    for (int signal_number = 1; signal_number < NSIG; signal_number++) {
        signal(signal_number, SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn static void become(char *const *command, char *const *environment, int out, int err,
                             int told)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    setpgid(0, 0);
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    reset_signals();
    for (size_t i = 0; environment[i]; i++) {
        putenv(environment[i]);
    }
    execvp(command[0], command);
    int error = errno;
    if (write(told, &error, sizeof error) < 0) {
        _exit(CANNOT_RUN);
    }
    _exit(CANNOT_RUN);
}

pid_t process_start(char *const *command, char *const *environment, int out, int err)
{
    int ends[2], error = 0;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        become(command, environment, out, err, ends[1]);
    }
    close(ends[1]);
    if (pid > 0) {
        setpgid(pid, pid);
    }
    /* Nothing comes, because the pipe was closed, if the command runs. */
    if (pid > 0 && read(ends[0], &error, sizeof error) == sizeof error) {
        waitpid(pid, NULL, 0);
        pid = -1;
    }
    close(ends[0]);
    errno = error;
    return pid;
}

bool process_wait(pid_t pid, int64_t deadline_ms, int *ret_status)
{
    const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
    for (;;) {
        pid_t ended = waitpid(pid, ret_status, WNOHANG);
        if (ended != 0) {
            return true;
        }
        if (mono_now_ms() >= deadline_ms) {
            return false;
        }
        nanosleep(&step, NULL);
    }
}

void process_end(pid_t pid, int64_t grace_ms)
{
    int status;
    if (grace_ms > 0) {
        kill(-pid, SIGTERM);
    }
    if (grace_ms == 0 || !process_wait(pid, mono_now_ms() + grace_ms, &status)) {
        kill(-pid, SIGKILL);
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    kill(-pid, SIGKILL); /* what is left of the group */
}

void process_describe(int status, char *ret_text, size_t size)
{
    if (WIFSIGNALED(status)) {
        snprintf(ret_text, size, "signal %d", WTERMSIG(status));
    } else {
        snprintf(ret_text, size, "exit status %d", WEXITSTATUS(status));
    }
}
