/* Listening sockets, and the limit of connections. */
#include "http_private.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MOST 16384u
#define SPARE_FDS 1024u /* for files, callbacks and libraries */
#define BACKLOG 1024
#define PICKS_MOST 20 /* retries if the picked port is taken on another address */

unsigned listen_connections_most(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) {
        return 512;
    }
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    rlim_t spare = limit.rlim_cur > 2 * SPARE_FDS ? SPARE_FDS : limit.rlim_cur / 2;
    rlim_t most = limit.rlim_cur - spare;
    return most > CONNECTIONS_MOST ? CONNECTIONS_MOST : (unsigned)most;
}

static void log_missing(const struct addrinfo *address, int error)
{
    char host[NI_MAXHOST] = "?";
    getnameinfo(address->ai_addr, address->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST);
    log_event(LOG_WARN, "not_listening", LOG_TEXT("address", host),
              LOG_TEXT("error", strerror(error)));
}

static void set_port(struct sockaddr *address, int port)
{
    if (address->sa_family == AF_INET6) {
        ((struct sockaddr_in6 *)address)->sin6_port = htons((uint16_t)port);
    } else {
        ((struct sockaddr_in *)address)->sin_port = htons((uint16_t)port);
    }
}

/* Opens a socket that listens on one address; returns -1 and sets errno on an error. `others`:
 * there are more addresses, so an IPv6 socket must not take IPv4 connections. */
static int open_one(const struct addrinfo *address, bool others)
{
    const int on = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (others && address->ai_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (bind(fd, address->ai_addr, address->ai_addrlen) || listen(fd, BACKLOG)) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static bool is_repeated(const struct addrinfo *list, const struct addrinfo *address)
{
    while (list != address && (list->ai_addrlen != address->ai_addrlen ||
                               memcmp(list->ai_addr, address->ai_addr, list->ai_addrlen) != 0)) {
        list = list->ai_next;
    }
    return list != address;
}

/* Opens all addresses that the machine has, with the port of the first. Returns how many; 0 and
 * errno on an error. */
static size_t open_all(struct addrinfo *list, int port, int ret_fds[LISTEN_MOST])
{
    size_t n = 0;
    int why = EADDRNOTAVAIL;
    for (struct addrinfo *address = list; address && n < LISTEN_MOST; address = address->ai_next) {
        if (is_repeated(list, address)) {
            continue;
        }
        set_port(address->ai_addr, n ? listen_port(ret_fds[0]) : port);
        int fd = open_one(address, list->ai_next);
        if (fd >= 0 && listen_port(fd)) {
            ret_fds[n++] = fd;
            continue;
        }
        why = errno;
        if (fd >= 0) {
            close(fd); /* its port cannot be found out */
        }
        bool missing = why == EADDRNOTAVAIL || why == EAFNOSUPPORT || why == EPROTONOSUPPORT;
        if (!missing) {
            while (n) {
                close(ret_fds[--n]);
            }
            break;
        }
        log_missing(address, why);
    }
    errno = why;
    return n;
}

static const char *refuse(const char *host, int port, int error, struct arena *arena)
{
    bool v6 = strchr(host, ':');
    const char *shown = arena_printf(arena, "%s%s%s", v6 ? "[" : "", host, v6 ? "]" : "");
    const char *remedy =
        error == EADDRINUSE
            ? arena_printf(arena, "; stop what uses it, or choose a free port with --listen %s:0",
                           shown)
            : "";
    return arena_printf(arena, "--listen %s:%d: %s%s", shown, port, strerror(error), remedy);
}

const char *listen_open(const char *host, int port_number, struct arena *arena, bool *ret_taken,
                        int ret_fds[LISTEN_MOST], size_t *ret_n)
{
    char port[12];
    snprintf(port, sizeof port, "%d", port_number);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
                    *list = NULL;
    int failed = getaddrinfo(host, port, &hints, &list);
    if (failed) {
        return arena_printf(arena, "--listen %s:%d: %s", host, port_number, gai_strerror(failed));
    }
    size_t n = 0;
    for (int tries = 0; !n && tries < PICKS_MOST; tries++) {
        n = open_all(list, port_number, ret_fds);
        if (!n && (port_number || errno != EADDRINUSE)) {
            break;
        }
    }
    const char *why = n ? NULL : refuse(host, port_number, errno, arena);
    *ret_taken = !n && errno == EADDRINUSE;
    freeaddrinfo(list);
    *ret_n = n;
    return why;
}

int listen_port(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &size)) {
        return 0;
    }
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}
