#include "rehearse/rehearse_keeper.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path) != 0 && errno != ENOENT;
}

/* Makes a folder of the scenario; the text is static. NULL with errno. */
static const char *make_dir(void)
{
    static char dir[256];
    const char *base = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/milkypay-rehearse-XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(dir);
}

static void remove_dir(const char *dir)
{
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Returns the parent of a process, or 0. */
static pid_t parent_of(const char *pid)
{
    char name[64], text[512];
    snprintf(name, sizeof name, "/proc/%.20s/stat", pid);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0) {
        close(fd);
    }
    if (size <= 0) {
        return 0;
    }
    text[size] = '\0';
    const char *end = strrchr(text, ')'); /* the name may have any character */
    size_t state = strlen(") S ");
    return end && strlen(end) > state ? (pid_t)strtol(end + state, NULL, 10) : 0;
}

static void kill_children(void)
{
    DIR *dir = opendir("/proc");
    pid_t self = getpid();
    for (const struct dirent *entry; dir && (entry = readdir(dir));) {
        if (strspn(entry->d_name, TEXT_DIGITS) == strlen(entry->d_name) &&
            parent_of(entry->d_name) == self) {
            kill((pid_t)strtol(entry->d_name, NULL, 10), SIGKILL);
        }
    }
    if (dir) {
        closedir(dir);
    }
}

/* The children of a killed child become those of this process, so it takes a few rounds. */
static void kill_descendants(void)
{
    for (;;) {
        kill_children();
        pid_t pid = waitpid(-1, NULL, 0);
        if (pid < 0 && errno == ECHILD) {
            return;
        }
    }
}

static void keep_tail(struct keeper_tail *tail, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        tail->data[tail->size++ % sizeof tail->data] = data[i];
    }
}

/* Returns false when all who could print have ended. `shown` becomes false if stderr is closed. */
static bool drain(int fd, struct keeper_tail *tail, bool *shown)
{
    char data[4096];
    ssize_t size = read(fd, data, sizeof data);
    if (size > 0) {
        keep_tail(tail, data, (size_t)size);
        if (*shown && write(STDERR_FILENO, data, (size_t)size) < 0) {
            *shown = false;
        }
    }
    return size > 0 || (size < 0 && errno == EINTR);
}

/* Reaps what has ended. Returns true when the worker has. */
static bool reap(pid_t worker)
{
    bool ended = false;
    for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;) {
        ended = ended || pid == worker;
    }
    return ended;
}

static void watch(pid_t worker, int signals, int output, struct keeper_tail *tail, bool shown)
{
    struct pollfd polled[] = {{signals, POLLIN, 0}, {output, POLLIN, 0}};
    for (;;) {
        if (poll(polled, 2, -1) < 0 && errno != EINTR) {
            return;
        }
        if (polled[1].revents && !drain(output, tail, &shown)) {
            polled[1].fd = -1;
        }
        struct signalfd_siginfo info;
        if (polled[0].revents && read(signals, &info, sizeof info) == sizeof info &&
            (info.ssi_signo != SIGCHLD || reap(worker))) {
            return;
        }
    }
}

/* Ends this process when its parent, the process `parent`, has ended. */
static void end_with(pid_t parent, int signal_number)
{
    prctl(PR_SET_PDEATHSIG, signal_number);
    if (getppid() != parent) {
        _exit(EXIT_FAILURE);
    }
}

_Noreturn static void run_worker(keeper_worker *worker, void *arg, struct keeper_place *place,
                                 pid_t keeper, const sigset_t *before)
{
    end_with(keeper, SIGKILL);
    sigprocmask(SIG_SETMASK, before, NULL);
    _exit(worker(arg, place)); /* the program's own buffers are not written twice */
}

_Noreturn static void be_keeper(keeper_worker *worker, void *arg, bool shown, pid_t parent)
{
    sigset_t set, before;
    int ends[2];
    struct keeper_place place = {.tail = mmap(NULL, sizeof *place.tail, PROT_READ | PROT_WRITE,
                                              MAP_SHARED | MAP_ANONYMOUS, -1, 0)};
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, &before);
    signal(SIGINT, SIG_IGN); /* the terminal sends it to the program too, which then ends this */
    signal(SIGHUP, SIG_IGN);
    prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
    end_with(parent, SIGTERM);
    int signals = signalfd(-1, &set, SFD_CLOEXEC);
    place.dir = make_dir();
    if (place.tail == MAP_FAILED || signals < 0 || !place.dir || pipe2(ends, O_CLOEXEC) != 0) {
        _exit(EXIT_FAILURE);
    }
    place.output = ends[1];
    pid_t keeper = getpid(), pid = fork();
    if (pid == 0) {
        run_worker(worker, arg, &place, keeper, &before);
    }
    close(ends[1]);
    if (pid > 0) {
        watch(pid, signals, ends[0], place.tail, shown);
    }
    kill_descendants();
    remove_dir(place.dir);
    _exit(EXIT_SUCCESS);
}

pid_t keeper_start(keeper_worker *worker, void *arg, bool shown)
{
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        be_keeper(worker, arg, shown, parent);
    }
    return pid;
}

/* ------------------------------------------------------------------ what the shop printed */

void keeper_tail_text(const struct keeper_tail *tail, char *ret_text, size_t size)
{
    size_t all = tail->size, most = size - 1 < sizeof tail->data ? size - 1 : sizeof tail->data;
    size_t n = all < most ? all : most;
    while (n && strchr("\n\r ", tail->data[(all - 1) % sizeof tail->data])) {
        all--;
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        ret_text[i] = tail->data[(all - n + i) % sizeof tail->data];
    }
    ret_text[n] = '\0';
    text_replace(ret_text, "\n\r\t", ' ');
    text_flatten(ret_text);
}
