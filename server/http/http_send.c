/* Sends replies: when they may be sent, and how: whole, with a fault (enum reply_fault), or as a
 * stream. */
#include "http_private.h"

#include "base/die.h"
#include "base/wall.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BLOCK ((size_t)16384) /* most bytes of a slow body or a stream that are read at once */
#define RETRY_AFTER_S "1"     /* of a 503: a failed commit is often followed by a good one */
#define TICKS_PER_S 20        /* pieces of a slow body per second, if it is fast enough for that */

/* ------------------------------------------------------------------ replies with a fault */

/*
 * Disconnecting the socket makes the kernel send a reset. SO_LINGER does not work here: the library
 * shuts the socket down before it closes it.
 */
static void reset(struct http_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    if (info) {
        (void)connect(info->connect_fd, &nowhere, sizeof nowhere);
    }
}

/* Returns true if the connection must end without a byte; resets it for REPLY_RESET. */
static bool ends_unsent(struct http_request *request)
{
    enum reply_fault fault = request->reply.fault;
    if (fault == REPLY_RESET) {
        reset(request);
    }
    return fault == REPLY_RESET || fault == REPLY_CLOSED;
}

/* A body being sent. Owned by the response, which outlives the request. */
struct slow_body {
    struct http_request *request; /* valid while the library asks for more */
    char *owned;                  /* NULL: the bytes are not ours */
    const char *data;
    size_t size, cut;    /* cut: where it stops */
    int64_t bytes_per_s; /* 0: unlimited */
    int64_t began_ms;
};

static void go_on(void *arg)
{
    struct http_request *request = arg;
    MHD_resume_connection(request->connection);
}

/* Returns how many bytes may be sent by now, including the first piece. */
static size_t allowed(const struct slow_body *body, int64_t now_ms)
{
    if (!body->bytes_per_s || body->request->server->closing) {
        return body->size;
    }
    int64_t piece = body->bytes_per_s / TICKS_PER_S + 1;
    int64_t due = (now_ms - body->began_ms) * body->bytes_per_s / 1000 + piece;
    return due < (int64_t)body->size ? (size_t)due : body->size;
}

static ssize_t read_slow_body(void *arg, uint64_t at, char *to, size_t room)
{
    struct slow_body *body = arg;
    size_t sent = (size_t)at;
    if (sent >= body->cut) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    int64_t now_ms = mono_now_ms();
    body->began_ms = body->began_ms ? body->began_ms : now_ms;
    size_t end = allowed(body, now_ms);
    end = end < body->cut ? end : body->cut;
    if (end <= sent) {
        struct http_request *request = body->request;
        int64_t next_ms = ((int64_t)sent * 1000 + body->bytes_per_s - 1) / body->bytes_per_s;
        MHD_suspend_connection(request->connection);
        timer_start(&request->server->timers, &request->timer, body->began_ms + next_ms, go_on,
                    request);
        return 0;
    }
    size_t n = end - sent < room ? end - sent : room;
    memcpy(to, body->data + sent, n);
    return (ssize_t)n;
}

static void free_slow_body(void *arg)
{
    struct slow_body *body = arg;
    free(body->owned);
    free(body);
}

/* Sets the cut below the body's length. An empty body cannot be cut, so one byte is announced for
 * it. */
static void cut(struct slow_body *body, int64_t bytes)
{
    body->size = body->size ? body->size : 1;
    size_t wanted = bytes < 0 ? body->size / 2 : (size_t)bytes;
    body->cut = wanted < body->size ? wanted : body->size - 1;
}

/*
 * Creates the response of a reply with the fault REPLY_CUT or REPLY_SLOW, and takes its body. A
 * slow body suspends the connection between its pieces, until the server ends.
 */
static struct MHD_Response *spoiled_response(struct http_request *request)
{
    struct http_reply *reply = &request->reply;
    struct slow_body *body = mem_alloc(sizeof *body);
    *body = (struct slow_body){
        .request = request,
        .data = reply->fixed,
        .size = reply->fixed ? reply->fixed_size : reply->body.size,
    };
    if (!reply->fixed) {
        body->data = body->owned = buf_take(&reply->body);
    }
    body->cut = body->size;
    if (reply->fault == REPLY_CUT) {
        cut(body, reply->cut_at);
    } else {
        body->bytes_per_s = reply->bytes_per_s;
    }
    return MHD_create_response_from_callback(body->size, BLOCK, read_slow_body, body,
                                             free_slow_body);
}

/* ------------------------------------------------------------------ streams */

static ssize_t read_stream(void *arg, uint64_t position, char *into, size_t room)
{
    (void)position;
    struct http_request *request = arg;
    ssize_t size = request->stream.read(request->stream.arg, into, room);
    if (!size) {
        request->suspended = true;
        MHD_suspend_connection(request->connection);
    }
    return size < 0 ? MHD_CONTENT_READER_END_OF_STREAM : size;
}

void http_stream_begin(struct http_request *request, const char *type,
                       const struct http_stream *stream)
{
    http_reply(request, 200, type);
    request->waited = true;
    if (request->head) {
        stream->gone(stream->arg);
    } else {
        request->stream = *stream;
    }
}

/* Resumes a suspended connection: libmicrohttpd calls http_access again, which sends. Returns false
 * if it was not suspended. */
static bool resume(struct http_request *request)
{
    bool suspended = request->suspended;
    request->suspended = false;
    if (suspended) {
        MHD_resume_connection(request->connection);
    }
    return suspended;
}

void http_stream_wake(struct http_request *request)
{
    resume(request);
}

bool http_stream_sleeps(const struct http_request *request)
{
    return request->suspended;
}

bool http_stream_is_deserted(const struct http_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    char byte;
    return info && recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* ------------------------------------------------------------------ every reply */

static struct MHD_Response *make_response(struct http_request *request)
{
    struct http_reply *reply = &request->reply;
    if (request->stream.read) {
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_stream, request,
                                                 NULL);
    }
    if (reply->fault) {
        return spoiled_response(request);
    }
    if (reply->fixed) {
        return MHD_create_response_from_buffer(reply->fixed_size, (void *)(uintptr_t)reply->fixed,
                                               MHD_RESPMEM_PERSISTENT);
    }
    size_t size = reply->body.size;
    return MHD_create_response_from_buffer(size, buf_take(&reply->body), MHD_RESPMEM_MUST_FREE);
}

static void add_header(void *response, const char *name, const char *value)
{
    MHD_add_response_header(response, name, value);
}

/* Passes the reply to libmicrohttpd, or applies its fault to the connection. */
static enum MHD_Result send_reply(struct http_request *request)
{
    struct http_reply *reply = &request->reply;
    if (ends_unsent(request)) {
        return MHD_NO;
    }
    struct MHD_Response *response = make_response(request);
    if (!response) {
        die_of_memory(0);
    }
    http_reply_headers(request, add_header, response);
    enum MHD_Result result = MHD_queue_response(request->connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static void print_header(void *out, const char *name, const char *value)
{
    buf_printf(out, "%s: %s\r\n", name, value);
}

void http_send_past(struct http_request *request)
{
    const struct http_reply *reply = &request->reply;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (!info || request->server->cert) {
        return;
    }
    buf_auto out = {0};
    buf_printf(&out, "HTTP/1.1 %u %s\r\nContent-Length: %zu\r\n", reply->status,
               http_reason(reply->status), reply->body.size);
    http_reply_headers(request, print_header, &out);
    buf_text(&out, "\r\n");
    buf_add(&out, reply->body.data, reply->body.size);
    /* A first reply fits into the socket's buffer; if not, send what fits. */
    send(info->connect_fd, out.data, out.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(info->connect_fd, SHUT_WR);
}

static void end_hold(void *arg)
{
    struct http_request *request = arg;
    request->reply.hold_ms = 0;
    MHD_resume_connection(request->connection); /* calls http_access again, which sends */
}

enum MHD_Result http_send_when_due(struct http_request *request)
{
    struct http_server *server = request->server;
    enum reply_fault fault = request->reply.fault;
    if (fault == REPLY_RESET || fault == REPLY_CLOSED) {
        server->options.over(server->options.arg, request);
    }
    if (request->reply.hold_ms && !server->closing) {
        timer_start(&server->timers, &request->timer, mono_now_ms() + request->reply.hold_ms,
                    end_hold, request);
        MHD_suspend_connection(request->connection);
        return MHD_YES;
    }
    server->options.done(server->options.arg, request);
    return send_reply(request);
}

enum MHD_Result http_reply_ready(struct http_request *request)
{
    struct http_server *server = request->server;
    if (!request->reply.status && !request->reply.fault) {
        die("%s %s was not answered", request->method, request->target);
    }
    server->replies += request->reply.body.size - request->replied;
    request->replied = request->reply.body.size;
    if (server->options.must_hold(server->options.arg)) {
        /* Do not suspend, which costs two system calls: without a response libmicrohttpd calls
         * again in its next run, and the turn ends soon. */
        request->held = true;
        request->next_held = server->held;
        server->held = request;
        server->n_held++;
        return MHD_YES;
    }
    return resume(request) ? MHD_YES : http_send_when_due(request);
}

bool http_release(struct http_server *server, bool committed)
{
    struct http_request *request = server->held;
    bool any = request != NULL;
    server->held = NULL;
    server->n_held = 0;
    while (request) {
        struct http_request *next = request->next_held;
        if (!committed) {
            request->reply.n_headers = 0;
            request->stream.read = NULL;
            request->rolled_back = true;
            request->reply.fault = REPLY_INTACT;
            request->reply.hold_ms = 0;
            http_reply_error(request, 503);
            http_reply_header(request, "Retry-After", RETRY_AFTER_S);
            http_reply_header(request, HTTP_REASON,
                              "the database could not be written, so nothing of this call was "
                              "kept; send it again");
        }
        request->held = false;
        resume(request);
        request = next;
    }
    return any;
}

void http_park(struct http_request *request, void (*gone)(void *arg), void *arg)
{
    request->parked = request->waited = true;
    request->gone = gone;
    request->gone_arg = arg;
    request->server->parked++;
}

void http_end_park(struct http_request *request)
{
    request->parked = false;
    request->gone = NULL;
    request->server->parked--;
}

void http_unpark(struct http_request *request)
{
    http_end_park(request);
    http_reply_ready(request);
}

bool http_run_handler(struct http_request *request)
{
    const struct http_options *options = &request->server->options;
    if (request->server->closing) {
        http_reply_error(request, 503);
        http_reply_header(request, "Retry-After", RETRY_AFTER_S);
    } else {
        request->crowded = request->server->replies > HTTP_REPLIES_MOST;
        options->handle(options->arg, request);
    }
    return !request->parked;
}

static void again(void *arg)
{
    struct http_request *request = arg;
    http_end_park(request);
    json_decref(request->document);
    request->document = NULL;
    if (http_run_handler(request)) {
        http_reply_ready(request);
    }
}

void http_postpone(struct http_request *request, int64_t ms)
{
    http_park(request, NULL, NULL);
    timer_start(&request->server->timers, &request->timer, mono_now_ms() + ms, again, request);
}

void http_drop_held(struct http_request *request)
{
    struct http_request **link = &request->server->held;
    while (*link != request) {
        link = &(*link)->next_held;
    }
    *link = request->next_held;
    request->server->n_held--;
}
