/*
 * Splits multipart bodies (RFC 7578) into their parts, as PHP does. What is refused and what is a
 * secret follow from the same parts. Nothing is copied: all texts are ranges of the body. The time
 * is linear in its size.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A range. `start` is NULL if there is none. */
struct multipart_text {
    const char *start, *end;
    char quote; /* of a parameter's value: in which a backslash stands before one, or before another
                   backslash */
};

struct multipart_part {
    struct multipart_text head;            /* from the delimiter to the empty line */
    struct multipart_text name, file;      /* of its Content-Disposition */
    struct multipart_text encoding, value; /* its Content-Transfer-Encoding */
};

enum multipart_step {
    MULTIPART_PART,
    MULTIPART_END,    /* the last delimiter: there is no part */
    MULTIPART_BROKEN, /* a part that does not end: its head or its value goes to the body's end */
};

/* A body that is being read. */
struct multipart {
    struct multipart_text boundary;
    const char *at, *end; /* the next delimiter, "--BOUNDARY" at the start of a line */
};

/* The boundary in a Content-Type (NULL: not sent), which may be empty. */
struct multipart_text multipart_boundary(const char *type);

/* Goes to the first delimiter. Returns false if there is none. */
bool multipart_begin(struct multipart *body, const struct multipart_text *boundary,
                     const char *data, size_t size);

/* Reads the part behind the delimiter. Call it until the result is not MULTIPART_PART. */
enum multipart_step multipart_next(struct multipart *body, struct multipart_part *ret_part);
