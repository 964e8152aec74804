/*
 * The delay of the first callback. A shop stores its order after the call that created the invoice
 * has returned, so the first callback that a call causes starts a while after the call's reply has
 * left (first_callback_delay_ms), in real time whatever the account's clock does.
 *
 * A call puts a barrier before what its invoice reports; callbacks of the invoice queue behind it.
 * The barrier opens by time, counted from the reply, or at once when somebody asks for it. All of
 * this is memory only: in the database such a callback is being sent, so a restart sends it.
 */
#pragma once

#include "base/timers.h"
#include "engine/turn.h"

#include <sys/queue.h>

struct engine;

#define FIRST_CALLBACK_BUCKETS 1024

/* Zeroed: none waits. */
struct first_callbacks {
    void *by_invoice;                                           /* search tree of gates */
    struct timers due;                                          /* the gates by when they open */
    LIST_HEAD(, first_item) unanswered[FIRST_CALLBACK_BUCKETS]; /* barriers, by request */
    bool hurry;                                                 /* the server ends: no delays */
};

/*
 * The request under way is going to change the invoice: what the invoice reports from now on waits
 * for the reply. Does nothing if the account's delay is 0, the invoice reports nothing, the
 * account's clock is being advanced, or a call waits for the invoice's callbacks
 * (engine_hooks.hurries).
 */
void first_callback_expect(struct engine *engine, struct tenant *tenant,
                           const struct invoice *invoice);

/* Queues a committed callback behind the invoice's barrier, and takes over its `url`; false if
 * there is none: the callback can be sent. */
bool first_callback_queue(struct engine *engine, const struct queued_callback *fresh);

/* The reply of a request has left, or never will: its barriers open after their delay. */
void first_callback_replied(struct engine *engine, uint64_t request);

/* Opens the barriers of an invoice, of an account, or of all at once, and then for good. */
void first_callback_hurry(struct engine *engine, int64_t invoice);
void first_callback_hurry_account(const struct tenant *tenant);
void first_callback_hurry_all(struct engine *engine);

/* Hands what is behind open barriers to the sender; after the commit. */
void first_callback_run(struct engine *engine);

int64_t first_callback_wait_ms(const void *engine); /* loop_source.wait_ms */

/* Forgets what waits: of an account that is emptied or deleted, or all after a failed commit, when
 * schedule_recover sends what was being sent. */
void first_callback_drop(struct tenant *tenant);
void first_callback_drop_all(struct engine *engine);
