#include "rehearse/rehearse_worker.h"

#include "base/text.h"
#include "base/wall.h"
#include "rehearse/rehearsal_run.h"
#include "rehearse/rehearse_hook.h"
#include "rehearse/rehearse_ledger.h"
#include "rehearse/rehearse_steps.h"

#include <stdlib.h>
#include <unistd.h>

#define SILENCE_MS 9000 /* the shortest patience of the platform is 10 s */

static bool open_scene(struct scene *scene)
{
    const struct rehearse_settings *settings = &scene->rehearsal->settings;
    scene->shop = hook_fill(scene, settings->shop_url);
    if (settings->callback && hook_can_fill(scene, settings->callback)) {
        scene->callback_url = hook_fill_url(scene, settings->callback);
    } /* else it depends on the invoice, which says it then */
    if (scene->error || !platform_open_account(scene) || !shop_start(scene)) {
        return false;
    }
    scene->began_ms = mono_now_ms();
    scene->deadline_ms = scene->began_ms + PERFORMANCE_MOST_MS;
    return true;
}

/* A shop that is gone can judge nothing any more, but that is its failure. */
static void judge_end(struct scene *scene)
{
    if (shop_has_ended(scene)) {
        scene_find(scene, &(struct finding){.oracle = "O3",
                                            .text = "the shop's process has ended",
                                            .harm = "ended",
                                            .costs = "the shop is down until somebody starts it "
                                                     "again",
                                            .expected = "the shop runs",
                                            .observed = scene->shop_ended});
    } else {
        judge_at_rest(scene, true);
    }
}

/* The same harm, seen in the same way: the text may name another status of the invoice. */
static bool is_usual(const struct scene *scene, const struct finding *finding)
{
    size_t i;
    json_t *each;
    json_array_foreach(scene->rehearsal->usual, i, each)
    {
        bool same_harm = finding->harm &&
                         text_equal(run_text_or_none(each, "harm"), finding->harm) &&
                         text_equal(run_text_or_none(each, "observed"), finding->observed);
        if (same_harm || text_equal(run_text_or_none(each, "text"), finding->text)) {
            return true;
        }
    }
    return false;
}

/*
 * What an ordinary purchase shows already is not repeated in each scenario: a shop that answers
 * callbacks with 204 fails in the scenario of the ordinary purchase.
 */
static void drop_usual(struct scene *scene)
{
    struct findings *findings = &scene->findings;
    size_t left = 0;
    for (size_t k = 0; k < findings->n; k++) {
        if (json_is_true(json_object_get(scene->scenario, "ordinary")) ||
            !is_usual(scene, &findings->list[k])) {
            findings->list[left++] = findings->list[k];
        }
    }
    findings->n = left;
}

/* The longest attempt that the platform gave up, in milliseconds; 0: there was none. */
static int64_t longest_silence(const struct ledger *ledger)
{
    int64_t longest = 0;
    size_t i, k;
    json_t *callback, *attempt;
    json_array_foreach(json_object_get(ledger->callbacks, "items"), i, callback)
    {
        json_array_foreach(json_object_get(callback, "attempts"), k, attempt)
        {
            int64_t ms = json_integer_value(json_object_get(attempt, "took_ms"));
            bool silent = json_is_null(json_object_get(attempt, "code"));
            longest = silent && ms > longest ? ms : longest;
        }
    }
    return longest;
}

/* A scenario that could not go on because the shop does not answer callbacks: its own failure. */
static void blame_silence(struct scene *scene)
{
    struct ledger ledger = {0};
    int64_t ms = scene->account_id && ledger_read(scene, &ledger) ? longest_silence(&ledger) : 0;
    ledger_finish(&ledger);
    if (ms >= SILENCE_MS) {
        scene->error = NULL;
        scene->findings.n = 0;
        scene_find(scene,
                   &(struct finding){.oracle = "O5",
                                     .text = TOO_SLOW,
                                     .harm = "unanswered",
                                     .costs = "the platform gives up, and what the callback says "
                                              "may never reach the shop",
                                     .expected = "200 within 20 s",
                                     .observed = arena_printf(&scene->arena, "no answer for %lld s",
                                                              (long long)ms / 1000)});
    }
}

/* A second invoice is right for a second order, and wrong for the same one. */
static void judge_confusion(struct scene *scene)
{
    struct ledger ledger = {0};
    size_t n = 0;
    bool good = ledger_read(scene, &ledger);
    for (size_t i = 0; good && i < ledger.n; i++) {
        n += !ledger.invoices[i].payout;
    }
    ledger_finish(&ledger);
    if (n > 1) {
        scene->need = "click";
        scene->untested = "the customer had to press the button again and got another invoice. "
                          "The settings have no {click} in the hook order, so nobody can tell "
                          "whether it is for the same order";
    }
}

static void play(struct scene *scene)
{
    if (open_scene(scene) && steps_do(scene, json_object_get(scene->scenario, "steps")) &&
        platform_do(scene, "DELETE", "faults", NULL) && platform_settle(scene)) {
        timeline_collect(scene);
        judge_end(scene);
        timeline_collect(scene);
        drop_usual(scene);
        if (scene->confused) {
            judge_confusion(scene);
        }
    }
    if (scene->error) {
        blame_silence(scene);
    }
}

struct worker {
    struct performance *performance;
    int out;
};

static int work(void *arg, const struct keeper_place *place)
{
    const struct worker *worker = arg;
    const struct performance *performance = worker->performance;
    const struct rehearse_settings *settings = &performance->rehearsal->settings;
    struct scene scene = {
        .rehearsal = performance->rehearsal,
        .scenario = performance->scenario,
        .id = json_string_value(json_object_get(performance->scenario, "id")),
        .place = place,
        .port = performance->port,
        .currency = settings->currency,
        .amount = settings->amount,
        .planted = json_object(),
        .seen = json_object(),
        .timeline = json_array(),
        .began_ms = mono_now_ms(),
    };
    scene.deadline_ms = scene.began_ms + settings->ready_within_ms + PERFORMANCE_MOST_MS;
    play(&scene);
    json_dumpfd(scene_result(&scene, performance), worker->out, JSON_COMPACT);
    close(worker->out);
    shop_stop(&scene);
    platform_close_account(&scene);
    return EXIT_SUCCESS; /* the end of the process frees everything */
}

pid_t performance_start(struct performance *performance, int out)
{
    struct worker worker = {performance, out};
    return keeper_start(work, &worker, performance->rehearsal->options.output);
}
