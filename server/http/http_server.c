#include "http_private.h"

#include "base/die.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/wall.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_MOST 64  /* per turn and socket */
#define PAUSE_MS 100     /* of accepting, after a failure */
#define GATHER_ROUNDS 16 /* per turn */
#define IDLE_TIMEOUT_S 30u
#define PEM_MOST ((size_t)1 << 20)
/* For the request line and headers with libmicrohttpd's records of them. It clears all of this
 * after each request. */
#define CONNECTION_MEMORY ((size_t)32768)

/* ------------------------------------------------------------------ accepting */

/* libmicrohttpd listens on one socket only, and retries immediately when accept fails. Here each
 * address has a socket, and accepting pauses after a failure: `events` 0. */
static bool watch(struct http_server *server, int how, uint32_t events)
{
    bool good = true;
    for (uint32_t i = 0; i < server->n_listeners; i++) {
        struct epoll_event event = {.events = events, .data.u32 = i};
        good = epoll_ctl(server->epoll_fd, how, server->listeners[i], &event) == 0 && good;
    }
    return good;
}

/* Starts polling the listening sockets; returns false and sets errno on an error. */
static bool begin_accepting(struct http_server *server)
{
    server->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return server->epoll_fd >= 0 && watch(server, EPOLL_CTL_ADD, EPOLLIN);
}

int http_accept_fd(const struct http_server *server)
{
    return server->epoll_fd;
}

int http_server_connections(const struct http_server *server)
{
    return (int)MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
        ->num_connections;
}

static void go_on(void *arg)
{
    watch(arg, EPOLL_CTL_MOD, EPOLLIN);
}

/* Pauses accepting; new connections wait in the kernel's queue. Logs only the first of repeated
 * failures. */
static void pause_for(struct http_server *server, const char *why)
{
    if (timer_runs(&server->accept_pause)) {
        return;
    }
    watch(server, EPOLL_CTL_MOD, 0);
    timer_start(&server->timers, &server->accept_pause, mono_now_ms() + PAUSE_MS, go_on, server);
    if (!server->accept_failed) {
        server->accept_failed = true;
        log_event(LOG_WARN, "not_accepting", LOG_TEXT("error", why),
                  LOG_NUMBER("connections", http_server_connections(server)));
    }
}

/* Accepts one connection. Returns false if the queue is empty or accepting is paused. */
static bool accept_one(struct http_server *server, int listener)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if ((unsigned)http_server_connections(server) >= server->connections_most) {
        pause_for(server, "no more connections are allowed");
        return false;
    }
    int fd = accept4(listener, (struct sockaddr *)&address, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        bool next = errno == EINTR || errno == ECONNABORTED;
        if (!next && errno != EAGAIN) {
            pause_for(server, strerror(errno));
        }
        return next;
    }
    if (MHD_add_connection(server->daemon, fd, (struct sockaddr *)&address, size) != MHD_YES) {
        pause_for(server, strerror(errno)); /* libmicrohttpd has closed it */
        return false;
    }
    server->accept_failed = false;
    return true;
}

void http_accept_run(struct http_server *server)
{
    struct epoll_event events[LISTEN_MOST];
    int n = epoll_wait(server->epoll_fd, events, LISTEN_MOST, 0);
    for (int i = 0; i < n; i++) {
        int most = ACCEPTS_MOST;
        while (most-- && accept_one(server, server->listeners[events[i].data.u32])) {
        }
    }
}

static void close_listeners(struct http_server *server)
{
    while (server->n_listeners) {
        close(server->listeners[--server->n_listeners]);
    }
}

/* ------------------------------------------------------------------ the daemon */

/*
 * libmicrohttpd's messages about clients' errors. They are for debugging, except those about
 * requests that it refuses itself, which are reported nowhere else. Those have one of these parts;
 * all but the first close the connection without an answer (1.0.1).
 */
static const char *const refused[] = {"Error processing request", "request line",
                                      "extra empty lines", "The request has "};

static enum log_level level_of(const char *message)
{
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        if (strstr(message, refused[i])) {
            return LOG_WARN;
        }
    }
    return LOG_DEBUG;
}

static void log_daemon(void *arg, const char *format, va_list args) ATTR_PRINTF(2, 0);

static void log_daemon(void *arg, const char *format, va_list args)
{
    (void)arg;
    char text[512];
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    enum log_level level = level_of(text);
    if (log_wants(level)) {
        log_event(level, "http", LOG_TEXT("text", text));
    }
}

static const char *read_pem(const char *name, struct arena *arena, char **ret_text)
{
    buf_auto content = {0};
    const char *why = file_read(arena, name, PEM_MOST, &content);
    *ret_text = why ? NULL : buf_take(&content);
    return why;
}

/* Opens what may fail before the daemon starts. */
static const char *open_parts(struct http_server *server, struct arena *arena, bool *ret_taken)
{
    const struct http_options *options = &server->options;
    const char *why = NULL;
    if (options->tls_cert) {
        why = read_pem(options->tls_cert, arena, &server->cert);
        why = why ? why : read_pem(options->tls_key, arena, &server->key);
    }
    return why ? why
               : listen_open(options->host, options->port, arena, ret_taken, server->listeners,
                             &server->n_listeners);
}

const char *http_server_start(const struct http_options *options, struct arena *arena,
                              bool *ret_taken, struct http_server **ret_server)
{
    *ret_taken = false;
    struct http_server *server = mem_alloc(sizeof *server);
    server->options = *options;
    server->connections_most = listen_connections_most();
    const char *why = open_parts(server, arena, ret_taken);
    server->port = why ? 0 : listen_port(server->listeners[0]);
    if (!why && !server->port) {
        why =
            arena_printf(arena, "%s: cannot find out the port: %s", options->host, strerror(errno));
    }
    if (why) {
        http_server_stop(server);
        return why;
    }
    const struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, server->cert},
                                         {MHD_OPTION_HTTPS_MEM_KEY, 0, server->key},
                                         {MHD_OPTION_END, 0, NULL}};
    const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG | (server->cert ? MHD_USE_TLS : 0u);
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, http_access, server, MHD_OPTION_EXTERNAL_LOGGER, log_daemon, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, http_begin, server, MHD_OPTION_NOTIFY_COMPLETED, http_finish,
        NULL, MHD_OPTION_NOTIFY_CONNECTION, http_connection, server, MHD_OPTION_CONNECTION_TIMEOUT,
        IDLE_TIMEOUT_S, MHD_OPTION_CONNECTION_LIMIT, server->connections_most,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, MHD_OPTION_ARRAY,
        server->cert ? tls : none, MHD_OPTION_END);
    if (!server->daemon || !begin_accepting(server)) {
        why = server->cert
                  ? arena_printf(
                        arena,
                        "%s: the certificate or its key is not valid PEM, or they do not match",
                        options->tls_cert)
                  : arena_printf(arena, "%s: cannot start the server", options->host);
        http_server_stop(server);
        return why;
    }
    *ret_server = server;
    return NULL;
}

void http_server_quiesce(struct http_server *server)
{
    server->closing = true;
    close_listeners(server);
    timers_run(&server->timers, INT64_MAX);
}

void http_server_stop(struct http_server *server)
{
    if (!server) {
        return;
    }
    if (server->daemon) {
        /* MHD_stop_daemon aborts if a connection is suspended (0.9.75): all must be resumed by
         * now. */
        if (server->parked) {
            die("%zu requests are parked at the end", server->parked);
        }
        http_release(server, true);
        MHD_run(server->daemon);
        MHD_stop_daemon(server->daemon);
    }
    close_listeners(server);
    if (server->epoll_fd > 0) {
        close(server->epoll_fd);
    }
    free(server->cert);
    free(server->key);
    timers_finish(&server->timers);
    free(server);
}

int http_server_port(const struct http_server *server)
{
    return server->port;
}

int http_server_fd(const struct http_server *server)
{
    return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int64_t http_server_wait_ms(const void *arg)
{
    const struct http_server *server = arg;
    const int64_t most_ms = 60000;
    MHD_UNSIGNED_LONG_LONG wait;
    int64_t own_ms = timers_wait_ms(&server->timers, mono_now_ms());
    if (MHD_get_timeout(server->daemon, &wait) == MHD_YES &&
        (own_ms < 0 || wait < (MHD_UNSIGNED_LONG_LONG)own_ms)) {
        own_ms = wait < (MHD_UNSIGNED_LONG_LONG)most_ms ? (int64_t)wait : most_ms;
    }
    return own_ms < most_ms ? own_ms : most_ms;
}

void http_server_run(struct http_server *server)
{
    timers_run(&server->timers, mono_now_ms());
    tls_hello_look(server);
    MHD_run(server->daemon);
}

void http_server_gather(void *arg)
{
    struct http_server *server = arg;
    size_t before;
    int rounds = 0;
    do {
        before = server->n_held;
        http_server_run(server);
    } while (server->n_held > before && ++rounds < GATHER_ROUNDS);
}

size_t http_server_bodies(const struct http_server *server)
{
    return server->bodies;
}

size_t http_server_replies(const struct http_server *server)
{
    return server->replies;
}
