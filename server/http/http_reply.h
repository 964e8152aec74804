/* Replies that do not depend on a resource. Every handler calls one of these, or parks the
 * request. */
#pragma once

#include "http/http_server.h"

#define HTTP_JSON "application/json"
#define HTTP_REASON "X-Mock-Reason"
#define HTTP_HTML "text/html; charset=utf-8"

/* Starts a reply and returns the buffer for its body. */
struct buf *http_reply(struct http_request *request, unsigned status,
                       const char *type) ATTR_NONNULL;

/* Name and value must live as long as the request. */
void http_reply_header(struct http_request *request, const char *name, const char *value);

/* A reply without a body. */
void http_reply_empty(struct http_request *request, unsigned status);

/* Replies with bytes that outlive the server. */
void http_reply_fixed(struct http_request *request, unsigned status, const char *type,
                      const char *data, size_t size);

void http_reply_redirect(struct http_request *request, unsigned status, const char *location);

/* The platform's error for a status code: {"errors":[{"status":"Not Found","code":"404"}]} (P1001,
 * P1007). */
void http_reply_error(struct http_request *request, unsigned status);

/*
 * The same, with the reason in the header X-Mock-Reason, because the platform's body contains only
 * the code. `reason` is copied; characters other than printable ASCII become '?'.
 */
void http_reply_error_because(struct http_request *request, unsigned status, const char *reason);
