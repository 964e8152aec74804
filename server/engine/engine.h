/*
 * The engine: the only way to change an invoice. Handlers, timers, the payment page and the control
 * API all call it. Each change saves the invoice, records the transition and queues its callback in
 * the one transaction of the turn, so a crash can neither lose nor invent a callback.
 *
 * This header declares its state. The code is layered; each layer uses only those above it:
 *
 *   tenant, faults                              accounts in memory, and their clocks
 *   turn                                        what a turn leaves to be done, with callbacks that
 *                                               wait for the reply of the call that causes them
 *   lookup, ledger, engine_journal, refund_row  reading and recording
 *   outbox_fault, outbox                        callbacks, and faults that change them
 *   transition, plan                            changes of an invoice, and planned changes
 *   create, payment, refund, payout             what merchants and payers do
 *   schedule, advance, attempt                  timers, and the end of an attempt
 *   engine_account, snapshot, sweep, life       accounts, snapshots, deletion, start and commit
 */
#pragma once

#include "deliver/deliver.h"
#include "domain/token.h"
#include "engine/sweep.h"
#include "engine/tenant.h"
#include "engine/turn.h"
#include "fixture/fixture.h"
#include "fixture/shapes.h"
#include "store/store.h"
#include "watch/evidence.h"
#include "watch/journal.h"
#include "watch/metrics.h"
#include "watch/trace.h"

/* Names the database, from its first start on, whatever the seed is. */
enum { ENGINE_DATABASE_TEXT = 17 };

struct engine_options {
    int64_t settle_after_ms;         /* for accounts that do not set their own */
    int64_t first_callback_delay_ms; /* likewise */
    int64_t retention_ms;            /* 0: keep everything */
    bool seeded;
    int64_t seed;
    const char *demo_callback_url; /* the demo account's default; NULL: not changed */
    size_t journal;                /* records of the journal, 0: none */
    const struct shapes *shapes; /* the form of all bodies, whatever an account's profile is; NULL:
                                    the profile's */
    struct deliver_options deliver;
};

/* Hooks for waiting calls; `account` is a tenant.journal_id. */
struct engine_hooks {
    void (*changed)(void *arg, int64_t account, int64_t invoice); /* after the commit */
    /* Returns true if a call waits for callbacks of the invoice or of the whole account. */
    bool (*waits_for_callbacks)(void *arg, int64_t account, int64_t invoice);
    void *arg;
};

/* Stored in the database. */
struct engine_keys {
    struct token_key token;         /* signs card session tokens, and derives ids from sessions */
    uint8_t derive[CRYPT_KEY_SIZE]; /* derived ids (ident.h) */
    struct crypt_block *rows;       /* ids of rows (ident.h) */
};

/* Records of what happened (watch/). */
struct engine_watch {
    struct journal *journal;
    struct metrics metrics;
    struct trace trace;
    struct evidence evidence;
};

struct engine {
    struct engine_options options;
    struct engine_hooks hooks;
    struct store *store;
    struct deliver *deliver;
    int64_t started_ms; /* monotonic time */
    char database[ENGINE_DATABASE_TEXT];

    /* Lookup data. */
    const struct fixture *fixture;
    struct engine_keys keys;
    struct tenants tenants;

    /* Sources of new ids and numbers. */
    struct ident_source idents;
    uint64_t saved_counter; /* of idents, in the database */
    struct fault_source fault_source;

    /* Pending work. */
    struct turn turn;
    struct first_callbacks firsts;
    struct sweep sweep;
    size_t n_advances;
    int64_t retry_at_ms; /* after a failed commit: monotonic time before which no timer runs */

    struct engine_watch watch;
    struct arena scratch; /* for events that no request owns */
};
