/*
 * Checks that a request can be read in one way only, by the rules of RFC 9112 for the end of a body
 * and for the lines before it. A request that breaks a rule is refused and its connection closed,
 * so the rest of its bytes is never read as another request.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Why a request is refused. */
struct framing_refusal {
    unsigned status; /* 400, 413, 417 or 501 */
    const char *reason;
};

/* State of the header fields read so far. Zeroed: none. */
struct framing {
    const struct framing_refusal *refusal; /* the first broken rule, or NULL */
    unsigned hosts, lengths, encodings;
    uint64_t length; /* the value of Content-Length; 0: not sent */
};

/* Checks one header field. */
void framing_field(void *framing, const char *name, const char *value);

/* Checks the whole request after its fields. Returns NULL if it is well-formed. The other arguments
 * are the parts of the request line: "GET", the raw target, "HTTP/1.1". */
const struct framing_refusal *framing_check(const struct framing *framing, const char *method,
                                            const char *target, const char *version);

/*
 * Returns the number of parameters in a query, counted as libmicrohttpd does. It stores a record of
 * each, and closes the connection without a response when its memory is full (0.9.75).
 */
size_t framing_parameters(const char *target);
