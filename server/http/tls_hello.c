/*
 * Notices clients that speak TLS to a port without it. libmicrohttpd sees a malformed request, or
 * one that never ends, and does not say whose. So this looks at the first bytes of new connections.
 */
#include "base/log.h"
#include "http_private.h"

#include <errno.h>
#include <sys/socket.h>

#define HELLO_MOST 16384 /* bytes of a record */

/* A record of a handshake, of any version. */
static bool is_hello(const unsigned char *data, ssize_t size)
{
    return size >= 2 && data[0] == 0x16 && data[1] == 0x03;
}

void tls_hello_expect(struct http_server *server, int fd)
{
    if (!server->cert) {
        server->fresh[server->n_fresh++ % FRESH_MOST] = fd + 1;
    }
}

void tls_hello_forget(struct http_server *server, int fd)
{
    for (size_t i = 0; i < FRESH_MOST; i++) {
        server->fresh[i] = server->fresh[i] == fd + 1 ? 0 : server->fresh[i];
    }
}

/* Takes what was sent, so that libmicrohttpd reads the end of the connection and closes it. A reply
 * in plain HTTP is what makes clients speak of a wrong version. */
static void refuse(int fd)
{
    static const char reply[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    char taken[HELLO_MOST];
    (void)!recv(fd, taken, sizeof taken, MSG_DONTWAIT);
    (void)send(fd, reply, sizeof reply - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(fd, SHUT_RD);
    log_event(LOG_WARN, "tls_to_http",
              LOG_TEXT("text", "a client speaks TLS, but this port speaks HTTP: use http:// in the "
                               "client, or start with --tls-cert and --tls-key"));
}

void tls_hello_look(struct http_server *server)
{
    for (size_t i = 0; i < FRESH_MOST; i++) {
        unsigned char data[2];
        int fd = server->fresh[i] - 1;
        ssize_t size = fd < 0 ? 0 : recv(fd, data, sizeof data, MSG_PEEK | MSG_DONTWAIT);
        if (size < 0 && errno == EAGAIN) {
            continue;
        }
        server->fresh[i] = 0;
        if (is_hello(data, size)) {
            refuse(fd);
        }
    }
}
