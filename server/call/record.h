/*
 * From an answered request to the journal, the metrics and the log.
 *
 * Recorded is every call of the platform's endpoints and pages, and what is under /_mock/ when it
 * may change something: other methods than GET, without the sink's. Secrets are masked before they
 * are kept; what the platform answers is kept as it is and masked when it is shown.
 */
#pragma once

#include "call/call.h"

/* The request begins: its number, and when it came. The router's, before anything else; one that
 * was delayed begins a second time. */
void record_begin(const struct router *router, struct http_request *request);

/* Whose it is for certain, as soon as that is known: the handler may delete the account. */
void record_account(struct http_request *request, const struct tenant *tenant);

/* The router is done with it: what it found out. */
void record_routed(const struct call *call);

/* The reply has left, or never will: the callbacks that the request causes need not wait for it. */
void record_over(const struct router *router, const struct http_request *request);

/* The reply leaves. */
void record_done(const struct router *router, struct http_request *request);
