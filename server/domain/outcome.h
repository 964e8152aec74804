/*
 * A planned outcome: the one syntax of server/docs/outcomes.md, `STATUS[:RESOLUTION][@DELAY]` and
 * steps joined by
 * ','. Each delay counts from the step before; a step without one takes the account's
 * settle_after_ms.
 */
#pragma once

#include "base/mem.h"
#include "domain/invoice.h"
#include "domain/resolution.h"

#include <stdint.h>

#define OUTCOME_STEPS 8
#define OUTCOME_TEXT 1024 /* room for any plan in its normal form, with its NUL */
#define OUTCOME_NO_DELAY ((int64_t)-1)

struct outcome_step {
    enum status status;
    char resolution[64];
    int64_t delay_ms; /* OUTCOME_NO_DELAY: the account's settle_after_ms */
};

struct outcome {
    int n;
    struct outcome_step steps[OUTCOME_STEPS];
};

/* The kind of an outcome, by its first step. Stored: append only. */
enum outcome_kind {
    OUTCOME_OF_PAYMENT = 0, /* a new invoice's */
    OUTCOME_OF_REFUND = 1,  /* a status of refunds first */
};

/* One in an account's queue. */
struct queued_outcome {
    const char *text;
    enum outcome_kind kind;
};

/* Any text has a kind; outcome_parse checks whether it is an outcome. */
enum outcome_kind outcome_kind(const char *text);

/* The status in which outcomes of this kind start. */
enum status outcome_start(enum outcome_kind kind);

/*
 * Reads a plan for an invoice of status `from` (process_pending for a new one). Names in any case;
 * a failure without a resolution gets general_decline (status_resolution); `expired` is
 * process_failed:expired at once; `process_pending` alone never settles. Steps that the state
 * tables of both kinds forbid are refused. Returns NULL, or a sentence in the arena that names the
 * wrong part. If the arena is NULL, the sentence is general.
 */
const char *outcome_parse(const char *text, enum status from, const struct resolution_set *extra,
                          struct arena *arena, struct outcome *ret_outcome);

/* The invoice that an outcome is for. */
struct outcome_subject {
    enum status from;
    enum invoice_kind kind;
    enum invoice_flow flow;
    enum profile profile; /* of its account */
};

/* Whether accounts of this profile have all statuses of the outcome. Returns NULL or the reason. */
const char *outcome_is_in(const struct outcome *outcome, enum profile profile, struct arena *arena);

/*
 * Whether an outcome is possible for this invoice: a payout is never refunded or retried, and a
 * card check has nothing to refund, and older profiles lack statuses. Returns NULL or the reason. A
 * request for one invoice is refused with it. A plan for any invoice (the queue, a rule, an
 * account's default) ends at the step that is not possible.
 */
const char *outcome_fits(const struct outcome *outcome, const struct outcome_subject *subject,
                         struct arena *arena);

/* Writes the normal form, from step `from` on, which outcome_parse reads again. "" when no step is
 * left. */
void outcome_format(const struct outcome *outcome, int from, char ret_text[OUTCOME_TEXT]);
