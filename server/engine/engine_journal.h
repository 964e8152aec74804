/* Records transitions, attempts, faults, clocks and accounts in the journal and the log. */
#pragma once

#include "engine/engine.h"

/* An invoice changed from status `from` to its current one. `at_ms`: account time; `cause`: static
 * text. */
void journal_transition(struct engine *engine, const struct tenant *tenant,
                        const struct invoice *invoice, enum status from, int64_t at_ms,
                        const char *cause);

/* An attempt ended; `callback` is already updated. */
void journal_callback(struct engine *engine, const struct tenant *tenant,
                      const struct callback *callback, const struct delivery_result *result);

/*
 * A fault was applied. `tenant` NULL: no account; `invoice` 0: no invoice; `fault` is its number,
 * `on` what it affected ("api", "page", "callback"), `name` what it does ("reset"). Both texts are
 * copied.
 */
void journal_fault(struct engine *engine, const struct tenant *tenant, int64_t invoice,
                   int64_t fault, const char *on, const char *name);

/* The account's clock was set, or moved by an advance. */
void journal_clock(struct engine *engine, const struct tenant *tenant);

/* An account was created, changed, reset, restored or deleted (called before it is freed). */
void journal_account(struct engine *engine, const struct tenant *tenant,
                     enum journal_change change);

/* Hides the account's past records from its view. */
void journal_clear(struct engine *engine, struct tenant *tenant);

/* The records that an account may see: its own, and for the demo account also those of everyone. */
struct journal_view journal_view_of(const struct engine *engine, const struct tenant *tenant);
