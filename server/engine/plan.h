/* Plans: the outcome steps that wait in an invoice, from being found to being taken; and the queue
 * of an account's next outcomes. */
#pragma once

#include "domain/outcome.h"
#include "engine/transition.h"

#define PLAN_QUEUE_MOST 1000 /* outcomes queued in one account */

/* The delay of a planned step that names none. */
int64_t engine_settle_after(const struct engine *engine, const struct tenant *tenant);

/*
 * Plans what an outcome text (checked) says, from a status and a time on; "" and what never settles
 * plan nothing. `engine_plan_text` is the normal form of such a text.
 */
void engine_set_plan(const struct engine *engine, const struct tenant *tenant, struct arena *arena,
                     struct invoice *invoice, const char *text, enum status from, int64_t from_ms);
const char *engine_plan_text(const struct engine *engine, struct arena *arena, const char *text,
                             enum status from);

/* Whether the database's text is still an outcome: the fixtures may have lost a resolution since it
 * was stored. */
bool engine_knows_outcome(const struct engine *engine, const char *text, enum status from);

/* Takes the next outcome of this kind off the account's queue, in the arena; NULL: none waits. What
 * is no outcome any more is passed over, and the log says so. */
const char *engine_queued_outcome(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                  enum outcome_kind kind);

/* Adds to the account's queue an outcome (checked); empties the queue. */
void engine_queue_outcome(struct engine *engine, struct tenant *tenant, const char *text);
void engine_clear_outcomes(struct engine *engine, struct tenant *tenant);

/* The plan's steps still to come; an empty one when there are none. */
void engine_plan(const struct engine *engine, const struct invoice *invoice,
                 struct outcome *ret_outcome);

/* Takes step 0 of a plan: applies it when it is due now, and sets what comes after it. */
void engine_step(struct engine *engine, struct tenant *tenant, struct arena *arena,
                 struct invoice *invoice, const struct outcome *outcome, const struct move *how);
