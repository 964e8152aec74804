/* Sends replies: when they may be sent, and how. */
#include "http_private.h"

#include "base/die.h"
#include "base/wall.h"

#include <sys/socket.h>

static struct MHD_Response *make_response(struct http_request *request)
{
    struct http_reply *reply = &request->reply;
    if (request->stream.read) {
        return http_stream_response(request);
    }
    if (reply->fault) {
        return reply_fault_response(request);
    }
    if (reply->fixed) {
        return MHD_create_response_from_buffer(reply->fixed_size, (void *)(uintptr_t)reply->fixed,
                                               MHD_RESPMEM_PERSISTENT);
    }
    size_t size = reply->body.size;
    return MHD_create_response_from_buffer(size, buf_take(&reply->body), MHD_RESPMEM_MUST_FREE);
}

enum MHD_Result http_send(struct http_request *request)
{
    struct http_reply *reply = &request->reply;
    if (reply_fault_ends(request)) {
        return MHD_NO;
    }
    struct MHD_Response *response = make_response(request);
    if (!response) {
        die("out of memory for a response");
    }
    if (reply->type) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
    }
    for (size_t i = 0; i < reply->n_headers; i++) {
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    }
    enum MHD_Result result = MHD_queue_response(request->connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
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
               MHD_get_reason_phrase_for(reply->status), reply->body.size);
    if (reply->type) {
        buf_printf(&out, "Content-Type: %s\r\n", reply->type);
    }
    for (size_t i = 0; i < reply->n_headers; i++) {
        buf_printf(&out, "%s: %s\r\n", reply->headers[i].name, reply->headers[i].value);
    }
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
    return http_send(request);
}

enum MHD_Result http_reply_ready(struct http_request *request)
{
    struct http_server *server = request->server;
    if (!request->reply.status && !request->reply.fault) {
        die("%s %s was not answered", request->method, request->target);
    }
    if (server->options.must_hold(server->options.arg)) {
        /* Do not suspend, which costs two system calls: without a response libmicrohttpd calls
         * again in its next run, and the turn ends soon. */
        request->held = true;
        request->next_held = server->held;
        server->held = request;
        server->n_held++;
        return MHD_YES;
    }
    return http_resume(request) ? MHD_YES : http_send_when_due(request);
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
        }
        request->held = false;
        http_resume(request);
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
    } else {
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
