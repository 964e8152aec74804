#include "plan.h"

#include "base/die.h"
#include "base/log.h"
#include "base/text.h"

int64_t engine_settle_after(const struct engine *engine, const struct tenant *tenant)
{
    int64_t own_ms = tenant->account.settings.settle_after_ms;
    return own_ms == ACCOUNT_UNSET ? engine->options.settle_after_ms : own_ms;
}

/* ------------------------------------------------------------------ finding one */

bool engine_knows_outcome(const struct engine *engine, const char *text, enum status from)
{
    struct outcome outcome;
    return !outcome_parse(text, from, &engine->fixture->resolutions, NULL, &outcome);
}

const char *engine_queued_outcome(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                  enum outcome_kind kind)
{
    while (tenant->outcomes) {
        const char *text = store_outcome_pop(engine->store, arena, tenant->account.num, kind);
        if (!text) {
            return NULL;
        }
        tenant->outcomes--;
        if (engine_knows_outcome(engine, text, outcome_start(kind))) {
            return text;
        }
        log_event(LOG_WARN, "outcome_passed_over", LOG_TEXT("account", tenant->account.keys.id),
                  LOG_TEXT("outcome", text));
    }
    return NULL;
}

void engine_queue_outcome(struct engine *engine, struct tenant *tenant, const char *text)
{
    store_outcome_push(engine->store, tenant->account.num, text);
    tenant->outcomes++;
}

void engine_clear_outcomes(struct engine *engine, struct tenant *tenant)
{
    store_outcome_clear(engine->store, tenant->account.num);
    tenant->outcomes = 0;
}

/* ------------------------------------------------------------------ setting one */

static void parse(const struct engine *engine, const char *text, enum status from,
                  struct arena *arena, struct outcome *ret_outcome)
{
    const char *why = outcome_parse(text, from, &engine->fixture->resolutions, arena, ret_outcome);
    if (why) {
        die("a stored outcome cannot be read: %s: %s", text, why);
    }
}

static const char *normal_form(struct arena *arena, const struct outcome *outcome)
{
    char normal[OUTCOME_TEXT];
    outcome_format(outcome, 0, normal);
    return arena_strdup(arena, normal);
}

const char *engine_plan_text(const struct engine *engine, struct arena *arena, const char *text,
                             enum status from)
{
    struct outcome outcome;
    parse(engine, text, from, arena, &outcome);
    return normal_form(arena, &outcome);
}

void engine_set_plan(const struct engine *engine, const struct tenant *tenant, struct arena *arena,
                     struct invoice *invoice, const char *text, enum status from, int64_t from_ms)
{
    struct outcome outcome;
    invoice->plan = "";
    invoice->plan_due_ms = TIME_NONE;
    if (!*text) {
        return; /* the payer decides on the page */
    }
    parse(engine, text, from, arena, &outcome);
    const struct outcome_step *first = &outcome.steps[0];
    bool never =
        outcome.n == 1 && first->status == from && text_equal(first->resolution, RESOLUTION_OK);
    if (never) {
        return;
    }
    invoice->plan = normal_form(arena, &outcome);
    int64_t delay_ms =
        first->delay_ms == OUTCOME_NO_DELAY ? engine_settle_after(engine, tenant) : first->delay_ms;
    invoice->plan_due_ms = from_ms + delay_ms;
}

/* ------------------------------------------------------------------ taking its steps */

void engine_plan(const struct engine *engine, const struct invoice *invoice,
                 struct outcome *ret_outcome)
{
    struct outcome none = {0};
    bool planned =
        *invoice->plan && !outcome_parse(invoice->plan, invoice->status,
                                         &engine->fixture->resolutions, NULL, ret_outcome);
    if (!planned) {
        *ret_outcome = none;
    }
}

static void plan_rest(const struct engine *engine, const struct tenant *tenant, struct arena *arena,
                      struct invoice *invoice, const struct outcome *outcome, int64_t at_ms)
{
    char rest[OUTCOME_TEXT];
    outcome_format(outcome, 1, rest);
    invoice->plan = arena_strdup(arena, rest);
    invoice->plan_due_ms = TIME_NONE;
    if (outcome->n > 1) {
        int64_t delay_ms = outcome->steps[1].delay_ms;
        invoice->plan_due_ms =
            at_ms + (delay_ms == OUTCOME_NO_DELAY ? engine_settle_after(engine, tenant) : delay_ms);
    }
}

void engine_step(struct engine *engine, struct tenant *tenant, struct arena *arena,
                 struct invoice *invoice, const struct outcome *outcome, const struct move *how)
{
    const struct outcome_step *step = &outcome->steps[0];
    plan_rest(engine, tenant, arena, invoice, outcome, how->at_ms);
    struct move move = *how;
    move.status = step->status;
    move.resolution = arena_strdup(arena, step->resolution);
    if (!outcome->n || step->status == invoice->status) {
        /* It stays pending, perhaps for a reason: no change of state, no callback. */
        invoice->resolution = outcome->n ? move.resolution : invoice->resolution;
        engine_save(engine, tenant, invoice);
    } else if (!engine_move(engine, tenant, arena, invoice, &move)) {
        /* What was planned no longer fits, e.g. after a forced transition: the plan ends here. */
        invoice->plan = "";
        invoice->plan_due_ms = TIME_NONE;
        engine_save(engine, tenant, invoice);
    }
}
