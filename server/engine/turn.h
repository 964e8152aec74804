/*
 * What a turn of the loop leaves to be done: callbacks to start and changes to report after its
 * commit, and when to check timers again. These are plain lists; they do not know their readers.
 */
#pragma once

#include "domain/invoice.h"
#include "engine/tenant.h"

#define ADVANCE_EVENTS_MOST 10000 /* listed per advance; more are counted */

/* A callback that is sent once the turn is committed. */
struct queued_callback {
    int64_t callback, invoice, account;
    char *url;
    bool ahead; /* sent before others to the same receiver */
};

struct turn {
    struct queued_callback *callbacks;
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
