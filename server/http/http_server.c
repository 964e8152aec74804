#include "http_server.h"

#include "base/die.h"
#include "base/log.h"
#include "base/text.h"
#include "base/wall.h"
#include "http/form.h"
#include "http/http_harm.h"
#include "http/http_reply.h"
#include "http/http_stream.h"
#include "http/listen.h"
#include "http/target.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define IDLE_TIMEOUT_S 30u
/* Request line and headers with libmicrohttpd's records of them. It clears this much after each
 * request of a connection. */
#define CONNECTION_MEMORY ((size_t)32768)

struct http_server {
    struct http_options options;
    struct MHD_Daemon *daemon;
    int port;
    char *cert, *key;
    struct http_request *held; /* answered, waiting for http_release */
    size_t n_held, parked;
    struct http_timers timers;
    bool closing;
};

/* ------------------------------------------------------------------ sending */

static struct MHD_Response *make_response(struct http_request *request)
{
    struct http_reply *reply = &request->reply;
    if (request->stream.read) {
        return http_stream_response(request);
    }
    if (reply->harm) {
        return http_harm_response(request, &request->server->timers, &request->server->closing);
    }
    if (reply->fixed) {
        return MHD_create_response_from_buffer(reply->fixed_size, (void *)(uintptr_t)reply->fixed,
                                               MHD_RESPMEM_PERSISTENT);
    }
    size_t size = reply->body.size;
    return MHD_create_response_from_buffer(size, buf_take(&reply->body), MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result send_reply(struct http_request *request)
{
    struct http_reply *reply = &request->reply;
    if (http_harm_ends(request)) {
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

static void end_hold(void *arg)
{
    struct http_request *request = arg;
    request->reply.hold_ms = 0;
    MHD_resume_connection(request->connection); /* asks `access` again, which sends */
}

/* Nothing stands before the reply any more, but a fault that holds it. */
static enum MHD_Result leave(struct http_request *request)
{
    struct http_server *server = request->server;
    if (request->reply.hold_ms && !server->closing) {
        http_timer_start(&server->timers, &request->timer, mono_now_ms() + request->reply.hold_ms,
                         end_hold, request);
        MHD_suspend_connection(request->connection);
        return MHD_YES;
    }
    server->options.done(server->options.arg, request);
    return send_reply(request);
}

/* The reply stands: it leaves at once, or with the commit of this turn. */
static enum MHD_Result deliver(struct http_request *request)
{
    struct http_server *server = request->server;
    if (!request->reply.status && !request->reply.harm) {
        die("%s %s was not answered", request->method, request->target);
    }
    if (server->options.must_hold(server->options.arg)) {
        /* Not suspended, which costs two system calls: without a response libmicrohttpd asks again
         * at its next run, and the turn ends soon. */
        request->held = true;
        request->next_held = server->held;
        server->held = request;
        server->n_held++;
        return MHD_YES;
    }
    if (request->suspended) {
        request->suspended = false;
        MHD_resume_connection(
            request->connection); /* libmicrohttpd calls `access` again, which sends */
        return MHD_YES;
    }
    return leave(request);
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
            request->reply.harm = HTTP_WHOLE;
            request->reply.hold_ms = 0;
            http_reply_error(request, 503);
        }
        request->held = false;
        if (request->suspended) {
            request->suspended = false;
            MHD_resume_connection(request->connection);
        }
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

static void leave_park(struct http_request *request)
{
    request->parked = false;
    request->gone = NULL;
    request->server->parked--;
}

void http_unpark(struct http_request *request)
{
    leave_park(request);
    deliver(request);
}

/* The handler's turn; true when it left an answer rather than parked the request. */
static bool answer(struct http_request *request)
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
    leave_park(request);
    json_decref(request->document);
    request->document = NULL;
    if (answer(request)) {
        deliver(request);
    }
}

void http_postpone(struct http_request *request, int64_t ms)
{
    http_park(request, NULL, NULL);
    http_timer_start(&request->server->timers, &request->timer, mono_now_ms() + ms, again, request);
}

/* ------------------------------------------------------------------ receiving */

/*
 * A connection's request under way. libmicrohttpd says that a request is over only once it has been
 * handed to us, and drops some before (a query of more parameters than it has room for): what is
 * left then goes with the connection.
 */
struct open_request {
    struct http_request *request;
};

static struct open_request *open_request_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* libmicrohttpd's first word of a request: the raw target. What it returns is the request's context
 * from then on. */
static void *begin(void *arg, const char *target, struct MHD_Connection *connection)
{
    struct http_request *request = mem_alloc(sizeof *request);
    open_request_of(connection)->request = request;
    request->server = arg;
    request->connection = connection;
    request->began_us = mono_now_us();
    request->target = arena_strdup(&request->arena, target);
    return request;
}

/* The client left before its reply could: what was done stays done. */
static void leave_held(struct http_request *request)
{
    struct http_request **link = &request->server->held;
    while (*link != request) {
        link = &(*link)->next_held;
    }
    *link = request->next_held;
    request->server->n_held--;
}

static void finish(void *arg, struct MHD_Connection *connection, void **context,
                   enum MHD_RequestTerminationCode code)
{
    (void)arg;
    (void)code;
    struct http_request *request = *context;
    if (!request) {
        return;
    }
    http_timer_stop(&request->timer);
    open_request_of(connection)->request = NULL;
    if (request->held) {
        leave_held(request);
    }
    if (request->parked) {
        void (*gone)(void *) = request->gone;
        leave_park(request);
        if (gone) {
            gone(request->gone_arg);
        }
    }
    if (request->stream.gone) {
        request->stream.gone(request->stream.arg);
    }
    json_decref(request->query);
    json_decref(request->document);
    buf_finish(&request->upload);
    buf_finish(&request->reply.body);
    arena_finish(&request->arena);
    free(request);
    *context = NULL;
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    (void)arg;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = mem_alloc(sizeof(struct open_request));
        return;
    }
    struct open_request *open = *context;
    void *left = open->request;
    finish(NULL, connection, &left, MHD_REQUEST_TERMINATED_CLIENT_ABORT);
    free(open);
}

static enum MHD_Result start(struct http_request *request, const char *method)
{
    request->started = true;
    request->head = text_equal(method, MHD_HTTP_METHOD_HEAD);
    request->method = request->head ? MHD_HTTP_METHOD_GET : arena_strdup(&request->arena, method);
    if (!target_split(&request->arena, request->target, &request->path, &request->query_text)) {
        request->path = NULL;
        request->query_text = "";
    }
    const char *length = http_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    int64_t size;
    if (length && text_to_int(length, &size) && size > (int64_t)HTTP_DISCARD_MOST) {
        http_reply_error(request, 413); /* sent before the body: the connection then ends */
        request->handled = true;
        return send_reply(request);
    }
    const struct http_options *options = &request->server->options;
    request->body_most = options->body_most(options->arg, request);
    return MHD_YES;
}

static enum MHD_Result receive(struct http_request *request, const char *data, size_t *size)
{
    request->received += *size;
    if (request->received > HTTP_DISCARD_MOST) {
        return MHD_NO;
    }
    request->too_large = request->received > request->body_most;
    if (request->too_large) {
        buf_finish(&request->upload);
    } else {
        buf_add(&request->upload, data, *size);
    }
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result handle(struct http_request *request)
{
    request->handled = true;
    request->body = buf_str(&request->upload);
    request->body_size = request->upload.size;
    if (answer(request)) {
        return deliver(request);
    }
    request->suspended = true;
    MHD_suspend_connection(request->connection);
    return MHD_YES;
}

static enum MHD_Result access_handler(void *arg, struct MHD_Connection *connection, const char *url,
                                      const char *method, const char *version, const char *data,
                                      size_t *size, void **context)
{
    (void)arg;
    (void)connection;
    (void)url;
    (void)version;
    struct http_request *request = *context;
    if (!request->started) {
        return start(request, method);
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
    return leave(request); /* released, or held long enough */
}

/* ------------------------------------------------------------------ reading a request */

const char *http_header(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

struct header_visit {
    void (*each)(void *arg, const char *name, const char *value);
    void *arg;
};

static enum MHD_Result visit_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    (void)kind;
    const struct header_visit *visit = arg;
    visit->each(visit->arg, name, value ? value : "");
    return MHD_YES;
}

void http_headers(const struct http_request *request,
                  void (*each)(void *arg, const char *name, const char *value), void *arg)
{
    struct header_visit visit = {each, arg};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, visit_header, &visit);
}

const char *http_client_ip(struct http_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char host[NI_MAXHOST] = "";
    if (info && info->client_addr) {
        socklen_t size = info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                                  : sizeof(struct sockaddr_in);
        getnameinfo(info->client_addr, size, host, sizeof host, NULL, 0, NI_NUMERICHOST);
    }
    return arena_strdup(&request->arena, host);
}

const json_t *http_query(struct http_request *request)
{
    if (!request->query) {
        request->query = form_parse(request->query_text, strlen(request->query_text));
    }
    return request->query;
}

const char *http_query_text(struct http_request *request, const char *name)
{
    return *request->query_text ? json_string_value(json_object_get(http_query(request), name))
                                : NULL;
}

/* ------------------------------------------------------------------ the daemon */

/* libmicrohttpd's own messages: what clients did wrong; of interest only when looking for
 * something. */
static void log_daemon(void *arg, const char *format, va_list args) ATTR_PRINTF(2, 0);

static void log_daemon(void *arg, const char *format, va_list args)
{
    (void)arg;
    if (log_wants(LOG_DEBUG)) {
        char text[512];
        vsnprintf(text, sizeof text, format, args);
        text[strcspn(text, "\n")] = '\0';
        log_event(LOG_DEBUG, "http", LOG_TEXT("text", text));
    }
}

static char *read_file(const char *name, char *ret_why, size_t why_size)
{
    buf_auto content = {0};
    FILE *file = fopen(name, "re");
    if (!file) {
        snprintf(ret_why, why_size, "%s: %s", name, strerror(errno));
        return NULL;
    }
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0 && content.size < (1 << 20);) {
        buf_add(&content, block, n);
    }
    fclose(file);
    return buf_take(&content);
}

static bool read_tls(struct http_server *server, char *ret_why, size_t why_size)
{
    if (!server->options.tls_cert) {
        return true;
    }
    server->cert = read_file(server->options.tls_cert, ret_why, why_size);
    server->key = server->cert ? read_file(server->options.tls_key, ret_why, why_size) : NULL;
    return server->key;
}

bool http_server_start(const struct http_options *options, struct http_server **ret_server,
                       char *ret_why, size_t why_size)
{
    struct http_server *server = mem_alloc(sizeof *server);
    server->options = *options;
    unsigned most = listen_connections_most();
    int fd = read_tls(server, ret_why, why_size)
                 ? listen_open(options->host, options->port, ret_why, why_size)
                 : -1;
    if (fd < 0) {
        http_server_stop(server);
        return false;
    }
    server->port = listen_port(fd);
    const struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, server->cert},
                                         {MHD_OPTION_HTTPS_MEM_KEY, 0, server->key},
                                         {MHD_OPTION_END, 0, NULL}};
    const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     (server->cert ? MHD_USE_TLS : 0u);
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, access_handler, server, MHD_OPTION_EXTERNAL_LOGGER, log_daemon, NULL,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, begin, server,
        MHD_OPTION_NOTIFY_COMPLETED, finish, NULL, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        NULL, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S, MHD_OPTION_CONNECTION_LIMIT, most,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, MHD_OPTION_ARRAY,
        server->cert ? tls : none, MHD_OPTION_END);
    if (!server->daemon) {
        snprintf(ret_why, why_size,
                 server->cert ? "%s: no usable certificate and key" : "%s: cannot start the server",
                 server->cert ? options->tls_cert : options->host);
        close(fd);
        http_server_stop(server);
        return false;
    }
    *ret_server = server;
    return true;
}

void http_server_quiesce(struct http_server *server)
{
    server->closing = true;
    int fd = MHD_quiesce_daemon(server->daemon);
    if (fd >= 0) {
        close(fd);
    }
    http_timers_run(&server->timers, INT64_MAX);
}

void http_server_stop(struct http_server *server)
{
    if (!server) {
        return;
    }
    if (server->daemon) {
        /* A connection that is still suspended makes MHD_stop_daemon abort (0.9.75): all are
         * resumed by now. */
        if (server->parked) {
            die("%zu requests are parked at the end", server->parked);
        }
        http_release(server, true);
        MHD_run(server->daemon);
        MHD_stop_daemon(server->daemon);
    }
    free(server->cert);
    free(server->key);
    free(server);
}

size_t http_server_held(const struct http_server *server)
{
    return server->n_held;
}

int http_server_port(const struct http_server *server)
{
    return server->port;
}

int http_server_fd(const struct http_server *server)
{
    return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int http_server_wait_ms(const struct http_server *server)
{
    const int64_t most_ms = 60000;
    MHD_UNSIGNED_LONG_LONG wait;
    int64_t own_ms = http_timers_wait_ms(&server->timers, mono_now_ms());
    if (MHD_get_timeout(server->daemon, &wait) == MHD_YES &&
        (own_ms < 0 || wait < (MHD_UNSIGNED_LONG_LONG)own_ms)) {
        own_ms = wait < (MHD_UNSIGNED_LONG_LONG)most_ms ? (int64_t)wait : most_ms;
    }
    return (int)(own_ms < most_ms ? own_ms : most_ms);
}

void http_server_run(struct http_server *server)
{
    http_timers_run(&server->timers, mono_now_ms());
    MHD_run(server->daemon);
}

int http_server_connections(const struct http_server *server)
{
    return (int)MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
        ->num_connections;
}
