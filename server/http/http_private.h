/* What the files of the HTTP adapter share: http_server.c listens, http_receive.c reads requests,
 * http_send.c replies. */
#pragma once

#include "http/http_server.h"
#include "http/listen.h"

#include <microhttpd.h>

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
bool http_answer(struct http_request *request);

/* The reply stands: it leaves at once, or with the commit of this turn. */
enum MHD_Result http_deliver(struct http_request *request);

/* Nothing stands before the reply any more, but a fault that holds it. */
enum MHD_Result http_leave(struct http_request *request);

/* Hands the reply to libmicrohttpd, or harms the connection as the reply wants. */
enum MHD_Result http_send(struct http_request *request);

/* The request is not parked any more; nobody is told. */
void http_leave_park(struct http_request *request);

/* The client left before its held reply could: what was done stays done. */
void http_leave_held(struct http_request *request);
