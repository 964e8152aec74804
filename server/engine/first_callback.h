/*
 * The delay of the first callback. A shop stores its order after the call that created the invoice
 * has returned, so the first callback of a call starts first_callback_delay_ms after the call's
 * reply is sent. The delay is real time and does not depend on the account's clock.
 *
 * A call adds a barrier to its invoice; callbacks of the invoice queue behind it. The barrier opens
 * when the delay after the reply is over, or at once on request. Barriers exist in memory only: in
 * the database such a callback is already being sent, so a restart sends it.
 */
#pragma once

#include "base/timers.h"
#include "engine/turn.h"

#include <sys/queue.h>

struct engine;

#define FIRST_CALLBACK_BUCKETS 1024

/* Zeroed: no callback waits. */
struct first_callbacks {
    void *by_invoice;                                           /* search tree of gates */
    struct timers due;                                          /* the gates by when they open */
    LIST_HEAD(, first_item) unanswered[FIRST_CALLBACK_BUCKETS]; /* barriers, by request */
    bool hurry; /* the server is shutting down: no delays */
};

/*
 * The current request is about to change the invoice: its callbacks wait from now on for the reply.
 * Does nothing if the account's delay is 0, the invoice has no callback URL, the account's clock is
 * being advanced, or a call waits for the invoice's callbacks (engine_hooks.waits_for_callbacks).
 */
void first_callback_expect(struct engine *engine, struct tenant *tenant,
                           const struct invoice *invoice);

/* Queues a committed callback behind the invoice's barrier, and takes over its `url`. Returns false
 * if there is no barrier: the callback can be sent. */
bool first_callback_queue(struct engine *engine, const struct queued_callback *fresh);

/* The reply of a request was sent, or never will be: its barriers open after their delay. */
void first_callback_replied(struct engine *engine, uint64_t request);

/* Opens the barriers of an invoice, of an account, or of all accounts; the last also disables later
 * ones. */
void first_callback_hurry(struct engine *engine, int64_t invoice);
void first_callback_hurry_account(const struct tenant *tenant);
void first_callback_hurry_all(struct engine *engine);

/* Passes callbacks behind open barriers to the sender; call it after the commit. */
void first_callback_run(struct engine *engine);

int64_t first_callback_wait_ms(const void *engine); /* loop_source.wait_ms */

/* Drops waiting callbacks: of an account that is emptied or deleted, or all after a failed commit.
 * schedule_recover then sends them again. */
void first_callback_drop(struct tenant *tenant);
void first_callback_drop_all(struct engine *engine);
