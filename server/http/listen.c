#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MOST 16384u
#define SPARE_FDS 1024u /* files, callbacks and what libraries open */
#define BACKLOG 1024

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

int listen_open(const char *host, int port_number, char *ret_why, size_t why_size)
{
    char port[12];
    snprintf(port, sizeof port, "%d", port_number);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
                    *list = NULL;
    int failed = getaddrinfo(host, port, &hints, &list);
    if (failed) {
        snprintf(ret_why, why_size, "--listen %s:%d: %s", host, port_number, gai_strerror(failed));
        return -1;
    }
    int fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    if (fd >= 0) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    if (fd < 0 || bind(fd, list->ai_addr, list->ai_addrlen) || listen(fd, BACKLOG)) {
        snprintf(ret_why, why_size, "--listen %s:%d: %s", host, port_number, strerror(errno));
        if (fd >= 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    return fd;
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
