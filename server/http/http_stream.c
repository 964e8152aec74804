/* Sends what struct http_stream produces. */
#include "http_private.h"

#include <sys/socket.h>

#define BLOCK ((size_t)16384) /* most bytes read from a stream at once */

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

struct MHD_Response *http_stream_response(struct http_request *request)
{
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_stream, request, NULL);
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

bool http_resume(struct http_request *request)
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
    http_resume(request);
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
