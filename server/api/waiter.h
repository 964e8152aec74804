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
    WAIT_ATTEMPT, /* holds back a reply that stands already */
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
    int64_t wanted, counted;      /* WAIT_REQUESTS */
    uint64_t position;            /* WAIT_REQUESTS: counted up to here */
    struct http_request *request;

    /* waits.c's own */
    struct waits *waits;
    int64_t account;           /* tenant.journal_id */
    char owner_id[IDENT_TEXT]; /* the account's id */
    bool marked;               /* something happened that may fulfil it */
    struct timer deadline;
    TAILQ_ENTRY(waiter) link;
};

/* What was read for one waiter serves the others that wait for the same invoice. Zeroed it is
 * fresh. */
struct wait_cache {
    struct arena arena;
    bool has_invoice, has_callbacks, no_invoice;
    struct invoice invoice;
    struct callback *callbacks;
    size_t n_callbacks;
    struct buf document; /* the invoice's, once it was written */
};

void wait_cache_finish(struct wait_cache *cache);

/* Answers 200 when the condition holds, 404 when it cannot any more; NULL: neither. */
struct answer *waiter_try(struct call *call, struct waiter *waiter,
                          struct wait_cache *cache) ATTR_MUST_USE;

/* True when it can never hold without another call: the clock stands still and nothing is due. */
bool waiter_is_hopeless(struct call *call, const struct waiter *waiter);

/* Answers 408 with what is instead. */
struct answer *waiter_give_up(struct call *call, const struct waiter *waiter, const char *code,
                              const char *message) ATTR_ANSWER;

/* True when the account has nothing in flight and nothing due within a time from now. */
bool waiter_is_idle(struct call *call, int64_t within_ms);

/* waits.c: parks the call with a copy of the waiter, at most so long. */
void waits_park(struct waits *waits, const struct tenant *tenant, const struct waiter *waiter,
                int64_t timeout_ms);
