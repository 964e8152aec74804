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

/*
 * {"share": 30}: so many percent of the order; else the whole. {"twice": true}: pressed twice at
 * the same instant. {"may_fail": true}: the shop may refuse, or show an error page.
 */
bool step_refund(struct scene *scene, const json_t *given)
{
    const struct rehearse_hook *hook = &scene->rehearsal->settings.hooks[HOOK_REFUND];
    struct hook_answer answer;
    scene->hook_amount = share_of(scene, json_object_get(given, "share"));
    scene->click = arena_printf(&scene->arena, "%s-%lld-refund-%d", scene->id,
                                (long long)scene->rehearsal->options.seed, ++scene->refunds);
    bool twice = json_is_true(json_object_get(given, "twice"));
    bool run = (twice ? hook_run_twice : hook_run)(scene, hook, &answer);
    if (run && !answer.good && !json_is_true(json_object_get(given, "may_fail"))) {
        run = scene_fail(scene, "the hook refund: %s", answer.told);
    }
    hook_answer_finish(&answer);
    return run;
}

/* {"may_fail": true}: as for a refund. */
bool step_payout(struct scene *scene, const json_t *given)
{
    struct hook_answer answer;
    scene->payouts++;
    scene->click = arena_printf(&scene->arena, "%s-%lld-payout-%d", scene->id,
                                (long long)scene->rehearsal->options.seed, scene->payouts);
    const struct rehearse_settings *settings = &scene->rehearsal->settings;
    bool run = hook_run(scene, &settings->hooks[HOOK_PAYOUT], &answer);
    const char *id = run && settings->payout_id.given
                         ? hook_extract(scene, &settings->payout_id, &answer)
                         : NULL;
    scene->payout = id ? id : scene->click;
    if (run && !answer.good && !json_is_true(json_object_get(given, "may_fail"))) {
        run = scene_fail(scene, "the hook payout: %s", answer.told);
    }
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

bool step_reconcile(struct scene *scene, const json_t *given)
{
    (void)given;
    scene->looked = true;
    return hook_do(scene, &scene->rehearsal->settings.hooks[HOOK_RECONCILE]);
}
