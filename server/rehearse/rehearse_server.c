/* The server of the rehearsal: this program again, as a child that ends with it. */
#include "base/buf.h"
#include "base/text.h"
#include "base/wall.h"
#include "rehearse/rehearsal.h"
#include "rehearse/rehearse_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS 20000
#define GRACE_MS 5000

static const char first_line[] = "listening on ";

/* The variables of the user are for his own mock; this server has its options only. */
static void clear_variables(void)
{
    static const char prefix[] = "MILKYPAY_";
    extern char **environ;
    for (char **each = environ; *each;) {
        size_t size = strcspn(*each, "=");
        char name[128];
        if (text_starts(*each, prefix) && size < sizeof name) {
            memcpy(name, *each, size);
            name[size] = '\0';
            unsetenv(name);
            each = environ; /* the list has moved */
        } else {
            each++;
        }
    }
}

_Noreturn static void be_server(const struct rehearsal *rehearsal, int out, pid_t parent)
{
    char seed[32];
    snprintf(seed, sizeof seed, "%lld", (long long)rehearsal->options.seed);
    const char *argv[] = {"milkypay-mock", "--listen", rehearse_listen(&rehearsal->options),
                          "--seed",        seed,       "--log-level",
                          "error",         NULL};
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(EXIT_FAILURE);
    }
    setpgid(0, 0); /* out of reach of Ctrl-C: the program ends it when the shops have ended */
    dup2(out, STDOUT_FILENO);
    clear_variables();
    execv("/proc/self/exe", (char *const *)argv);
    _exit(EXIT_FAILURE);
}

/* Reads until the first line is whole. Returns false if the server has ended or is late. */
static bool read_line(int fd, struct buf *ret_text)
{
    int64_t deadline = mono_now_ms() + START_MS;
    struct pollfd polled = {fd, POLLIN, 0};
    while (!ret_text->size || !memchr(ret_text->data, '\n', ret_text->size)) {
        int64_t left = deadline - mono_now_ms();
        ssize_t n = -1;
        if (left > 0 && poll(&polled, 1, (int)left) > 0) {
            n = read(fd, buf_reserve(ret_text, 1024), 1024);
        }
        if (n <= 0) {
            return false;
        }
        ret_text->size += (size_t)n;
        ret_text->data[ret_text->size] = '\0';
    }
    return true;
}

const char *rehearse_server_start(struct rehearsal *rehearsal)
{
    int ends[2];
    pid_t parent = getpid();
    if (pipe2(ends, O_CLOEXEC) != 0 || (rehearsal->server = fork()) < 0) {
        return arena_printf(&rehearsal->arena, "the server: %s", strerror(errno));
    }
    if (rehearsal->server == 0) {
        be_server(rehearsal, ends[1], parent);
    }
    close(ends[1]); /* ends[0] stays open: the server may print more */
    buf_auto text = {0};
    if (!read_line(ends[0], &text) || !text_starts(text.data, first_line)) {
        rehearse_server_stop(rehearsal);
        rehearsal->server = 0;
        return "the server did not start; the line above says why";
    }
    const char *url = text.data + strlen(first_line);
    rehearsal->mock = arena_copy(&rehearsal->arena, url, strcspn(url, "\n"));
    return NULL;
}

void rehearse_server_stop(const struct rehearsal *rehearsal)
{
    int status;
    if (rehearsal->server <= 0) {
        return;
    }
    kill(rehearsal->server, SIGTERM);
    if (!process_wait(rehearsal->server, mono_now_ms() + GRACE_MS, &status)) {
        kill(rehearsal->server, SIGKILL);
        waitpid(rehearsal->server, &status, 0);
    }
}
