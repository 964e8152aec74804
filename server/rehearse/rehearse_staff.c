/* The steps of the merchant: his staff, his jobs, his machine. */
#include "base/text.h"
#include "domain/money.h"
#include "rehearse/rehearse_ledger.h"
#include "rehearse/rehearse_steps.h"

/* A share of the order, in percent. */
static const char *share_of(struct scene *scene, const json_t *share)
{
    int64_t amount = 0;
    char text[MONEY_TEXT];
    if (!share || money_parse(scene->amount, &amount) != MONEY_OK) {
        return NULL;
    }
    money_format_cents(ledger_share(amount, json_integer_value(share), scene->currency), text);
    return arena_strdup(&scene->arena, text);
}

/* Presses a button once, or twice at the same instant. */
static bool press(struct scene *scene, enum rehearse_hook_kind kind, bool twice,
                  struct hook_answer *ret_answer)
{
    return (twice ? hook_run_twice : hook_run)(scene, &scene->rehearsal->settings.hooks[kind],
                                               ret_answer);
}

/*
 * {"twice": true}: pressed twice at the same instant. {"may_fail": true}: the shop may refuse, or
 * show an error page. {"again": 1}: pressed so often again after an error, when the shop has heard
 * of what the platform did, and if {click} tells it that it is the same button.
 */
static bool press_all(struct scene *scene, enum rehearse_hook_kind kind, const json_t *given,
                      struct hook_answer *ret_answer)
{
    const struct rehearse_hook *hook = &scene->rehearsal->settings.hooks[kind];
    bool twice = json_is_true(json_object_get(given, "twice"));
    json_int_t again = rehearse_uses(scene->rehearsal, hook->name, "click")
                           ? json_integer_value(json_object_get(given, "again"))
                           : 0;
    bool run = press(scene, kind, twice, ret_answer);
    for (json_int_t i = 0; run && !ret_answer->good && i < again; i++) {
        hook_answer_finish(ret_answer);
        run = platform_wait(scene) && press(scene, kind, false, ret_answer);
    }
    return run && !ret_answer->good && !json_is_true(json_object_get(given, "may_fail"))
               ? scene_fail(scene, "the hook %s: %s", hook->name, ret_answer->told)
               : run;
}

/* {"share": 30}: so many percent of the order; else the whole. The rest as in press_all. */
bool step_refund(struct scene *scene, const json_t *given)
{
    struct hook_answer answer;
    scene->hook_amount = share_of(scene, json_object_get(given, "share"));
    scene->click = arena_printf(&scene->arena, "%s-%lld-refund-%d", scene->id,
                                (long long)scene->rehearsal->options.seed, ++scene->refunds);
    bool run = press_all(scene, HOOK_REFUND, given, &answer);
    hook_answer_finish(&answer);
    return run;
}

/* As in press_all. */
bool step_payout(struct scene *scene, const json_t *given)
{
    struct hook_answer answer;
    scene->payouts++;
    scene->click = arena_printf(&scene->arena, "%s-%lld-payout-%d", scene->id,
                                (long long)scene->rehearsal->options.seed, scene->payouts);
    const struct rehearse_settings *settings = &scene->rehearsal->settings;
    bool run = press_all(scene, HOOK_PAYOUT, given, &answer);
    const char *id = run && settings->payout_id.given
                         ? hook_extract(scene, &settings->payout_id, &answer)
                         : NULL;
    scene->payout = id ? id : scene->click;
    hook_answer_finish(&answer);
    return run;
}

bool step_restart(struct scene *scene, const json_t *given)
{
    (void)given;
    timeline_add(scene, "step", "rehearsal", "shop", "the shop is killed and started again");
    return shop_restart(scene);
}

bool step_kill(struct scene *scene, const json_t *given)
{
    (void)given;
    timeline_add(scene, "step", "rehearsal", "shop", "the shop is killed");
    shop_kill(scene);
    return true;
}

bool step_start(struct scene *scene, const json_t *given)
{
    (void)given;
    timeline_add(scene, "step", "rehearsal", "shop", "the shop is started again");
    return shop_start(scene);
}

/* What only the job makes right costs nothing, so it is a warning. What stays wrong is found again.
 */
static void soften(struct scene *scene, struct finding *finding)
{
    finding->mild = true;
    finding->without_job = finding->text;
    finding->text = arena_printf(&scene->arena, "%s before its job runs", finding->text);
}

/* Runs the job if the shop is wrong without it. */
static bool reconcile_if_needed(struct scene *scene, const struct rehearse_hook *hook)
{
    size_t before = scene->findings.n;
    if (!judge_at_rest(scene, false)) {
        return false;
    }
    for (size_t i = before; i < scene->findings.n; i++) {
        soften(scene, &scene->findings.list[i]);
    }
    return scene->findings.n == before || hook_do(scene, hook);
}

/* {"if_needed": true}: only if the shop has such a job, and is wrong without it. */
bool step_reconcile(struct scene *scene, const json_t *given)
{
    const struct rehearse_hook *hook = &scene->rehearsal->settings.hooks[HOOK_RECONCILE];
    if (json_is_true(json_object_get(given, "if_needed"))) {
        return !hook->given || reconcile_if_needed(scene, hook);
    }
    scene->looked = true;
    return hook_do(scene, hook);
}
