/*
 * What a turn of the loop leaves to be done: callbacks to start and changes to report after its
 * commit, and when to check timers again. Callbacks that a call causes also wait for its reply.
 */
#pragma once

#include "base/timers.h"
#include "deliver/deliver.h"
#include "domain/invoice.h"
#include "engine/tenant.h"

#include <sys/queue.h>

struct engine;

#define ADVANCE_EVENTS_MOST 10000 /* listed per advance; more are counted */

struct turn {
    struct queued_callback *callbacks; /* sent once the turn is committed */
    size_t n_callbacks, callbacks_room;
    struct turn_change {
        int64_t account, invoice; /* tenant.journal_id, row or 0 */
    } * changes;
    size_t n_changes, changes_room;

    /* These outlive the turn. */
    int64_t wake_ms;     /* machine time of the earliest timer; 0: check all */
    int64_t sweep_at_ms; /* monotonic time of the next sweep; INT64_MAX: when something changes */
    bool garbage;        /* there may be unreachable rows (store_garbage.h) */
};

/* Queues a callback; `ahead`: before others to the same receiver. */
void turn_queue_callback(struct turn *turn, const struct callback *callback, bool ahead);

/* Drops the queued callbacks of an account that is emptied in the same turn. */
void turn_drop_callbacks(struct turn *turn, int64_t account);

/* Records a change of an invoice (0: of the account), for waiting calls. */
void turn_note_change(struct turn *turn, const struct tenant *tenant, int64_t invoice);

/* Clears callbacks and changes after they were handled or rolled back. */
void turn_clear(struct turn *turn);
void turn_finish(struct turn *turn);

/* A timer of the tenant was set, in account time; TIME_NONE is ignored. */
void turn_set_timer(struct turn *turn, struct tenant *tenant, int64_t due_ms);

/* Check all timers in the next turn: accounts, clocks or settings changed. */
void turn_recheck(struct turn *turn);

/* Returns a new entry in the list of an advance; NULL if the account is not being advanced, or the
 * list is full. */
struct advance_event *turn_add_event(struct tenant *tenant, const char *invoice_id, int64_t at_ms);

/* ------------------------------------------------------------------ the first callback */

/*
 * The delay of the first callback. A shop stores its order after the call that created the invoice
 * has returned, so the first callback of a call starts first_callback_delay_ms after the call's
 * reply is sent. The delay is real time and does not depend on the account's clock.
 *
 * A call adds a barrier to its invoice; callbacks of the invoice queue behind it. The barrier opens
 * when the delay after the reply is over, or at once on request. Barriers exist in memory only: in
 * the database such a callback is already being sent, so a restart sends it.
 */
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

/* The reply of a request was sent, or never will be: its barriers open after their delay. */
void first_callback_replied(struct engine *engine, uint64_t request);

/* Opens the barriers of an invoice, of an account, or of all accounts; the last also disables later
 * ones. */
void first_callback_hurry(struct engine *engine, int64_t invoice);
void first_callback_hurry_account(const struct tenant *tenant);
void first_callback_hurry_all(struct engine *engine);

/* After the commit: passes the turn's callbacks, in the order in which they were queued, to the
 * sender or behind the barrier of their invoice, and those behind open barriers to the sender. */
void turn_send_callbacks(struct engine *engine);

int64_t first_callback_wait_ms(const void *engine); /* loop_source.wait_ms */

/* Drops waiting callbacks: of an account that is emptied or deleted, or all after a failed commit.
 * schedule_recover then sends them again. */
void first_callback_drop(struct tenant *tenant);
void first_callback_drop_all(struct engine *engine);
