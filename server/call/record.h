/*
 * From an answered request to the journal, the metrics and the log.
 *
 * Records every call of the platform's endpoints and pages, and calls under /_mock/ that may change
 * something: methods other than GET, but not those of sinks. Secrets are masked before they are
 * stored; the platform's answers are stored unmasked and masked when they are shown.
 */
#pragma once

#include "call/call.h"

/* A request begins: sets its number and time. Called by the router first, and again for a delayed
 * request. */
void record_begin(const struct router *router, struct http_request *request);

/* Sets the account as soon as it is known, because the handler may delete it. */
void record_account(struct http_request *request, const struct tenant *tenant);

/* The router has finished with it. */
void record_routed(const struct call *call);

/* A probable mistake of an accepted call, for the journal. It must live as long as the request. */
void record_hint(struct http_request *request, const char *hint);

/* http_options.over; `router` is the router. The callbacks of the request need not wait for its
 * reply. */
void record_over(void *router, struct http_request *request);

/* http_options.done; `router` is the router. Records the call. */
void record_done(void *router, struct http_request *request);
