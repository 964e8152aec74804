/* /_mock/outcomes: the queue of outcomes for the next invoices and refunds. */
#include "control.h"

#include "engine/plan.h"

static void write_queued(void *arg, const char *text)
{
    json_out_text(arg, NULL, text);
}

static struct answer *reply_queue(struct call *call, unsigned status)
{
    struct json_out out = call_reply_object(call, status);
    json_out_array(&out, "queued");
    store_outcome_all(call->engine->store, call->tenant->account.num, write_queued, &out);
    json_out_array_end(&out);
    return call_reply_end(&out);
}

struct answer *control_outcomes_list(struct call *call)
{
    return reply_queue(call, 200);
}

struct answer *control_outcomes_clear(struct call *call)
{
    engine_clear_outcomes(call->engine, call->tenant);
    return reply_queue(call, 200);
}

/* Checks that every item of the list is an outcome. */
static struct answer *check_outcomes(struct call *call, const json_t *list)
{
    struct outcome outcome;
    if (!json_is_array(list) || !json_array_size(list)) {
        return call_invalid(call, "outcomes: must be a list of at least one outcome");
    }
    if ((int64_t)json_array_size(list) + call->tenant->outcomes > PLAN_QUEUE_MOST) {
        return call_control_error(call, 422, "too_many_outcomes", "at most %d outcomes are queued",
                                  PLAN_QUEUE_MOST);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        const char *why =
            !text ? "must be a text"
                  : outcome_parse(text, outcome_start(outcome_kind(text)),
                                  &call->engine->fixture->resolutions, call->arena, &outcome)
                      ?: outcome_is_in(&outcome, call_profile(call),
                                       call->arena);
        if (why) {
            return call_control_error(call, 422, "unknown_outcome", "outcomes[%zu]: %s", i, why);
        }
    }
    return NULL;
}

struct answer *control_outcomes_add(struct call *call)
{
    json_t *list = NULL;
    static const struct json_field fields[] = {
        {.name = "outcomes", .kind = JSON_KIND_ANY, .required = true}};
    struct answer *refused =
        control_read(call, false, fields, ARRAY_SIZE(fields), &list) ?: check_outcomes(call, list);
    if (refused) {
        return refused;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        engine_queue_outcome(call->engine, call->tenant,
                             json_string_value(json_array_get(list, i)));
    }
    return reply_queue(call, 201);
}
