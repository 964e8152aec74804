#include "rehearse/rehearse_steps.h"

#include "base/text.h"
#include "base/wall.h"

#include <stdlib.h>

#define LATER_S 60 /* how much newer a forged callback says that it is */

/* ------------------------------------------------------------------ the platform */

static bool step_fault(struct scene *scene, const json_t *given)
{
    static const char *const forgeries[] = {"bad_signature", "wrong_secret", "no_signature",
                                            "truncate",      "reencoded",    NULL};
    const char *name = json_string_value(json_object_get(given, "fault"));
    bool callback = text_equal(json_string_value(json_object_get(given, "on")), "callback");
    timeline_add(scene, "fault", "rehearsal", "platform", "the next %s meets the fault %s",
                 callback ? "callback" : "call", name);
    scene->forged |= callback && text_index(forgeries, name) >= 0;
    return platform_do(scene, "POST", "faults", json_deep_copy(given));
}

static bool step_clear(struct scene *scene, const json_t *given)
{
    (void)given;
    return platform_do(scene, "DELETE", "faults", NULL);
}

static bool step_settle(struct scene *scene, const json_t *given)
{
    (void)given;
    return platform_settle(scene);
}

static bool step_wait(struct scene *scene, const json_t *given)
{
    (void)given;
    return platform_wait(scene);
}

static bool step_advance(struct scene *scene, const json_t *given)
{
    json_int_t seconds = json_integer_value(json_object_get(given, "seconds"));
    timeline_add(scene, "clock", "rehearsal", "platform", "the clock advances by %lld s",
                 (long long)seconds);
    return platform_do(scene, "POST", "clock/advance",
                       json_pack("{s:I, s:s}", "seconds", seconds, "timeout", "40s"));
}

static bool step_transition(struct scene *scene, const json_t *given)
{
    if (scene->without_order) {
        return true;
    }
    timeline_add(scene, "state", "platform", "platform", "the platform sets %s",
                 json_string_value(json_object_get(given, "status")));
    const char *path =
        arena_printf(&scene->arena, "payment-invoices/%s/transition", scene->invoice);
    return platform_do(scene, "POST", path, json_deep_copy(given));
}

/* {"outcomes": [...]}: what the next invoices or refunds come to. */
static bool step_outcomes(struct scene *scene, const json_t *given)
{
    return platform_do(scene, "POST", "outcomes", json_deep_copy(given));
}

/* {"code": ..., "change": {...}}: another condition of a payment service. */
static bool step_service(struct scene *scene, const json_t *given)
{
    const char *code = json_string_value(json_object_get(given, "code"));
    return platform_do(scene, "PUT", arena_printf(&scene->arena, "services/%s", code),
                       json_deep_copy(json_object_get(given, "change")));
}

/* ------------------------------------------------------------------ callbacks */

static const char *callback_of(struct scene *scene, const char *transition)
{
    const char *path =
        arena_printf(&scene->arena, "callbacks?limit=1000&invoice=%s", scene->invoice);
    json_t *list = platform_call(scene, "GET", path, NULL), *each;
    const char *id = NULL;
    size_t i;
    json_array_foreach(json_object_get(list, "items"), i, each)
    {
        if (text_equal(json_string_value(json_object_get(each, "transition")), transition)) {
            id = arena_strdup(&scene->arena, json_string_value(json_object_get(each, "id")));
        }
    }
    json_decref(list);
    return id;
}

/* {"transition": "processed"}: the platform sends the same bytes again. */
static bool step_resend(struct scene *scene, const json_t *given)
{
    const char *transition = json_string_value(json_object_get(given, "transition"));
    const char *id = callback_of(scene, transition);
    if (!id) {
        return scene_fail(scene, "there is no callback that reports %s", transition);
    }
    timeline_add(scene, "step", "rehearsal", "platform", "the callback %s is sent again",
                 transition);
    return platform_do(scene, "POST", arena_printf(&scene->arena, "callbacks/%s/resend", id), NULL);
}

static json_t *clock_now(struct scene *scene)
{
    json_t *clock = platform_call(scene, "GET", "clock", NULL);
    json_t *now = json_integer(json_integer_value(json_object_get(clock, "now")) + LATER_S);
    json_decref(clock);
    return now;
}

/* What is sent: the step's own members with their placeholders filled, and a time after all that
 * the shop knows, because a shop may rightly ignore an old one. */
static json_t *made_callback(struct scene *scene, const json_t *given)
{
    json_t *body = hook_fill_json(scene, given), *edit = json_object_get(body, "edit");
    json_object_del(body, "genuine");
    if (!edit) {
        edit = json_object();
        json_object_set_new(body, "edit", edit);
    }
    if (!json_object_get(body, "invoice")) {
        json_object_set_new(body, "invoice", json_string(scene->invoice));
    }
    if (scene->callback_url && !json_object_get(body, "url")) {
        json_object_set_new(body, "url", json_string(scene->callback_url));
    }
    json_object_set_new(edit, "/data/attributes/updated", clock_now(scene));
    return body;
}

/* A shop can tell what is not signed by the platform with this account's key of this mode. */
static const char *nature_of(const json_t *given)
{
    bool forged = json_object_get(given, "sign") || json_object_get(given, "invoice");
    return forged                                            ? PLANTED_FORGED
           : json_is_true(json_object_get(given, "genuine")) ? PLANTED_GENUINE
                                                             : PLANTED_UNTRUE;
}

/* As POST /_mock/callbacks takes it. {"genuine": true}: it says what is true. */
static bool step_send(struct scene *scene, const json_t *given)
{
    const char *nature = nature_of(given);
    const char *sign = json_string_value(json_object_get(given, "sign"));
    timeline_add(scene, "step", "rehearsal", "platform",
                 "a callback made by hand: %s, signature %s",
                 json_string_value(json_object_get(given, "transition")), sign ? sign : "right");
    json_t *answer = platform_call(scene, "POST", "callbacks", made_callback(scene, given));
    const char *id = json_string_value(json_object_get(answer, "id"));
    if (id) {
        json_object_set_new(scene->planted, id, json_string(nature));
    }
    scene->forged |= !text_equal(nature, PLANTED_GENUINE);
    json_decref(answer);
    return answer && platform_wait(scene);
}

/* {}: an invoice of another account, for the placeholder {stranger}. */
static bool step_stranger(struct scene *scene, const json_t *given)
{
    (void)given;
    return platform_make_stranger(scene);
}

/* {}: a cheap paid invoice of this account, for the placeholder {other}. */
static bool step_other(struct scene *scene, const json_t *given)
{
    (void)given;
    timeline_add(scene, "step", "rehearsal", "platform",
                 "an invoice of 1.00 that is no order of the shop is paid");
    return platform_make_other(scene);
}

/* ------------------------------------------------------------------ judgement */

static bool step_check(struct scene *scene, const json_t *given)
{
    (void)given;
    return platform_wait(scene) && judge_at_rest(scene, false);
}

static bool step_keep(struct scene *scene, const json_t *given)
{
    (void)given;
    return scene->without_order || judge_keep(scene);
}

/* ------------------------------------------------------------------ all */

static const struct step {
    const char *name;
    bool (*act)(struct scene *scene, const json_t *given);
} steps[] = {
    {"order", step_order},       {"pay", step_pay},           {"return", step_return},
    {"refund", step_refund},     {"payout", step_payout},     {"restart", step_restart},
    {"kill", step_kill},         {"start", step_start},       {"reconcile", step_reconcile},
    {"fault", step_fault},       {"clear", step_clear},       {"settle", step_settle},
    {"wait", step_wait},         {"advance", step_advance},   {"transition", step_transition},
    {"outcomes", step_outcomes}, {"service", step_service},   {"resend", step_resend},
    {"send", step_send},         {"stranger", step_stranger}, {"check", step_check},
    {"keep", step_keep},         {"other", step_other},
};

bool step_is_known(const char *name)
{
    return TEXT_FIND(name, steps);
}

static bool do_step(struct scene *scene, const json_t *each)
{
    const char *name = json_object_iter_key(json_object_iter((json_t *)each));
    const struct step *step = TEXT_FIND(name, steps);
    bool good = step->act(scene, json_object_get(each, name));
    timeline_collect(scene);
    if (mono_now_ms() > scene->deadline_ms) {
        scene_fail(scene, "it took too long; it was at the step %s", name);
    }
    return good && !scene->error;
}

bool steps_do(struct scene *scene, const json_t *list)
{
    size_t i;
    json_t *each;
    json_array_foreach(list, i, each)
    {
        if (!do_step(scene, each)) {
            return false;
        }
    }
    return true;
}
