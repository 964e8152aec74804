/* Replies: the shapes that do not depend on a resource. Every handler ends in one of these or
 * parks. */
#pragma once

#include "http/http_server.h"

#define HTTP_JSON "application/json"
#define HTTP_REASON "X-Mock-Reason"
#define HTTP_HTML "text/html; charset=utf-8"

/* Begins a reply; its body is then written into the buffer that comes back. */
struct buf *http_reply(struct http_request *request, unsigned status,
                       const char *type) ATTR_NONNULL;

/* Name and value must live as long as the request. */
void http_reply_header(struct http_request *request, const char *name, const char *value);

/* A reply without a body. */
void http_reply_empty(struct http_request *request, unsigned status);

/* Bytes that outlive the server. */
void http_reply_fixed(struct http_request *request, unsigned status, const char *type,
                      const char *data, size_t size);

void http_reply_redirect(struct http_request *request, unsigned status, const char *location);

/* The platform's error of a status code: {"errors":[{"status":"Not Found","code":"404"}]}
 * (P1001, P1007). */
void http_reply_error(struct http_request *request, unsigned status);

/*
 * The same, with the reason in the header X-Mock-Reason: the platform's body says no more than the
 * code, and a person who looks wants to know. `reason` is copied; what is
 * not printable ASCII in it becomes '?'.
 */
void http_reply_error_because(struct http_request *request, unsigned status, const char *reason);
