/* Plans: the outcome steps that an invoice still has to take, and the account's queue of
 * outcomes. */
#pragma once

#include "domain/outcome.h"
#include "engine/transition.h"

#define PLAN_QUEUE_MOST 1000 /* outcomes queued in one account */

/* The delay of a planned step that sets none. */
int64_t engine_settle_after(const struct engine *engine, const struct tenant *tenant);

/* When a step of an outcome that starts at `from_ms` is due; TIME_NONE if there is no such step. */
int64_t engine_step_due(const struct engine *engine, const struct tenant *tenant,
                        const struct outcome *outcome, size_t step, int64_t from_ms);

/*
 * Finds the outcome of an invoice (server/docs/outcomes.md): the next one of the account's queue,
 * which is used up; else `asked` (or NULL); else that of a fixture rule that matches `subject` and
 * the customer's address (or NULL). Returns NULL if there is none. The text is in the arena, or is
 * `asked`.
 */
const char *engine_find_outcome(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                enum outcome_kind kind, const char *asked,
                                const struct invoice *subject, const char *customer_email);

/* Parses an outcome text that was checked before. */
void engine_read_outcome(const struct engine *engine, const char *text, enum status from,
                         struct outcome *ret_outcome);

/* Returns true if a stored outcome text is still valid: the fixtures may have lost a resolution. */
bool engine_knows_outcome(const struct engine *engine, const char *text, enum status from);

/*
 * Plans a checked outcome text, from a status and a time on. "" and outcomes that never settle plan
 * nothing. `engine_plan_text` returns the normal form of such a text.
 */
void engine_set_plan(const struct engine *engine, const struct tenant *tenant, struct arena *arena,
                     struct invoice *invoice, const char *text, enum status from, int64_t from_ms);
const char *engine_plan_text(const struct engine *engine, struct arena *arena, const char *text,
                             enum status from);

/* Adds a checked outcome to the account's queue; empties the queue. */
void engine_queue_outcome(struct engine *engine, struct tenant *tenant, const char *text);
void engine_clear_outcomes(struct engine *engine, struct tenant *tenant);

/* Reads the plan's remaining steps; empty if there are none. */
void engine_plan(const struct engine *engine, const struct invoice *invoice,
                 struct outcome *ret_outcome);

/* Applies step 0 of a plan, and schedules the next. */
void engine_step(struct engine *engine, struct tenant *tenant, struct arena *arena,
                 struct invoice *invoice, const struct outcome *outcome,
                 const struct transition_request *how);
