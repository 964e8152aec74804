/*
 * The engine: the only way to change an invoice. Handlers, timers, the payment page and the control
 * API all end here. Each change saves the invoice, records the transition and queues its callback
 * in the one transaction of the turn, so a crash can neither lose nor invent a callback.
 *
 * Here is its state. What it does stands in floors, each using only those above it:
 *
 *   tenant, clock, faults                       accounts in memory, and their time
 *   turn                                        what a turn leaves to be done
 *   lookup, ledger, engine_journal,             reading; what is recorded; callbacks that wait for
 *   first_callback                              the reply of the call that causes them
 *   outbox_fault, outbox                        callbacks and what faults make of them
 *   transition, plan                            the change of an invoice, and changes to come
 *   create, payment, refund, payout             what merchants and payers do
 *   schedule, advance, attempt                  what time brings: timers, the end of an attempt
 *   engine_account, snapshot, sweep, life       accounts, what is too old, start and commit
 */
#pragma once

#include "deliver/deliver.h"
#include "engine/first_callback.h"
#include "engine/sweep.h"
#include "engine/tenant.h"
#include "engine/turn.h"
#include "fixture/fixture.h"
#include "store/store.h"
#include "watch/journal.h"
#include "watch/metrics.h"
#include "watch/trace.h"

struct engine_options {
    int64_t settle_after_ms;         /* for accounts that do not set their own */
    int64_t first_callback_delay_ms; /* likewise */
    int64_t retention_ms;            /* 0: keep everything */
    bool seeded;
    int64_t seed;
    const char *demo_callback_url; /* the demo account's default, NULL: as it is */
    size_t journal;                /* records of the journal, 0: none */
    struct deliver_options deliver;
};

/* For calls that wait for something; `account` is a tenant.journal_id. */
struct engine_hooks {
    void (*changed)(void *arg, int64_t account, int64_t invoice); /* after the commit */
    /* Whether a call waits for callbacks of the invoice, or of all of the account's. */
    bool (*hurries)(void *arg, int64_t account, int64_t invoice);
    void *arg;
};

/* They stay with the database. */
struct engine_keys {
    uint8_t token[CRYPT_KEY_SIZE];  /* signs card session tokens */
    uint8_t derive[CRYPT_KEY_SIZE]; /* derived ids (ident.h) */
    struct crypt_block *rows;       /* ids of rows (ident.h) */
};

/* What is remembered of what happened (watch/). */
struct engine_watch {
    struct journal *journal;
    struct metrics metrics;
    struct trace trace;
};

struct engine {
    struct engine_options options;
    struct engine_hooks hooks;
    struct store *store;
    struct deliver *deliver;
    int64_t started_ms; /* monotonic time */

    /* What everything looks up. */
    const struct fixture *fixture;
    struct engine_keys keys;
    struct tenants tenants;

    /* What new things are named and numbered by. */
    struct ident_source idents;
    uint64_t saved_counter; /* of idents, in the database */
    struct fault_source fault_source;

    /* What is to be done, and when. */
    struct turn turn;
    struct first_callbacks firsts;
    struct sweep sweep;
    size_t n_advances;
    int64_t retry_at_ms; /* after a failed commit: monotonic time before which no timer runs */

    struct engine_watch watch;
    struct arena scratch; /* for events that no request owns */
};
