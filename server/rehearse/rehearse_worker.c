#include "rehearse/rehearse_worker.h"

#include "base/text.h"
#include "base/wall.h"
#include "rehearse/rehearse_hook.h"
#include "rehearse/rehearse_steps.h"

#include <stdlib.h>
#include <unistd.h>

static bool open_scene(struct scene *scene)
{
    const struct rehearse_settings *settings = &scene->rehearsal->settings;
    scene->shop = hook_fill(scene, settings->shop_url);
    scene->callback_url = settings->callback ? hook_fill_url(scene, settings->callback) : NULL;
    if (!platform_open_account(scene) || !shop_start(scene)) {
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
                                            .expected = "the shop runs",
                                            .observed = scene->shop_ended});
    } else {
        judge_at_rest(scene, true);
    }
}

/*
 * What an ordinary purchase shows already is not repeated in each scenario: a shop that answers
 * callbacks with 204 fails in the scenario of the ordinary purchase.
 */
static void drop_usual(struct scene *scene)
{
    const json_t *usual = scene->rehearsal->usual;
    struct findings *findings = &scene->findings;
    size_t i, left = 0;
    json_t *each;
    for (size_t k = 0; k < findings->n; k++) {
        bool known = false;
        json_array_foreach(usual, i, each)
        {
            known = known || text_equal(json_string_value(json_object_get(each, "text")),
                                        findings->list[k].text);
        }
        if (!known || json_is_true(json_object_get(scene->scenario, "ordinary"))) {
            findings->list[left++] = findings->list[k];
        }
    }
    findings->n = left;
}

static void play(struct scene *scene)
{
    if (open_scene(scene) && steps_do(scene, json_object_get(scene->scenario, "steps")) &&
        platform_do(scene, "DELETE", "faults", NULL) && platform_settle(scene)) {
        timeline_collect(scene);
        judge_end(scene);
        timeline_collect(scene);
        drop_usual(scene);
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
