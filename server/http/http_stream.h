/*
 * Replies without an end: what struct http_stream gives is sent as it comes. A connection that has
 * nothing to send sleeps, away from the loop, until somebody wakes it.
 */
#pragma once

#include "http/http_server.h"

/* Answers with a stream from now on; `gone` is called in the end, also when it never began. A HEAD
 * has no stream: `gone` is called at once. */
void http_stream_begin(struct http_request *request, const char *type,
                       const struct http_stream *stream);

/* There is something to read, or the end. */
void http_stream_wake(struct http_request *request);

/* The connection sleeps. */
bool http_stream_sleeps(const struct http_request *request);

/* The client has hung up; of one that sleeps nobody else tells. Asks the system. */
bool http_stream_is_deserted(const struct http_request *request);
