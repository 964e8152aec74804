/* Replies that must not leave whole (enum http_harm): how each kind of harm is done to a
 * connection. */
#pragma once

#include "base/timers.h"
#include "http/http_server.h"

struct MHD_Response;

/* The connection is to end without a byte; with HTTP_RESET it is reset here. */
bool http_harm_ends(struct http_request *request);

/*
 * The response of a reply that HTTP_CUT or HTTP_SLOW harms. Takes the body out of the reply. A slow
 * body suspends the connection between its pieces, with the request's timer among `timers`, until
 * `*hurry` says that the server ends.
 */
struct MHD_Response *http_harm_response(struct http_request *request, struct timers *timers,
                                        const bool *hurry);
