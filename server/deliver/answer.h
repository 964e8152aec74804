/*
 * A receiver's answer as it comes in, held against what an answer must be. A receiver may be
 * hostile: all that it can make grow is bounded here, because libcurl before 8.4.0 takes headers
 * without end (CVE-2023-38039).
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"

#include <stdbool.h>

#define ANSWER_HEAD_MOST ((size_t)64 * 1024) /* with interim answers and trailers */
#define HEAD_FIELDS_MOST 256
#define ANSWER_BODY_MOST ((size_t)16 * 1024 * 1024)
#define ANSWER_BODY_KEPT ((size_t)64 * 1024) /* the rest is read and dropped */

/* Flaws that curl may find first. */
#define ANSWER_NO_STATUS "the answer's first line is not HTTP/1.1 or HTTP/1.0 and a status"
#define ANSWER_FOLDED "the answer's first header line is folded"
#define ANSWER_LONG_HEAD "the answer's headers are longer than 64 KiB"

/* A zeroed one is an answer of which nothing has come. */
struct answer {
    struct buf head, body; /* of the last answer, not of interim ones (1xx) */
    size_t head_came, body_came, fields;
    int status;
    bool ended;  /* the head of a final answer is whole */
    bool framed; /* the last line says how long the body is */
    bool sized;  /* there was a Content-Length, and it was `length` */
    int64_t length;
    const char *flaw; /* why it is no answer, a sentence's end after the attempt; static */
};

/*
 * Appends the fields of a head (a start line, then fields, as they came or went) as a JSON object,
 * in their order. Fields of one name become one, joined by ", " under the first one's spelling;
 * folded lines become one line; values of headers that hold credentials of ours are masked if
 * `masked`. Of more than HEAD_FIELDS_MOST fields the rest is left out. Works in `arena`.
 */
void head_to_json(struct buf *buf, struct arena *arena, const struct buf *head, bool masked);

/* Takes one line of a head or a trailer with its line end. False: answer->flaw says what is wrong,
 * and nothing more must be read. */
bool answer_take_line(struct answer *answer, const char *line, size_t size);

/* Takes a piece of the body; false as above. */
bool answer_take_body(struct answer *answer, const char *data, size_t size);

void answer_finish(struct answer *answer);
