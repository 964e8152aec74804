/* Replies that must not leave whole (enum http_harm): how each kind of harm is done to a
 * connection. */
#include "http_private.h"

#include "base/die.h"
#include "base/wall.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BLOCK ((size_t)16384)
#define TICKS_PER_S 20 /* a slow body goes out in so many pieces a second, or byte by byte */

/*
 * Disconnecting a socket makes the kernel send a reset. SO_LINGER would too, but not here: the
 * library shuts the socket down before it closes it.
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

bool http_harm_ends(struct http_request *request)
{
    switch (request->reply.harm) {
    case HTTP_WHOLE:
    case HTTP_CUT:
    case HTTP_SLOW:
        return false;
    case HTTP_RESET:
        reset(request);
        return true;
    case HTTP_CLOSED:
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------ bodies that are cut or slow */

/* A body on its way out. Belongs to the response, which outlives the request. */
struct drip {
    struct http_request *request; /* while the library asks for more */
    char *owned;                  /* NULL: the bytes are not ours */
    const char *data;
    size_t size, cut;    /* cut: where it ends for good */
    int64_t bytes_per_s; /* 0: as fast as it goes */
    int64_t began_ms;
};

static void go_on(void *arg)
{
    struct http_request *request = arg;
    MHD_resume_connection(request->connection);
}

/* How many bytes may have left by now, beginning with the first piece. */
static size_t allowed(const struct drip *drip, int64_t now_ms)
{
    if (!drip->bytes_per_s || drip->request->server->closing) {
        return drip->size;
    }
    int64_t piece = drip->bytes_per_s / TICKS_PER_S + 1;
    int64_t due = (now_ms - drip->began_ms) * drip->bytes_per_s / 1000 + piece;
    return due < (int64_t)drip->size ? (size_t)due : drip->size;
}

static ssize_t read_drip(void *arg, uint64_t at, char *to, size_t room)
{
    struct drip *drip = arg;
    size_t sent = (size_t)at;
    if (sent >= drip->cut) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    int64_t now_ms = mono_now_ms();
    drip->began_ms = drip->began_ms ? drip->began_ms : now_ms;
    size_t end = allowed(drip, now_ms);
    end = end < drip->cut ? end : drip->cut;
    if (end <= sent) {
        struct http_request *request = drip->request;
        int64_t next_ms = ((int64_t)sent * 1000 + drip->bytes_per_s - 1) / drip->bytes_per_s;
        MHD_suspend_connection(request->connection);
        timer_start(&request->server->timers, &request->timer, drip->began_ms + next_ms, go_on,
                    request);
        return 0;
    }
    size_t n = end - sent < room ? end - sent : room;
    memcpy(to, drip->data + sent, n);
    return (ssize_t)n;
}

static void free_drip(void *arg)
{
    struct drip *drip = arg;
    free(drip->owned);
    free(drip);
}

/* Below its length, which an empty body cannot be: one byte is promised of it. */
static void cut(struct drip *drip, int64_t bytes)
{
    drip->size = drip->size ? drip->size : 1;
    size_t wanted = bytes < 0 ? drip->size / 2 : (size_t)bytes;
    drip->cut = wanted < drip->size ? wanted : drip->size - 1;
}

struct MHD_Response *http_harm_response(struct http_request *request)
{
    struct http_reply *reply = &request->reply;
    struct drip *drip = mem_alloc(sizeof *drip);
    *drip = (struct drip){
        .request = request,
        .data = reply->fixed,
        .size = reply->fixed ? reply->fixed_size : reply->body.size,
    };
    if (!reply->fixed) {
        drip->data = drip->owned = buf_take(&reply->body);
    }
    drip->cut = drip->size;
    if (reply->harm == HTTP_CUT) {
        cut(drip, reply->harm_n);
    } else {
        drip->bytes_per_s = reply->harm_n;
    }
    struct MHD_Response *response =
        MHD_create_response_from_callback(drip->size, BLOCK, read_drip, drip, free_drip);
    if (!response) {
        die("out of memory for a response");
    }
    return response;
}
