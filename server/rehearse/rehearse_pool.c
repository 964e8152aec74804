/* Plays several scenarios at once, each in its own processes. */
#include "base/buf.h"
#include "base/wall.h"
#include "rehearse/rehearse_progress.h"
#include "rehearse/rehearse_worker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESULT_MOST ((size_t)64 << 20)
#define GRACE_MS 20000 /* for the end of the shop */

/* A scenario that is played. */
struct seat {
    struct performance *performance; /* NULL: the seat is free */
    pid_t keeper;
    int fd;
    int claim; /* of its port; -1: none */
    struct buf text;
    int64_t deadline_ms;
};

/* ------------------------------------------------------------------ signals */

static volatile sig_atomic_t caught;

static void note_signal(int signal_number)
{
    caught = signal_number;
}

/* Blocks them except while the pool waits. */
static void catch_signals(sigset_t *ret_before)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = note_signal}, before;
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        sigaction(signals[i], NULL, &before);
        if (before.sa_handler != SIG_IGN) {
            sigaction(signals[i], &action, NULL);
            sigaddset(&set, signals[i]);
        }
    }
    sigprocmask(SIG_BLOCK, &set, ret_before);
}

/* ------------------------------------------------------------------ ports */

/*
 * Takes a port for this program among all rehearsals of the machine: by a name in the abstract
 * namespace of unix sockets, which like the ports belongs to the network namespace, and is free
 * again when its holder has ended. Returns the holder, or -1 if the port is taken.
 */
static int claim(int port)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int size = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "milkypay-rehearse-%d", port);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)size);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&name, length) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static bool is_free(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_ANY)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool free = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return free;
}

int pool_port(int *ret_claim)
{
    static int last;
    enum { FIRST = 30000, COUNT = 2700 };
    last = last ? last : FIRST + (int)(((int64_t)getpid() * 97 + mono_now_ms()) % COUNT);
    for (int i = 0; i < COUNT; i++) {
        last = FIRST + (last + 1 - FIRST) % COUNT;
        *ret_claim = claim(last);
        if (*ret_claim >= 0 && is_free(last)) {
            return last;
        }
        if (*ret_claim >= 0) {
            close(*ret_claim);
        }
    }
    *ret_claim = -1;
    return 0;
}

/* ------------------------------------------------------------------ seats */

static void sit(struct seat *seat, struct performance *performance)
{
    const struct rehearsal *rehearsal = performance->rehearsal;
    int ends[2];
    *seat = (struct seat){.performance = performance, .keeper = -1, .fd = -1, .claim = -1};
    performance->port = rehearse_has_ports(rehearsal) ? pool_port(&seat->claim) : 0;
    if (pipe2(ends, O_CLOEXEC) == 0) {
        seat->fd = ends[0];
        seat->keeper = performance_start(performance, ends[1]);
        close(ends[1]);
    }
    seat->deadline_ms =
        mono_now_ms() + rehearsal->settings.ready_within_ms * 2 + PERFORMANCE_MOST_MS + GRACE_MS;
}

/* Waits for the end of its processes; `kills`: ends them. */
static void clear(struct seat *seat, bool kills)
{
    if (seat->keeper > 0) {
        if (kills) {
            kill(seat->keeper, SIGTERM);
        }
        while (waitpid(seat->keeper, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (seat->fd >= 0) {
        close(seat->fd);
    }
    if (seat->claim >= 0) {
        close(seat->claim);
    }
    seat->performance = NULL;
}

/* Makes a result of what came. */
static void leave(struct seat *seat, const char *why)
{
    struct performance *performance = seat->performance;
    clear(seat, why);
    performance->result = why ? NULL : json_loadb(buf_str(&seat->text), seat->text.size, 0, NULL);
    if (!performance->result) {
        performance->result =
            performance_result(performance, "ERROR", why ?: "its process ended without a result");
    }
    buf_finish(&seat->text);
    progress_tell(performance->rehearsal->progress, performance->result);
}

/* Reads once. Returns false at the end. */
static bool read_result(struct seat *seat)
{
    ssize_t n = read(seat->fd, buf_reserve(&seat->text, 65536), 65536);
    if (n > 0) {
        seat->text.size += (size_t)n;
        seat->text.data[seat->text.size] = '\0';
    }
    return n > 0 && seat->text.size < RESULT_MOST;
}

static void serve(struct seat *seat, short events)
{
    if (seat->fd < 0 || seat->keeper < 0) {
        leave(seat, "no process or pipe could be made for it");
    } else if (events && !read_result(seat)) {
        leave(seat, NULL);
    } else if (mono_now_ms() > seat->deadline_ms) {
        leave(seat, "it took too long");
    }
}

/* Waits a second at most, and serves the seats that have news. */
static void turn(struct seat *seats, size_t n, const sigset_t *mask)
{
    struct pollfd polled[REHEARSE_JOBS_MOST];
    const struct timespec second = {.tv_sec = 1};
    for (size_t i = 0; i < n; i++) {
        polled[i] = (struct pollfd){seats[i].performance ? seats[i].fd : -1, POLLIN, 0};
    }
    int ready = ppoll(polled, n, &second, mask);
    for (size_t i = 0; i < n && !caught; i++) {
        if (seats[i].performance) {
            serve(&seats[i], ready > 0 ? polled[i].revents : 0);
        }
    }
}

static bool is_busy(const struct seat *seats, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (seats[i].performance) {
            return true;
        }
    }
    return false;
}

/* The next one without a result, from *at on; NULL: there is none. */
static struct performance *next_of(struct performance *list, size_t n, size_t *at)
{
    while (*at < n && list[*at].result) {
        ++*at;
    }
    return *at < n ? &list[(*at)++] : NULL;
}

/* Gives each free seat the next one. */
static void fill(struct seat *seats, size_t jobs, struct performance *list, size_t n, size_t *at)
{
    for (size_t i = 0; i < jobs && !caught; i++) {
        struct performance *next = seats[i].performance ? NULL : next_of(list, n, at);
        if (next) {
            sit(&seats[i], next);
        }
    }
}

int pool_run(const struct rehearsal *rehearsal, struct performance *list, size_t n)
{
    struct seat seats[REHEARSE_JOBS_MOST] = {0};
    size_t jobs = rehearse_has_ports(rehearsal) ? (size_t)rehearsal->options.jobs : 1, at = 0;
    sigset_t mask;
    catch_signals(&mask);
    for (fill(seats, jobs, list, n, &at); !caught && is_busy(seats, jobs);
         fill(seats, jobs, list, n, &at)) {
        turn(seats, jobs, &mask);
    }
    for (size_t i = 0; i < jobs; i++) {
        if (seats[i].performance) {
            clear(&seats[i], true);
            buf_finish(&seats[i].text);
        }
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
    return caught;
}
