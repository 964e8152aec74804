/*
 * The HTTP adapter: libmicrohttpd in external-epoll mode, one thread. It reads a request with its
 * body, hands it to the one handler and sends the reply that the handler made. A reply is held
 * while the store is in a turn (so that a 201 leaves only after its commit), and a handler may park
 * a request to answer it later.
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"
#include "base/timers.h"
#include "wire/json_read.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Larger bodies are read, thrown away and answered 413, unless the request may have more; beyond
 * the second the connection is closed. */
#define HTTP_BODY_MOST ((size_t)1 << 20)
#define HTTP_DISCARD_MOST ((size_t)16 << 20)
#define HTTP_HEADERS_MOST 12

/* What all bodies may take together; a further one is read, thrown away and answered 503. */
#define HTTP_BODIES_MOST ((size_t)256 << 20)

struct http_server;
struct MHD_Connection;
struct fault_hit;
struct framing_refusal;

struct http_header {
    const char *name, *value;
};

/* A reply without an end, written as it is sent. */
struct http_stream {
    /* Puts at most `room` bytes (never 0) into `into`: how many. 0: nothing now, the connection
     * sleeps until http_stream_wake; -1: the end. NULL: the request has no stream. */
    ssize_t (*read)(void *arg, char *into, size_t room);
    void (*gone)(void *arg); /* the connection has ended, whoever ended it */
    void *arg;
};

/* What is done to a reply that must not leave whole (server/docs/faults.md). */
enum reply_fault {
    REPLY_INTACT,
    REPLY_RESET,  /* no byte leaves, the connection is reset */
    REPLY_CLOSED, /* no byte leaves, the connection is closed */
    REPLY_CUT,    /* after `cut_at` bytes of the body the connection is closed */
    REPLY_SLOW,   /* `bytes_per_s` of the body */
};

struct http_reply {
    unsigned status; /* 0: not answered yet */
    const char *type;
    struct buf body;
    const char *fixed; /* instead of body: bytes that outlive the server (embedded files) */
    size_t fixed_size;
    struct http_header headers[HTTP_HEADERS_MOST];
    size_t n_headers;
    enum reply_fault fault;
    int64_t cut_at; /* -1: half of the body */
    int64_t bytes_per_s;
    int64_t hold_ms; /* how long it is held before it leaves, or before the fault is applied */
};

struct http_request {
    struct arena arena;            /* lives as long as the request */
    const char *method;            /* "GET" also for a HEAD, see `head` */
    const char *target;            /* raw */
    const char *path, *query_text; /* target.h; path NULL: the target cannot be read */
    bool head, too_large;
    bool no_room; /* the body was thrown away: HTTP_BODIES_MOST */
    /* The request must be answered with this instead of what its route does; its connection ends.
     * NULL: it is well-formed. */
    const struct framing_refusal *refusal;
    const char *body;
    size_t body_size;
    int64_t began_us;
    const struct fault_hit *fault; /* that the call has met, NULL: none; in the arena */

    struct http_reply reply;
    bool parked;
    bool waited;             /* it was parked, or is a stream: its time says nothing */
    bool rolled_back;        /* what it did was undone, and its reply is a 503 */
    void (*gone)(void *arg); /* called when the request ends while parked */
    void *gone_arg;
    struct http_stream stream;
    struct record *record; /* record.h */

    /* the adapter's own */
    struct http_server *server;
    struct MHD_Connection *connection;
    struct buf upload;
    size_t received, body_most;
    bool started, handled, held, suspended;
    bool ended; /* answered past libmicrohttpd */
    struct timer timer;
    json_t *query, *document; /* parsed when first asked for */
    struct json_errors query_errors;
    struct http_request *next_held;
};

struct http_options {
    const char *host;               /* an address or a name: all its addresses */
    int port;                       /* 0: a free one */
    const char *tls_cert, *tls_key; /* files, or NULL */
    /* how much body a request may have, at most HTTP_DISCARD_MOST; asked before it is read */
    size_t (*body_most)(void *arg, struct http_request *request);
    void (*handle)(void *arg, struct http_request *request); /* fills request->reply, or parks */
    void (*done)(void *arg, struct http_request *request);   /* the reply leaves: for the log */
    /* the whole reply has left, or it never will; may be called twice */
    void (*over)(void *arg, struct http_request *request);
    bool (*must_hold)(void *arg); /* replies wait for http_release */
    void *arg;
};

/* Listens. On an error returns the reason. */
const char *http_server_start(const struct http_options *options, struct arena *arena,
                              struct http_server **ret_server);

/* Ends all connections, after the last held replies. No request may be parked, no stream may sleep.
 * NULL is fine. */
void http_server_stop(struct http_server *server);

/* No new connections from now on, the port is free again; requests that still come get 503. */
void http_server_quiesce(struct http_server *server);

int http_server_port(const struct http_server *server);
int http_server_fd(const struct http_server *server); /* readable when http_server_run has work */
void http_server_run(struct http_server *server);

/* As a loop_source: takes what has come, and then what came while it was taken, because a commit
 * costs the same for one request and for many. Stops when a round brings nothing new. */
int64_t http_server_wait_ms(const void *server);
void http_server_gather(void *server);

int http_accept_fd(const struct http_server *server); /* readable when there are new connections */

/* Takes new connections, which the next http_server_run reads from. */
void http_accept_run(struct http_server *server);

int http_server_connections(const struct http_server *server);

/* How many bytes of bodies are kept. */
size_t http_server_bodies(const struct http_server *server);

/* Sends the held replies; after a failed commit each becomes a 503. True when there were any. */
bool http_release(struct http_server *server, bool committed);

/* A request header's value, NULL when it was not sent. */
const char *http_header(const struct http_request *request, const char *name);

/* Calls `each` for every request header. */
void http_headers(const struct http_request *request,
                  void (*each)(void *arg, const char *name, const char *value), void *arg);

/* The address of the client. */
const char *http_client_ip(struct http_request *request);

/* The query as a tree (form.h), borrowed; parsed at the first call. */
const json_t *http_query(struct http_request *request);

/* What is wrong with the query; the router refuses the request if there is anything. */
const struct json_errors *http_query_errors(struct http_request *request);

/* A value of the query, NULL when it is not there or is no plain value. */
const char *http_query_text(struct http_request *request, const char *name);

/* Takes the request off the loop until http_unpark; `gone` is called if it ends before. */
void http_park(struct http_request *request, void (*gone)(void *arg), void *arg);

/* The reply of a parked request stands. */
void http_unpark(struct http_request *request);

/* Parks the request and gives it to the handler once more after `ms`, as if it had come then. */
void http_postpone(struct http_request *request, int64_t ms);
