/* What the engine tells the journal, and the log with it: transitions, attempts, faults, clocks,
 * accounts. */
#pragma once

#include "engine/engine.h"

/* An invoice went from a status to the one that it has. `at_ms`: account time; `cause`: static. */
void journal_transition(struct engine *engine, const struct tenant *tenant,
                        const struct invoice *invoice, enum status from, int64_t at_ms,
                        const char *cause);

/* An attempt of a callback ended; the callback is already what it became. */
void journal_callback(struct engine *engine, const struct tenant *tenant,
                      const struct callback *callback, const struct delivery_result *result);

/*
 * A fault hit. `tenant` NULL: of no account; `invoice` 0: of none; `fault` is its number, `on` what
 * it hit ("api", "page", "callback"), `name` what it does ("reset"). Both texts are copied.
 */
void journal_fault(struct engine *engine, const struct tenant *tenant, int64_t invoice,
                   int64_t fault, const char *on, const char *name);

/* The account's clock was set, or moved by an advance. */
void journal_clock(struct engine *engine, const struct tenant *tenant);

/* An account was made, changed, reset, restored or deleted (before it is freed). */
void journal_account(struct engine *engine, const struct tenant *tenant,
                     enum journal_change change);

/* Forgets what the account's view of the journal shows. */
void journal_clear(struct engine *engine, struct tenant *tenant);

/* The view of an account: its own, and for the demo account what is everyone's. */
struct journal_view journal_view_of(const struct engine *engine, const struct tenant *tenant);
