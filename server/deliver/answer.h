/*
 * A receiver's answer, checked while it is received. A receiver may be hostile, so everything that
 * it can make grow is limited here: libcurl before 8.4.0 accepts endless headers (CVE-2023-38039).
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"

#include <stdbool.h>

#define ANSWER_HEAD_MOST ((size_t)64 * 1024) /* including interim answers and trailers */
#define HEAD_FIELDS_MOST 256
#define ANSWER_BODY_MOST ((size_t)16 * 1024 * 1024)
#define ANSWER_BODY_KEPT ((size_t)64 * 1024) /* the rest is read and dropped */

/* Flaws that curl may report first. */
#define ANSWER_NO_STATUS "the answer's first line is not HTTP/1.1 or HTTP/1.0 and a status"
#define ANSWER_CODING "the answer's Transfer-Encoding is not chunked"
#define ANSWER_FOLDED "the answer's first header line is folded"
#define ANSWER_LONG_HEAD "the answer's headers are longer than 64 KiB"

/* Zeroed: nothing received yet. */
struct answer {
    struct buf head, body; /* of the final answer, not of interim ones (1xx) */
    size_t head_came, body_came, fields;
    int status;
    bool ended;  /* the head of the final answer is complete */
    bool framed; /* the last line was a header that frames the body */
    bool sized;  /* a Content-Length was received: `length` */
    int64_t length;
    const char *flaw; /* why the answer is refused, worded to follow the attempt; static */
};

/*
 * Appends the fields of a head (a start line, then fields, as received or sent) as a JSON object,
 * in their order. Fields with the same name are joined by ", " under the first spelling, and folded
 * lines become one line. `hides` says whose values are masked; NULL: none. Fields beyond
 * HEAD_FIELDS_MOST are left out. Allocates in `arena`.
 */
void head_to_json(struct buf *buf, struct arena *arena, const struct buf *head,
                  bool (*hides)(const void *arg, const char *name), const void *arg);

/*
 * The lines of such a head after the start line, as they came but for their line ends, which are
 * '\n': what an object cannot show, like a name given twice. NULL if head_to_json has all of it.
 * If they are not UTF-8, each byte beyond ASCII becomes '?'.
 */
const char *head_lines(struct arena *arena, const struct buf *head);

/* The start line of such a head, NULL if the head is empty. A byte that is not printable ASCII
 * becomes '?'. */
const char *head_line(struct arena *arena, const struct buf *head);

/* Reads one line of a head or a trailer, including its line end. Returns false if it is wrong:
 * answer->flaw says why, and nothing more may be read. */
bool answer_take_line(struct answer *answer, const char *line, size_t size);

/* Reads a piece of the body; returns false as above. */
bool answer_take_body(struct answer *answer, const char *data, size_t size);

void answer_finish(struct answer *answer);
