/*
 * Accepts connections. libmicrohttpd listens on one socket only, and retries immediately when
 * accept fails. Here each address has a socket, and accepting pauses after a failure.
 */
#include "http_private.h"

#include "base/log.h"
#include "base/wall.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_MOST 64 /* per turn and socket */
#define PAUSE_MS 100    /* after a failure */

static bool watch(struct http_server *server, int how, uint32_t events)
{
    bool good = true;
    for (uint32_t i = 0; i < server->n_listeners; i++) {
        struct epoll_event event = {.events = events, .data.u32 = i};
        good = epoll_ctl(server->epoll_fd, how, server->listeners[i], &event) == 0 && good;
    }
    return good;
}

bool http_accept_begin(struct http_server *server)
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

void http_accept_end(struct http_server *server)
{
    while (server->n_listeners) {
        close(server->listeners[--server->n_listeners]);
    }
}
