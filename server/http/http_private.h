/* What the files of the HTTP adapter share: http_server.c listens, http_receive.c reads requests,
 * http_send.c replies. */
#pragma once

#include "http/http_server.h"

#include <microhttpd.h>

#define LISTEN_MOST 8 /* addresses of one name */

struct http_server {
    struct http_options options;
    struct MHD_Daemon *daemon;
    int epoll_fd; /* of the listening sockets; 0: none yet */
    int listeners[LISTEN_MOST];
    size_t n_listeners;
    unsigned connections_most;
    struct timer accept_pause;
    bool accept_failed; /* the last connection was not accepted, which has been logged */
    int port;
    char *cert, *key;
    struct http_request *held; /* answered, waiting for http_release */
    size_t n_held, parked;
    size_t bodies; /* bytes of all bodies that are kept */
    struct timers timers;
    bool closing;
};

/* Raises the limit of open files as far as it goes; what remains for connections. */
unsigned listen_connections_most(void);

/*
 * Listens on every address of `host`, all with the same port (0: a free one). An address that the
 * machine does not have (IPv6 is off) is left out with a warning in the log. On an error returns
 * the reason; no socket is open then.
 */
const char *listen_open(const char *host, int port, struct arena *arena, int ret_fds[LISTEN_MOST],
                        size_t *ret_n);

/* The port of a listening socket. */
int listen_port(int fd);

/* Watches the listening sockets; false with errno. */
bool http_accept_begin(struct http_server *server);

/* Closes the listening sockets. */
void http_accept_end(struct http_server *server);

/* libmicrohttpd's callbacks for a connection: its begin and end, a request's target, a request with
 * its body piece by piece, a request's end. */
void http_connection(void *arg, struct MHD_Connection *connection, void **context,
                     enum MHD_ConnectionNotificationCode code);
void *http_begin(void *arg, const char *target, struct MHD_Connection *connection);
enum MHD_Result http_access(void *arg, struct MHD_Connection *connection, const char *url,
                            const char *method, const char *version, const char *data, size_t *size,
                            void **context);
void http_finish(void *arg, struct MHD_Connection *connection, void **context,
                 enum MHD_RequestTerminationCode code);

/*
 * Sends the reply past libmicrohttpd, where that cannot send one: before it has read the header
 * fields, and in the middle of a body. The connection then ends. With TLS it ends without a reply.
 */
void http_send_past(struct http_request *request);

/* The handler's turn; true when it left an answer rather than parked the request. */
bool http_run_handler(struct http_request *request);

/* The reply stands: it leaves at once, or with the commit of this turn. */
enum MHD_Result http_reply_ready(struct http_request *request);

/* Sends the reply, or holds it back first if its fault says so. */
enum MHD_Result http_send_when_due(struct http_request *request);

/* Hands the reply to libmicrohttpd, or applies its fault to the connection. */
enum MHD_Result http_send(struct http_request *request);

/* The request is not parked any more; does not call `gone`. */
void http_end_park(struct http_request *request);

/* The client left before its held reply could: what was done stays done. */
void http_drop_held(struct http_request *request);

/* The response that reads from the request's stream. */
struct MHD_Response *http_stream_response(struct http_request *request);

/* The connection is to end without a byte; with REPLY_RESET it is reset here. */
bool reply_fault_ends(struct http_request *request);

/*
 * The response of a reply with the fault REPLY_CUT or REPLY_SLOW. Takes the body out of the reply.
 * A slow body suspends the connection between its pieces, until the server ends.
 */
struct MHD_Response *reply_fault_response(struct http_request *request);
