/*
 * Counters of the server; api/control_metrics.c shows them. Nothing here allocates or fails.
 */
#pragma once

#include "domain/invoice.h"

#include <stdint.h>

#define METRICS_ROUTES 128   /* further ones count as none */
#define METRICS_CODES 24     /* different status codes; further ones count as the last */
#define METRICS_NO_ANSWER 1u /* as a code: a fault ended the request without an answer */
#define METRICS_BUCKETS 16

/* Upper bounds in microseconds; the last bucket has none. */
extern const int64_t metrics_bounds_us[METRICS_BUCKETS - 1];

struct metrics_histogram {
    uint64_t buckets[METRICS_BUCKETS]; /* counts per bucket, not cumulative */
    uint64_t count, sum_us;
};

struct metrics {
    uint64_t requests[METRICS_ROUTES + 1][METRICS_CODES]; /* [METRICS_ROUTES]: no route */
    unsigned codes[METRICS_CODES];                        /* the code of each column, 0: unused */
    struct metrics_histogram latency;                     /* of requests that did not wait */
    struct metrics_histogram turns;                       /* of the loop, at work */
    uint64_t attempts[CALLBACK_DROPPED + 1];              /* by the new state of the callback */
    uint64_t transitions[INVOICE_KINDS][STATUS_COUNT];    /* by the new status */
};

/* A request was answered; `route` -1: none; `code` 0: a fault ended it without an answer. `waited`:
 * a waiting call or a stream, whose latency does not count. */
void metrics_request(struct metrics *metrics, int route, unsigned code, int64_t took_us,
                     bool waited);

/* A turn of the loop ended. */
void metrics_turn(struct metrics *metrics, int64_t took_us);

/* An attempt ended and its callback is now in this state (QUEUED or SENDING: another attempt
 * follows), or a fault dropped it. */
void metrics_attempt(struct metrics *metrics, enum callback_state state);

/* An invoice of a kind was created in a status or changed to it. */
void metrics_transition(struct metrics *metrics, enum invoice_kind kind, enum status status);
