#include "metrics.h"

const int64_t metrics_bounds_us[METRICS_BUCKETS - 1] = {
    50,    100,   250,    500,    1000,   2500,    5000,     10000,
    25000, 50000, 100000, 250000, 500000, 1000000, 10000000,
};

static void observe(struct metrics_histogram *histogram, int64_t took_us)
{
    size_t bucket = 0;
    took_us = took_us < 0 ? 0 : took_us;
    while (bucket < METRICS_BUCKETS - 1 && took_us > metrics_bounds_us[bucket]) {
        bucket++;
    }
    histogram->buckets[bucket]++;
    histogram->count++;
    histogram->sum_us += (uint64_t)took_us;
}

static size_t column_of(struct metrics *metrics, unsigned code)
{
    size_t column = 0;
    while (column < METRICS_CODES - 1 && metrics->codes[column] != code && metrics->codes[column]) {
        column++;
    }
    metrics->codes[column] = code;
    return column;
}

void metrics_request(struct metrics *metrics, int route, unsigned code, int64_t took_us,
                     bool waited)
{
    size_t row = route < 0 || route >= METRICS_ROUTES ? METRICS_ROUTES : (size_t)route;
    metrics->requests[row][column_of(metrics, code ? code : METRICS_NO_ANSWER)]++;
    if (!waited) {
        observe(&metrics->latency, took_us);
    }
}

void metrics_turn(struct metrics *metrics, int64_t took_us)
{
    observe(&metrics->turns, took_us);
}

void metrics_attempt(struct metrics *metrics, enum callback_state state)
{
    metrics->attempts[state == CALLBACK_SENDING ? CALLBACK_QUEUED : state]++;
}

void metrics_transition(struct metrics *metrics, enum invoice_kind kind, enum status status)
{
    metrics->transitions[kind][status]++;
}
