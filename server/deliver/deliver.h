/*
 * Sends callbacks: libcurl on the one loop, bounded so that a slow or dead receiver holds up nobody
 * else.
 *
 * Each receiver (scheme, host and port) has a window of parallel attempts that starts small, grows
 * by one with each answer and shrinks to one when an attempt dies without any; all receivers
 * together have DELIVER_TOTAL. Of one invoice one attempt is under way at a time, the oldest
 * callback first. What is pushed waits in memory as a few numbers; url, body and signature are
 * fetched when its turn comes.
 */
#pragma once

#include "base/mem.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#define DELIVER_TOTAL 512
#define DELIVER_WINDOW_MOST 32
#define DELIVER_WINDOW_FIRST 4

struct deliver;

struct deliver_options {
    bool allow_any;                        /* public addresses too */
    const char *ca;                        /* PEM file, NULL: the system's */
    bool insecure;                         /* do not verify TLS */
    const char *rewrite_from, *rewrite_to; /* URL prefixes, or NULL */
};

/* What an attempt needs to know; texts live in the arena that was passed. */
struct delivery {
    const char *url, *signature, *body;
    size_t body_size;
    int64_t retry;        /* 0: the first attempt, else its number as a retry */
    int64_t next_retry_s; /* unix seconds, 0: this is the last */
    int64_t connect_timeout_ms, read_timeout_ms, total_timeout_ms;
};

struct delivery_result {
    int64_t callback;
    int64_t wall_ms, took_ms; /* machine time of the beginning, and how long it was */
    long code;                /* 0: no answer */
    const char *error;        /* NULL when there was an answer */
    bool refused;             /* the target may not be called: no retries */
    const char *request_headers, *response_headers; /* JSON objects */
    const char *response_body;
    size_t response_size;
};

struct deliver_hooks {
    /* Fetches a callback whose turn it is; false: it is gone, forget it. */
    bool (*load)(void *arg, struct arena *arena, int64_t callback, struct delivery *ret_delivery);
    /* An attempt has ended. The result's texts live until it returns. */
    void (*ended)(void *arg, const struct delivery_result *result);
    void *arg;
};

struct deliver *deliver_new(const struct deliver_options *options,
                            const struct deliver_hooks *hooks);

/* Aborts what is under way without a word. NULL is fine. */
void deliver_free(struct deliver *deliver);

/* Takes a callback to be sent as soon as the limits allow; `ahead`: before all that waits for the
 * same receiver. */
void deliver_push(struct deliver *deliver, int64_t callback, int64_t invoice, int64_t account,
                  const char *url, bool ahead);

/* Drops all that an account has waiting or under way; their `ended` is never called. */
void deliver_cancel(struct deliver *deliver, int64_t account);

/* Starts what may start. Calls `load`. */
void deliver_start(struct deliver *deliver);

/* Moves the transfers on and reports those that ended. Calls `ended`. */
void deliver_collect(void *deliver); /* loop_source.run */

int64_t deliver_wait_ms(const void *deliver); /* loop_source.wait_ms */

/* The handle for the loop to poll on. */
CURLM *deliver_multi(const struct deliver *deliver);

/* True while an attempt of the callback is under way. */
bool deliver_is_sending(const struct deliver *deliver, int64_t callback);

/* Attempts under way. */
size_t deliver_running(const struct deliver *deliver);
