/* Plans: the outcome steps that wait in an invoice, from being found to being taken; and the queue
 * of an account's next outcomes. */
#pragma once

#include "domain/outcome.h"
#include "engine/transition.h"

#define PLAN_QUEUE_MOST 1000 /* outcomes queued in one account */

/* The delay of a planned step that names none. */
int64_t engine_settle_after(const struct engine *engine, const struct tenant *tenant);

/* When a step of an outcome is due that follows on `from_ms`; TIME_NONE if there is no such step.
 */
int64_t engine_step_due(const struct engine *engine, const struct tenant *tenant,
                        const struct outcome *outcome, size_t step, int64_t from_ms);

/*
 * What becomes of an invoice, as an outcome text (server/docs/outcomes.md): the next one of the
 * account's queue, which is used up, else what was asked for (or NULL), else what a rule of the
 * fixtures says of `subject` and the customer's address (or NULL). NULL: none of them says. The
 * text is in the arena, or what was given.
 */
const char *engine_find_outcome(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                enum outcome_kind kind, const char *asked,
                                const struct invoice *subject, const char *customer_email);

/* Reads an outcome text that was checked. */
void engine_read_outcome(const struct engine *engine, const char *text, enum status from,
                         struct outcome *ret_outcome);

/* Whether the database's text is still an outcome: the fixtures may have lost a resolution since it
 * was stored. */
bool engine_knows_outcome(const struct engine *engine, const char *text, enum status from);

/*
 * Plans what an outcome text (checked) says, from a status and a time on; "" and what never settles
 * plan nothing. `engine_plan_text` is the normal form of such a text.
 */
void engine_set_plan(const struct engine *engine, const struct tenant *tenant, struct arena *arena,
                     struct invoice *invoice, const char *text, enum status from, int64_t from_ms);
const char *engine_plan_text(const struct engine *engine, struct arena *arena, const char *text,
                             enum status from);

/* Adds to the account's queue an outcome (checked); empties the queue. */
void engine_queue_outcome(struct engine *engine, struct tenant *tenant, const char *text);
void engine_clear_outcomes(struct engine *engine, struct tenant *tenant);

/* The plan's steps still to come; an empty one when there are none. */
void engine_plan(const struct engine *engine, const struct invoice *invoice,
                 struct outcome *ret_outcome);

/* Takes step 0 of a plan: applies it when it is due now, and sets what comes after it. */
void engine_step(struct engine *engine, struct tenant *tenant, struct arena *arena,
                 struct invoice *invoice, const struct outcome *outcome,
                 const struct transition_request *how);
