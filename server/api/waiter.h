/* One waiting call: what it waits for, and its answers. The files of /_mock/wait share this. */
#pragma once

#include "api/journal_filter.h"
#include "base/timers.h"
#include "store/store_callback.h"

#include <sys/queue.h>

enum wait_kind {
    WAIT_STATUS,
    WAIT_CALLBACK,
    WAIT_IDLE,
    WAIT_REQUESTS,
    WAIT_ATTEMPT, /* holds back a finished reply */
};

struct waits;

struct waiter {
    enum wait_kind kind;
    int64_t invoice;              /* WAIT_STATUS, WAIT_CALLBACK, WAIT_ATTEMPT */
    enum status status;           /* WAIT_STATUS */
    enum callback_state state;    /* WAIT_CALLBACK: done or failed */
    int64_t transition;           /* WAIT_CALLBACK: a status, TIME_NONE: any */
    int64_t within_ms;            /* WAIT_IDLE */
    int64_t attempt;              /* WAIT_ATTEMPT: of this callback */
    struct journal_filter filter; /* WAIT_REQUESTS of the journal */
    const char *sink;             /* WAIT_REQUESTS of this sink instead, or NULL */
    const char *sink_invoice;     /* ... that name this invoice, NULL: any */
    int64_t requests, counted;    /* WAIT_REQUESTS */
    uint64_t position;            /* WAIT_REQUESTS: counted up to here */
    struct http_request *request;

    /* waits.c's own */
    struct waits *waits;
    int64_t account;           /* tenant.journal_id */
    char owner_id[IDENT_TEXT]; /* the account's id */
    bool marked;               /* a change may have satisfied it */
    struct timer deadline;
    TAILQ_ENTRY(waiter) link;
};

/* Data shared by calls that wait for the same invoice. Initialize with zeroes. */
struct wait_cache {
    struct arena arena;
    bool has_invoice, has_callbacks, no_invoice;
    struct invoice invoice;
    struct callback *callbacks;
    size_t n_callbacks;
    struct buf document; /* the invoice's, once it was written */
};

void wait_cache_finish(struct wait_cache *cache);

/* Answers 200 if the condition holds, 404 if it never can, 408 if it cannot without another call
 * because the clock is frozen or callbacks have no URL; else returns NULL. */
struct answer *waiter_try(struct call *call, struct waiter *waiter,
                          struct wait_cache *cache) ATTR_MUST_USE;

/* Answers 408 with the current state. */
struct answer *waiter_give_up(struct call *call, const struct waiter *waiter, const char *code,
                              const char *message) ATTR_ANSWER;

/* waits.c: parks the call with a copy of the waiter, at most until the timeout. */
void waits_park(struct waits *waits, const struct tenant *tenant, const struct waiter *waiter,
                int64_t timeout_ms);
