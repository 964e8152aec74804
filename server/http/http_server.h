/*
 * The HTTP adapter: libmicrohttpd in external-epoll mode, one thread. It reads a request with its
 * body, calls the handler and sends the handler's reply. A reply is held while the store is in a
 * turn, so a 201 is sent only after its commit. A handler may park a request to reply later.
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

/* Larger bodies are discarded and refused with 413, unless the route allows more. Beyond the second
 * limit the connection is closed. */
#define HTTP_BODY_MOST ((size_t)1 << 20)
#define HTTP_DISCARD_MOST ((size_t)16 << 20)
#define HTTP_HEADERS_MOST 12

/* Limit of all bodies together; a body beyond it is discarded and refused with 503. */
#define HTTP_BODIES_MOST ((size_t)256 << 20)

/* When all replies that are not sent yet are larger, no further large ones should be made. */
#define HTTP_REPLIES_MOST ((size_t)256 << 20)

struct http_server;
struct MHD_Connection;
struct fault_hit;
struct framing_refusal;

struct http_header {
    const char *name, *value;
};

/* A reply of unknown length, produced while it is sent. */
struct http_stream {
    /* Writes at most `room` bytes (never 0) to `into` and returns how many. 0: none at the
     * moment, the connection sleeps until http_stream_wake; -1: the end. NULL: the request has
     * no stream. */
    ssize_t (*read)(void *arg, char *into, size_t room);
    void (*gone)(void *arg); /* the connection ended, for whatever reason */
    void *arg;
};

/* Faults of a reply (server/docs/faults.md). */
enum reply_fault {
    REPLY_INTACT,
    REPLY_RESET,  /* nothing is sent, the connection is reset */
    REPLY_CLOSED, /* nothing is sent, the connection is closed */
    REPLY_CUT,    /* the connection is closed after `cut_at` bytes of the body */
    REPLY_SLOW,   /* the body is sent at `bytes_per_s` */
};

struct http_reply {
    unsigned status; /* 0: no reply yet */
    const char *type;
    struct buf body;
    const char *fixed; /* instead of body: bytes that outlive the server (embedded files) */
    size_t fixed_size;
    struct http_header headers[HTTP_HEADERS_MOST];
    size_t n_headers;
    enum reply_fault fault;
    int64_t cut_at; /* -1: half of the body */
    int64_t bytes_per_s;
    int64_t hold_ms; /* delay before it is sent or the fault is applied */
};

struct http_request {
    struct arena arena;            /* lives as long as the request */
    const char *method;            /* "GET" also for a HEAD, see `head` */
    const char *target;            /* raw */
    const char *path, *query_text; /* target.h; path NULL: the target is malformed */
    bool head, too_large;
    bool old;       /* HTTP/1.0 */
    size_t replied; /* its part of http_server_replies */
    bool no_room;   /* the body was discarded: HTTP_BODIES_MOST */
    bool crowded;   /* too much is not read yet: HTTP_REPLIES_MOST */
    /* Why the request must be refused before its route is called; its connection then ends. NULL:
     * it is well-formed. */
    const struct framing_refusal *refusal;
    const char *body;
    size_t body_size;
    int64_t began_us;
    const struct fault_hit *fault; /* the fault that the call meets, NULL: none; in the arena */

    struct http_reply reply;
    bool parked;
    bool waited;             /* it was parked or is a stream, so its duration is not counted */
    bool rolled_back;        /* its changes were undone and its reply is a 503 */
    void (*gone)(void *arg); /* called when the request ends while parked */
    void *gone_arg;
    struct http_stream stream;
    struct record *record; /* record.h */

    /* private to the adapter */
    struct http_server *server;
    struct MHD_Connection *connection;
    struct buf upload;
    size_t received, body_most;
    bool started, handled, held, suspended;
    bool ended; /* replied directly on the socket */
    bool last;  /* the connection ends with its reply */
    struct timer timer;
    json_t *query, *document; /* parsed at first use */
    struct json_errors query_errors;
    struct http_request *next_held;
};

struct http_options {
    const char *host;               /* an address, or a name with all its addresses */
    int port;                       /* 0: any free port */
    const char *tls_cert, *tls_key; /* files, or NULL */
    /* the limit of a request's body, at most HTTP_DISCARD_MOST; called before it is read */
    size_t (*body_most)(void *arg, struct http_request *request);
    void (*handle)(void *arg, struct http_request *request); /* fills request->reply, or parks */
    void (*done)(void *arg,
                 struct http_request *request); /* the reply is being sent: for the log */
    /* the reply was sent completely, or never will be; may be called twice */
    void (*over)(void *arg, struct http_request *request);
    bool (*must_hold)(void *arg); /* true: replies wait for http_release */
    void *arg;
};

/* Starts listening. Returns NULL, or the reason of an error; ret_taken: the address is in use. */
const char *http_server_start(const struct http_options *options, struct arena *arena,
                              bool *ret_taken, struct http_server **ret_server);

/* Sends held replies and closes all connections. No request may be parked and no stream may sleep.
 * `server` may be NULL. */
void http_server_stop(struct http_server *server);

/* Stops accepting connections and frees the port; later requests get 503. */
void http_server_quiesce(struct http_server *server);

int http_server_port(const struct http_server *server);
int http_server_fd(const struct http_server *server); /* readable when http_server_run has work */
void http_server_run(struct http_server *server);

/* The loop_source callbacks. Gathering repeats while new requests arrive, because a commit costs
 * the same for one request as for many. */
int64_t http_server_wait_ms(const void *server);
void http_server_gather(void *server);

int http_accept_fd(const struct http_server *server); /* readable when there are new connections */

/* Accepts new connections; the next http_server_run reads from them. */
void http_accept_run(struct http_server *server);

int http_server_connections(const struct http_server *server);

/* Bytes of request bodies in memory. */
size_t http_server_bodies(const struct http_server *server);

/* Bytes of replies in memory, until the client has read them or is gone. */
size_t http_server_replies(const struct http_server *server);

/* Sends the held replies; after a failed commit each becomes a 503. Returns true if there were
 * any. */
bool http_release(struct http_server *server, bool committed);

/* Returns a request header's value; NULL if it was not sent. */
const char *http_header(const struct http_request *request, const char *name);

/* Calls `each` for every request header. */
void http_headers(const struct http_request *request,
                  void (*each)(void *arg, const char *name, const char *value), void *arg);

/* Calls `each` for every header of the reply, also its type, without those that the library adds.
 */
void http_reply_headers(const struct http_request *request,
                        void (*each)(void *arg, const char *name, const char *value), void *arg);

/* The reason phrase of a status line: 404 -> "Not Found". */
const char *http_reason(unsigned status);

/* The address of the client. */
const char *http_client_ip(struct http_request *request);

/* Returns the query as a tree (form.h), borrowed; parsed at the first call. */
const json_t *http_query(struct http_request *request);

/* Errors in the query; the router refuses the request if there are any. */
const struct json_errors *http_query_errors(struct http_request *request);

/* Returns a parameter of the query; NULL if it is missing or not a plain value. */
const char *http_query_text(struct http_request *request, const char *name);

/* Parks the request until http_unpark; `gone` is called if it ends before. */
void http_park(struct http_request *request, void (*gone)(void *arg), void *arg);

/* Sends the reply of a parked request. */
void http_unpark(struct http_request *request);

/* Parks the request and calls the handler again after `ms`, as if it had arrived then. */
void http_postpone(struct http_request *request, int64_t ms);

/* ------------------------------------------------------------------ streams */

/* Replies of unknown length. A connection with nothing to send sleeps, removed from polling, until
 * it is woken. */

/* Replies with a stream. `gone` is called at its end, and immediately for a HEAD, which has no
 * body. */
void http_stream_begin(struct http_request *request, const char *type,
                       const struct http_stream *stream);

/* Wakes the connection: there is something to read, or the end. */
void http_stream_wake(struct http_request *request);

/* Returns true if the connection sleeps. */
bool http_stream_sleeps(const struct http_request *request);

/* Returns true if the client has disconnected. A sleeping connection is not polled, so this asks
 * the socket. */
bool http_stream_is_deserted(const struct http_request *request);

/* ------------------------------------------------------------------ replies */

/* Every handler calls one of these, or parks the request. */

#define HTTP_JSON "application/json"
#define HTTP_REASON                                                                                \
    "X-Mock-Reason" /* why a call is refused: the platform's body has only a code                  \
                     */
#define HTTP_HTML "text/html; charset=utf-8"

/* Starts a reply and returns the buffer for its body. */
struct buf *http_reply(struct http_request *request, unsigned status,
                       const char *type) ATTR_NONNULL;

/* Name and value must live as long as the request. */
void http_reply_header(struct http_request *request, const char *name, const char *value);

/* A reply without a body. */
void http_reply_empty(struct http_request *request, unsigned status);

/* Replies with bytes that outlive the server. */
void http_reply_fixed(struct http_request *request, unsigned status, const char *type,
                      const char *data, size_t size);

/* The platform's error for a status code: {"errors":[{"status":"Not Found","code":"404"}]} (P1001,
 * P1007). */
void http_reply_error(struct http_request *request, unsigned status);
