/*
 * Sends callbacks with libcurl on the loop, limited so that a slow or dead receiver does not delay
 * others.
 *
 * Each receiver (scheme, host and port) has a window of parallel attempts. It starts small, grows
 * by one with each answer, and shrinks to one after an attempt without an answer. All receivers
 * together have DELIVER_TOTAL. Each invoice has at most one attempt at a time, the oldest callback
 * first; the second of two (delivery.second) is the exception, and may exceed a window by one. A
 * waiting callback is only a few numbers in memory; url, body and signature are loaded when it is
 * sent.
 */
#pragma once

#include "base/mem.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#define DELIVER_TOTAL 512
#define DELIVER_WINDOW_MOST 32
#define DELIVER_WINDOW_FIRST 4
#define DELIVER_ORPHANS_MOST 512 /* see deliver_abandon */

struct deliver;

struct deliver_options {
    bool allow_any;                        /* also public addresses */
    const char *ca;                        /* PEM file, NULL: the system's */
    bool insecure;                         /* do not verify TLS */
    const char *rewrite_from, *rewrite_to; /* URL prefixes, or NULL */
};

/* A callback that is to be sent. */
struct queued_callback {
    int64_t callback;
    int64_t invoice; /* 0: none; it waits for no other callback */
    int64_t account;
    char *url;
    bool ahead; /* sent before others to the same receiver */
    int64_t second_after_ms;
};

struct delivery_header {
    const char *name, *value;
};

/* Whether a second attempt of the same callback follows, on a connection of its own. */
enum delivery_second {
    SECOND_NONE,
    SECOND_AT_ONCE,
    SECOND_WHEN_SENT, /* queued_callback.second_after_ms after this one was sent; at the latest when
                         it has ended, and never if it was not sent */
};

/* The data of an attempt; texts live in the arena that was passed. */
struct delivery {
    const char *url, *signature, *body;
    size_t body_size;
    int64_t retry;        /* 0: the first attempt, else its number as a retry */
    int64_t next_retry_s; /* unix seconds; 0: this is the last attempt */
    int64_t connect_timeout_ms, read_timeout_ms, total_timeout_ms;
    const struct delivery_header *headers; /* the account's own; their values are recorded masked */
    size_t n_headers;
    enum delivery_second second;
    int sent; /* what the body and the signature are to the receiver; returned in the result */
};

struct delivery_result {
    int64_t callback, account;
    const char *url, *body;                         /* as delivery has them */
    int sent;                                       /* as delivery has it */
    bool orphan;                                    /* see deliver_abandon */
    bool more;                                      /* another attempt of the callback is running */
    int64_t wall_ms, took_ms;                       /* start in machine time, and duration */
    long code;                                      /* 0: no answer */
    const char *error;                              /* NULL if there was an answer */
    bool refused;                                   /* the URL may not be called: no retries */
    const char *request_headers, *response_headers; /* JSON objects */
    const char *response_lines;                     /* see head_lines */
    const char *response_body;
    size_t response_size;
    const char *request_line, *response_line; /* NULL: not sent, no answer */
};

/* True if the answer is that of a web server that was asked without TLS and requires it. */
bool delivery_wants_tls(const struct delivery_result *result);

struct deliver_hooks {
    /* Loads a callback that is about to be sent; `second`: as the second of two attempts. Returns
     * false if it no longer exists. */
    bool (*load)(void *arg, struct arena *arena, int64_t callback, bool second,
                 struct delivery *ret_delivery);
    /* An attempt ended. The result's texts live until it returns. */
    void (*ended)(void *arg, const struct delivery_result *result);
    void *arg;
};

struct deliver *deliver_new(const struct deliver_options *options,
                            const struct deliver_hooks *hooks);

/* Aborts all attempts without reporting them. `deliver` may be NULL. */
void deliver_free(struct deliver *deliver);

/* Queues a callback, to be sent as soon as the limits allow. */
void deliver_push(struct deliver *deliver, const struct queued_callback *callback);

/* Drops an account's waiting and running attempts, or all if `account` is 0; `ended` is not called
 * for them. */
void deliver_cancel(struct deliver *deliver, int64_t account);

/*
 * The account is about to be deleted or emptied. Drops its waiting callbacks, but lets its running
 * attempts end, and reports each with `orphan` set, so that what a receiver answers is known. They
 * do not count for any limit but their own, DELIVER_ORPHANS_MOST; those beyond are dropped.
 */
void deliver_abandon(struct deliver *deliver, int64_t account);

/* Starts as many attempts as the limits allow. Calls `load`. */
void deliver_start(struct deliver *deliver);

/* Runs the transfers and reports those that ended. Calls `ended`. */
void deliver_collect(void *deliver); /* loop_source.run */

int64_t deliver_wait_ms(const void *deliver); /* loop_source.wait_ms */

/* The handle for the loop to poll on. */
CURLM *deliver_multi(const struct deliver *deliver);

/* Returns true while an attempt of the callback is running. */
bool deliver_is_sending(const struct deliver *deliver, int64_t callback);

/* The number of running attempts, orphans too. */
size_t deliver_running(const struct deliver *deliver);
