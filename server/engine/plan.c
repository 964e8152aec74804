#include "plan.h"

#include "base/die.h"
#include "base/log.h"
#include "base/text.h"

int64_t engine_settle_after(const struct engine *engine, const struct tenant *tenant)
{
    int64_t own_ms = tenant->account.settings.settle_after_ms;
    return own_ms == ACCOUNT_UNSET ? engine->options.settle_after_ms : own_ms;
}

int64_t engine_step_due(const struct engine *engine, const struct tenant *tenant,
                        const struct outcome *outcome, size_t step, int64_t from_ms)
{
    if (step >= (size_t)outcome->n) {
        return TIME_NONE;
    }
    int64_t delay_ms = outcome->steps[step].delay_ms;
    return from_ms +
           (delay_ms == OUTCOME_NO_DELAY ? engine_settle_after(engine, tenant) : delay_ms);
}

static bool parse(const struct engine *engine, const char *text, enum status from,
                  struct outcome *ret_outcome)
{
    return !outcome_parse(text, from, &engine->fixture->resolutions, NULL, ret_outcome);
}

void engine_read_outcome(const struct engine *engine, const char *text, enum status from,
                         struct outcome *ret_outcome)
{
    if (!parse(engine, text, from, ret_outcome)) {
        die("a stored outcome cannot be read: %s", text);
    }
}

bool engine_knows_outcome(const struct engine *engine, const char *text, enum status from)
{
    struct outcome outcome;
    return parse(engine, text, from, &outcome);
}

/* ------------------------------------------------------------------ finding one */

/* Takes the next outcome of this kind off the account's queue; skips outcomes that are no longer
 * valid. */
static const char *next_queued(struct engine *engine, struct tenant *tenant, struct arena *arena,
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

const char *engine_find_outcome(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                enum outcome_kind kind, const char *asked,
                                const struct invoice *subject, const char *customer_email)
{
    const char *text = next_queued(engine, tenant, arena, kind);
    if (!text) {
        text = asked;
    }
    return text ? text : scenario_find(&engine->fixture->scenarios, kind, subject, customer_email);
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
    engine_read_outcome(engine, text, from, &outcome);
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
    engine_read_outcome(engine, text, from, &outcome);
    const struct outcome_step *first = &outcome.steps[0];
    bool never =
        outcome.n == 1 && first->status == from && text_equal(first->resolution, RESOLUTION_OK);
    if (never) {
        return;
    }
    invoice->plan = normal_form(arena, &outcome);
    invoice->plan_due_ms = engine_step_due(engine, tenant, &outcome, 0, from_ms);
}

/* ------------------------------------------------------------------ taking its steps */

void engine_plan(const struct engine *engine, const struct invoice *invoice,
                 struct outcome *ret_outcome)
{
    if (!*invoice->plan || !parse(engine, invoice->plan, invoice->status, ret_outcome)) {
        *ret_outcome = (struct outcome){0};
    }
}

void engine_step(struct engine *engine, struct tenant *tenant, struct arena *arena,
                 struct invoice *invoice, const struct outcome *outcome,
                 const struct transition_request *how)
{
    const struct outcome_step *step = &outcome->steps[0];
    char rest[OUTCOME_TEXT];
    outcome_format(outcome, 1, rest);
    invoice->plan = arena_strdup(arena, rest);
    invoice->plan_due_ms = engine_step_due(engine, tenant, outcome, 1, how->at_ms);
    struct transition_request request = *how;
    request.status = step->status;
    request.resolution = arena_strdup(arena, step->resolution);
    if (!outcome->n || step->status == invoice->status) {
        /* The status stays the same, perhaps with another resolution: no transition, no
         * callback. */
        invoice->resolution = outcome->n ? request.resolution : invoice->resolution;
        engine_save(engine, tenant, invoice);
    } else if (!engine_transition(engine, tenant, arena, invoice, &request)) {
        /* The plan no longer fits, e.g. after a forced transition: it ends here. */
        invoice->plan = "";
        invoice->plan_due_ms = TIME_NONE;
        engine_save(engine, tenant, invoice);
    }
}
