/*
 * Whether a request can be read in one way only: RFC 9112's rules on where a body ends, and on what
 * may stand in the lines before it. What breaks one of them is refused and its connection closed,
 * so that the rest of its bytes is never taken for another request.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Why a request is refused. */
struct framing_refusal {
    unsigned status; /* 400, 413, 417 or 501 */
    const char *reason;
};

/* What the header fields say. A zeroed one is ready. */
struct framing {
    const struct framing_refusal *refusal; /* of the first field that breaks a rule, or NULL */
    unsigned hosts, lengths, encodings;
    uint64_t length; /* of the body, as Content-Length says; 0: not sent */
};

/* Looks at one header field. */
void framing_field(void *framing, const char *name, const char *value);

/* What is wrong with the request, after all its fields were looked at; NULL if it is good. The
 * other arguments are the parts of its first line: "GET", the raw target, "HTTP/1.1". */
const struct framing_refusal *framing_check(const struct framing *framing, const char *method,
                                            const char *target, const char *version);

/*
 * How many parameters a query has, counted as libmicrohttpd does: it keeps a record of each, and
 * closes the connection without an answer once its memory is full (0.9.75).
 */
size_t framing_parameters(const char *target);
