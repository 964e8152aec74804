/*
 * Replies of unknown length: sends what struct http_stream produces. A connection with nothing to
 * send sleeps, removed from polling, until it is woken.
 */
#pragma once

#include "http/http_server.h"

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
