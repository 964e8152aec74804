#include "rehearse/init.h"

#include "base/buf.h"
#include "base/text.h"
#include "rehearse/fill_me.h"
#include "rehearse/rehearsal_run.h"
#include "rehearse/rehearse_settings.h"
#include "rehearse/rehearse_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEEN_MOST ((size_t)16 << 20) /* of what the watcher tells: a line is a few kilobytes */

/* ------------------------------------------------------------------ the watch */

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    stopped = signal_number;
}

/* Blocks them except while the line is awaited. */
static void catch_signals(sigset_t *ret_before)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const struct sigaction action = {.sa_handler = stop};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        sigaction(signals[i], &action, NULL);
        sigaddset(&set, signals[i]);
    }
    sigprocmask(SIG_BLOCK, &set, ret_before);
}

static const char *status_of(const json_t *seen)
{
    return run_text(json_object_get(seen, "invoice"), "status");
}

/* So that the person knows that the purchase is watched. */
static void tell_news(const json_t *before, const json_t *now)
{
    if (!text_equal(status_of(before), status_of(now)) ||
        !text_equal(run_text(before, "id"), run_text(now, "id"))) {
        printf("%s is %s\n", run_text(now, "id"), status_of(now));
        fflush(stdout);
    }
}

/* Takes the whole lines of the text; keeps the last purchase, and the error. */
static void take_lines(struct arena *arena, struct buf *text, json_t **seen, const char **ret_why)
{
    size_t from = 0;
    for (char *end; (end = memchr(text->data + from, '\n', text->size - from));) {
        size_t size = (size_t)(end - text->data) - from;
        json_t *line = json_loadb(text->data + from, size, JSON_ALLOW_NUL, NULL);
        const char *error = json_string_value(json_object_get(line, "error"));
        if (error) {
            *ret_why = arena_strdup(arena, error);
            json_decref(line);
        } else {
            tell_news(*seen, line);
            json_decref(*seen);
            *seen = line;
        }
        from += size + 1;
    }
    memmove(text->data, text->data + from, text->size - from);
    text->size -= from;
}

/* Reads once. Returns false at the end. */
static bool read_more(int fd, struct buf *text)
{
    ssize_t n = read(fd, buf_reserve(text, 65536), 65536);
    text->size += n > 0 ? (size_t)n : 0;
    return n > 0 && text->size < SEEN_MOST;
}

/* Returns a reason if the watch ended by an error. */
static const char *watch(struct rehearsal *rehearsal, int port, json_t **ret_seen)
{
    int ends[2];
    sigset_t mask;
    buf_auto text = {0};
    const char *why = NULL;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return strerror(errno);
    }
    catch_signals(&mask);
    struct init_watch worker = {rehearsal, port, ends[1]};
    pid_t keeper = keeper_start(init_watch, &worker, true);
    close(ends[1]);
    struct pollfd polled = {ends[0], POLLIN, 0};
    while (!stopped && keeper > 0) {
        if (ppoll(&polled, 1, NULL, &mask) > 0) {
            bool more = read_more(ends[0], &text);
            if (text.size) {
                take_lines(&rehearsal->arena, &text, ret_seen, &why);
            }
            if (!more) {
                break;
            }
        }
    }
    if (keeper > 0) {
        kill(keeper, SIGTERM);
        while (waitpid(keeper, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    close(ends[0]);
    return keeper > 0 ? why : "no process could be made for the shop";
}

/* ------------------------------------------------------------------ the file */

static const char *refuse(struct arena *arena, const char *file)
{
    return arena_printf(arena,
                        errno == EEXIST
                            ? "%s: there is such a file, and --init writes over none; --settings "
                              "FILE names another"
                            : "%s: %s",
                        file, strerror(errno));
}

static const char *write_new(struct arena *arena, const char *file, const json_t *settings)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool good =
        fd >= 0 && json_dumpfd(settings, fd, JSON_INDENT(2)) == 0 && write(fd, "\n", 1) == 1;
    good = fd >= 0 && close(fd) == 0 && good;
    return good ? NULL : refuse(arena, file);
}

/* Why each place is open. */
static const struct {
    const char *path, *meaning;
    const char *(*rest)(struct arena *arena); /* follows the meaning; NULL: nothing does */
} explanations[] = {
    {"shop", "where the shop is"},
    {"order.url", "the address that opens an order"},
    {"order.form", "what it sends, with {amount} as the price; or \"json\", or a \"command\""},
    {"state.url", "a page or an API of the shop that has the status of {order}"},
    {"state.status", "a JSON pointer (\"/status\"), or a pattern whose group is the status"},
    {"state.map", "for each word of the shop what it means, ", settings_order_states},
};

static const char *meaning_of(struct arena *arena, const char *path)
{
    for (size_t i = 0; i < ARRAY_SIZE(explanations); i++) {
        if (strncmp(path, explanations[i].path, strlen(explanations[i].path)) == 0) {
            return arena_printf(arena, "%s%s", explanations[i].meaning,
                                explanations[i].rest ? explanations[i].rest(arena) : "");
        }
    }
    return "";
}

static void tell_open(struct arena *arena, const char *file, const json_t *settings)
{
    struct json_errors errors = {.arena = arena};
    fill_me_find(settings, &errors);
    printf("\n%s was written. Replace " FILL_ME " in it:\n", file);
    for (const struct json_error *error = errors.first; error; error = error->next) {
        printf("  %-28s %s\n", error->path, meaning_of(arena, error->path));
    }
    puts("Optional: \"refund\", \"restart\", \"reconcile\", \"return\", \"payout\", "
         "\"payout_state\"; "
         "\"fulfilments\", "
         "\"amount\" and \"refunded\" of \"state\".\n"
         "The page \"Rehearse your integration\" of the documentation explains each: "
         "/_mock/docs/rehearse of a running mock.");
}

const char *init_settings(struct rehearsal *rehearsal)
{
    const struct rehearse_options *given = &rehearsal->options;
    struct arena *arena = &rehearsal->arena;
    const char *file = given->settings ?: REHEARSE_SETTINGS;
    if (access(file, F_OK) == 0) {
        errno = EEXIST;
        return refuse(arena, file);
    }
    const char *why = rehearse_server_start(rehearsal);
    if (why) {
        return why;
    }
    json_t *seen = NULL;
    int claim; /* held until the program ends */
    int port = given->command ? pool_port(&claim) : 0;
    why = watch(rehearsal, port, &seen);
    rehearse_server_stop(rehearsal);
    if (!seen) {
        return why ?: "no purchase was seen: nothing was written";
    }
    json_t *settings = init_recognise(arena, given->shop, port, seen);
    why = write_new(arena, file, settings);
    if (!why) {
        tell_open(arena, file, settings);
    }
    json_decref(settings);
    json_decref(seen);
    return why;
}
