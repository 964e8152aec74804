/* Receives requests, from the first byte to the handler, and refuses malformed ones. */
#include "http_private.h"

#include "base/log.h"
#include "base/text.h"
#include "base/wall.h"
#include "http/framing.h"
#include "http/target.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* libmicrohttpd stores a record of each query parameter in the connection's memory. This many fit
 * beside a target of TARGET_MOST and a browser's header fields. */
#define PARAMETERS_MOST ((size_t)200)

static const struct framing_refusal too_many_parameters = {
    431, "the query has more than 200 parameters; send them in the body"};
static const struct framing_refusal target_too_long = {414,
                                                       "the request target is longer than 8 kB"};
static const struct framing_refusal body_too_large = {413, "the body is larger than 16 MiB"};

/* ------------------------------------------------------------------ begin and end */

/*
 * A connection's current request. libmicrohttpd reports the end only of requests that it passed to
 * us, and drops some before (header fields that do not fit). Those are freed with the connection.
 */
struct open_request {
    struct http_request *request;
};

static struct open_request *open_request_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void split_target(struct http_request *request)
{
    if (!target_split(&request->arena, request->target, &request->path, &request->query_text)) {
        request->path = NULL;
        request->query_text = "";
    }
}

/* The router replies in the shape of the API, and the refusal is recorded like any reply. */
static void answer_refusal(struct http_request *request, const struct framing_refusal *refusal)
{
    const struct http_options *options = &request->server->options;
    request->refusal = refusal;
    request->handled = true;
    request->body = "";
    options->handle(options->arg, request);
    http_reply_header(request, MHD_HTTP_HEADER_CONNECTION, "close");
}

/* Refuses a request where libmicrohttpd cannot reply, and must not continue reading it. */
static void refuse_past(struct http_request *request, const struct framing_refusal *refusal)
{
    const struct http_options *options = &request->server->options;
    request->ended = true;
    answer_refusal(request, refusal);
    http_send_past(request);
    options->done(options->arg, request);
}

/*
 * libmicrohttpd calls this first, with the raw target; the result is the request's context. A query
 * that does not fit into the connection's memory must be refused here: libmicrohttpd 0.9.75 would
 * only close the connection.
 */
void *http_begin(void *arg, const char *target, struct MHD_Connection *connection)
{
    struct http_request *request = mem_alloc(sizeof *request);
    open_request_of(connection)->request = request;
    request->server = arg;
    request->connection = connection;
    request->began_us = mono_now_us();
    request->target = arena_strdup(&request->arena, target ? target : "");
    size_t parameters = framing_parameters(request->target);
    if (parameters > PARAMETERS_MOST || (parameters && strlen(request->target) > TARGET_MOST)) {
        request->method = "?"; /* not known yet */
        split_target(request);
        refuse_past(request,
                    parameters > PARAMETERS_MOST ? &too_many_parameters : &target_too_long);
    }
    return request;
}

static void drop_body(struct http_request *request)
{
    request->server->bodies -= request->upload.size;
    buf_finish(&request->upload);
}

void http_finish(void *arg, struct MHD_Connection *connection, void **context,
                 enum MHD_RequestTerminationCode code)
{
    (void)arg;
    (void)code;
    struct http_request *request = *context;
    if (!request) {
        return;
    }
    timer_stop(&request->server->timers, &request->timer);
    open_request_of(connection)->request = NULL;
    request->server->options.over(request->server->options.arg, request);
    if (request->held) {
        http_drop_held(request);
    }
    if (request->parked) {
        void (*gone)(void *) = request->gone;
        http_end_park(request);
        if (gone) {
            gone(request->gone_arg);
        }
    }
    if (request->stream.gone) {
        request->stream.gone(request->stream.arg);
    }
    json_decref(request->query);
    json_decref(request->document);
    drop_body(request);
    request->server->replies -= request->replied;
    buf_finish(&request->reply.body);
    arena_finish(&request->arena);
    free(request);
    *context = NULL;
}

/* The client disconnected, or its header fields did not fit and libmicrohttpd (0.9.75) had no
 * memory left to reply. */
static void log_lost(struct http_request *request)
{
    if (!request->started && !request->ended) {
        split_target(request);
        log_event(LOG_WARN, "http",
                  LOG_TEXT("text", "the connection ended before the header fields"),
                  LOG_TEXT("path", request->path ? request->path : "?"));
    }
}

void http_connection(void *arg, struct MHD_Connection *connection, void **context,
                     enum MHD_ConnectionNotificationCode code)
{
    int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        tls_hello_expect(arg, fd);
        *context = mem_alloc(sizeof(struct open_request));
        return;
    }
    tls_hello_forget(arg, fd);
    struct open_request *open = *context;
    void *left = open->request;
    if (left) {
        log_lost(left);
    }
    http_finish(NULL, connection, &left, MHD_REQUEST_TERMINATED_CLIENT_ABORT);
    free(open);
}

/* ------------------------------------------------------------------ header fields and body */

/*
 * Checks the header fields. A body in chunks is the last thing that its connection carries:
 * libmicrohttpd 1.0.1 leaves the end of a chunk's line unread if the line has an extension, so it
 * may find the end of the body elsewhere than the sender or a proxy, and run the rest as a request.
 */
static const struct framing_refusal *check(struct http_request *request, const char *method,
                                           const char *version)
{
    struct framing framing = {0};
    http_headers(request, framing_field, &framing);
    const struct framing_refusal *refusal =
        framing_check(&framing, method, request->target, version);
    if (!refusal && framing.length > HTTP_DISCARD_MOST) {
        refusal = &body_too_large;
    }
    request->last = !refusal && framing.encodings; /* a refusal closes the connection by itself */
    return refusal;
}

static enum MHD_Result start(struct http_request *request, const char *method, const char *version)
{
    const struct http_options *options = &request->server->options;
    request->started = true;
    request->head = text_equal(method, MHD_HTTP_METHOD_HEAD);
    request->old = strcasecmp(version, MHD_HTTP_VERSION_1_0) == 0;
    request->method = request->head ? MHD_HTTP_METHOD_GET : arena_strdup(&request->arena, method);
    split_target(request);
    const struct framing_refusal *refusal = check(request, method, version);
    if (refusal) {
        answer_refusal(request, refusal);
        return http_send_when_due(request); /* before the body, so the connection then ends */
    }
    request->body_most = options->body_most(options->arg, request);
    return MHD_YES;
}

/* Stores a piece of the body, unless the body is discarded. */
static void keep(struct http_request *request, const char *data, size_t size)
{
    struct http_server *server = request->server;
    request->too_large = request->received > request->body_most;
    request->no_room = request->no_room || server->bodies + size > HTTP_BODIES_MOST;
    if (request->too_large || request->no_room) {
        drop_body(request);
    } else {
        buf_add(&request->upload, data, size);
        server->bodies += size;
    }
}

static enum MHD_Result receive(struct http_request *request, const char *data, size_t *size)
{
    request->received += *size;
    if (request->received > HTTP_DISCARD_MOST) {
        refuse_past(request, &body_too_large);
        return MHD_NO;
    }
    keep(request, data, *size);
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result handle(struct http_request *request)
{
    request->handled = true;
    request->body = buf_str(&request->upload);
    request->body_size = request->upload.size;
    if (http_run_handler(request)) {
        return http_reply_ready(request);
    }
    request->suspended = true;
    MHD_suspend_connection(request->connection);
    return MHD_YES;
}

enum MHD_Result http_access(void *arg, struct MHD_Connection *connection, const char *url,
                            const char *method, const char *version, const char *data, size_t *size,
                            void **context)
{
    (void)arg;
    (void)connection;
    (void)url;
    struct http_request *request = *context;
    if (request->ended) {
        return MHD_NO;
    }
    if (!request->started) {
        return start(request, method, version);
    }
    if (*size) {
        return receive(request, data, size);
    }
    if (!request->handled) {
        return handle(request);
    }
    if (request->held) {
        return MHD_YES;
    }
    return http_send_when_due(request); /* released, or its delay is over */
}
