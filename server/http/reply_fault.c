/* Applies reply faults (enum reply_fault) to a connection. */
#include "http_private.h"

#include "base/die.h"
#include "base/wall.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BLOCK ((size_t)16384)
#define TICKS_PER_S 20 /* pieces of a slow body per second, if it is fast enough for that */

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
        connect(info->connect_fd, &nowhere, sizeof nowhere);
    }
}

bool reply_fault_ends(struct http_request *request)
{
    enum reply_fault fault = request->reply.fault;
    if (fault == REPLY_RESET) {
        reset(request);
    }
    return fault == REPLY_RESET || fault == REPLY_CLOSED;
}

/* ------------------------------------------------------------------ bodies that are cut or slow */

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

struct MHD_Response *reply_fault_response(struct http_request *request)
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
    struct MHD_Response *response =
        MHD_create_response_from_callback(body->size, BLOCK, read_slow_body, body, free_slow_body);
    if (!response) {
        die("out of memory for a response");
    }
    return response;
}
