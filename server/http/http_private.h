/* Shared by the files of the HTTP adapter: http_server.c listens, http_receive.c reads requests,
 * http_send.c sends replies. */
#pragma once

#include "http/http_server.h"

#include <microhttpd.h>

#define LISTEN_MOST 8 /* addresses per host name */
#define FRESH_MOST 16 /* new connections whose first bytes are looked at */

struct http_server {
    struct http_options options;
    struct MHD_Daemon *daemon;
    int epoll_fd; /* of the listening sockets; 0: not created */
    int listeners[LISTEN_MOST];
    size_t n_listeners;
    unsigned connections_most;
    struct timer accept_pause;
    bool accept_failed; /* the last accept failed and was logged */
    int port;
    char *cert, *key;
    struct http_request *held; /* replies that wait for http_release */
    size_t n_held, parked;
    size_t bodies, replies; /* bytes of all bodies, and of all replies, in memory */
    struct timers timers;
    bool closing;
    int fresh[FRESH_MOST]; /* sockets plus 1 that have not sent anything yet, 0: none */
    size_t n_fresh;        /* counts them */
};

/* Raises the limit of open files as far as possible. Returns how many connections it allows. */
unsigned listen_connections_most(void);

/*
 * Listens on every address of `host`, all with the same port (0: any free port). An address that
 * the machine does not have (IPv6 is off) is skipped with a warning in the log. Returns NULL, or
 * the reason of an error; then no socket is open. ret_taken: because the address is in use.
 */
const char *listen_open(const char *host, int port, struct arena *arena, bool *ret_taken,
                        int ret_fds[LISTEN_MOST], size_t *ret_n);

/*
 * tls_hello.c: a new connection, of which the newest FRESH_MOST are looked at; its end; and a look
 * at what they sent, before libmicrohttpd reads it. A client that speaks TLS is logged, and its
 * connection ended. With --tls-cert they do nothing.
 */
void tls_hello_expect(struct http_server *server, int fd);
void tls_hello_forget(struct http_server *server, int fd);
void tls_hello_look(struct http_server *server);

/* The port of a listening socket. */
int listen_port(int fd);

/* libmicrohttpd's callbacks: start and end of a connection, a request's target, a request with its
 * body in pieces, the end of a request. */
void http_connection(void *arg, struct MHD_Connection *connection, void **context,
                     enum MHD_ConnectionNotificationCode code);
void *http_begin(void *arg, const char *target, struct MHD_Connection *connection);
enum MHD_Result http_access(void *arg, struct MHD_Connection *connection, const char *url,
                            const char *method, const char *version, const char *data, size_t *size,
                            void **context);
void http_finish(void *arg, struct MHD_Connection *connection, void **context,
                 enum MHD_RequestTerminationCode code);

/*
 * Sends the reply directly on the socket, where libmicrohttpd cannot: before it has read the header
 * fields, and in the middle of a body. The connection then ends. With TLS it ends without a reply.
 */
void http_send_past(struct http_request *request);

/* Calls the handler. Returns true if it replied, false if it parked the request. */
bool http_run_handler(struct http_request *request);

/* The reply is complete: sends it at once, or with the commit of this turn. */
enum MHD_Result http_reply_ready(struct http_request *request);

/* Sends the reply, or delays it first if its fault says so. */
enum MHD_Result http_send_when_due(struct http_request *request);

/* Ends the parking without calling `gone`. */
void http_end_park(struct http_request *request);

/* The client disconnected before its held reply was sent; the changes remain. */
void http_drop_held(struct http_request *request);
