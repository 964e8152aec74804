#include "rehearse/rehearse_worker.h"

#include "base/text.h"
#include "base/wall.h"
#include "rehearse/rehearse_hook.h"
#include "rehearse/rehearse_oracles.h"
#include "rehearse/rehearse_steps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STEP_MS 25
#define REST_MOST_MS 5000 /* how long a shop may take to come to the right state */

/* ------------------------------------------------------------------ rest and judgement */

static void pause_ms(int64_t ms)
{
    const struct timespec step = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    nanosleep(&step, NULL);
}

static bool may_improve(const struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++) {
        if (findings->list[i].state) {
            return true;
        }
    }
    return false;
}

/* Reads the state; its entry stays in the timeline if the shop says something new. */
static bool read_again(struct scene *scene, const struct shop_state *before,
                       struct shop_state *ret_now)
{
    size_t size = json_array_size(scene->timeline);
    if (!shop_state_read(scene, ret_now)) {
        return false;
    }
    if (before && shop_state_equal(before, ret_now)) {
        while (json_array_size(scene->timeline) > size) {
            json_array_remove(scene->timeline, size);
        }
    } else {
        json_t *entry = json_array_get(scene->timeline, json_array_size(scene->timeline) - 1);
        json_object_set_new(entry, "shop_state", json_string(ret_now->told));
    }
    return true;
}

/*
 * Judges the shop at rest: its state has been the same for rest_ms. A state that is wrong may
 * become right for some time more, because shops may work behind a queue.
 */
static bool judge_at_rest(struct scene *scene, const struct ledger *ledger,
                          struct findings *ret_findings)
{
    const bool told = scene->rehearsal->settings.hooks[HOOK_STATE].given && scene->order;
    int64_t rest_ms = scene->rehearsal->settings.rest_ms, end = mono_now_ms() + REST_MOST_MS;
    struct shop_state before, now;
    const struct judging judging = {scene, ledger, told ? &before : NULL, ret_findings};
    if (told && !read_again(scene, NULL, &before)) {
        return false;
    }
    for (int64_t since = mono_now_ms(); told;) {
        pause_ms(STEP_MS);
        if (!read_again(scene, &before, &now)) {
            return false;
        }
        int64_t at = mono_now_ms();
        if (!shop_state_equal(&before, &now)) {
            before = now;
            since = at;
        }
        if (at - since >= rest_ms) {
            ret_findings->n = 0;
            oracles_judge(&judging);
            if (!may_improve(ret_findings) || at > end) {
                return true;
            }
        }
    }
    oracles_judge(&judging);
    return true;
}

/* ------------------------------------------------------------------ the result */

static const char *quoted(struct arena *arena, const char *word)
{
    static const char plain[] = TEXT_LETTERS TEXT_DIGITS "_-./:=,@%+";
    if (*word && !word[strspn(word, plain)]) {
        return word;
    }
    buf_auto text = {0};
    buf_char(&text, '\'');
    for (; *word; word++) {
        buf_text(&text, *word == '\'' ? "'\\''" : (char[]){*word, '\0'});
    }
    buf_char(&text, '\'');
    return arena_copy(arena, text.data, text.size);
}

/* The command that plays this scenario alone. */
static const char *again(struct arena *arena, const struct rehearse_options *options,
                         const char *id)
{
    buf_auto text = {0};
    buf_printf(&text, "milkypay-mock rehearse --only %s --seed %lld", id, (long long)options->seed);
    if (options->settings) {
        buf_printf(&text, " --settings %s", quoted(arena, options->settings));
    }
    if (options->shop) {
        buf_printf(&text, " --shop %s", quoted(arena, options->shop));
    }
    buf_text(&text, options->command ? " --" : "");
    for (char *const *word = options->command; word && *word; word++) {
        buf_printf(&text, " %s", quoted(arena, *word));
    }
    return arena_copy(arena, text.data, text.size);
}

json_t *performance_result(const struct performance *performance, const char *result,
                           const char *reason)
{
    struct arena arena = {0};
    const json_t *scenario = performance->scenario;
    const char *id = json_string_value(json_object_get(scenario, "id"));
    char *anchor = arena_strdup(&arena, id);
    text_lower(anchor);
    json_t *value = json_pack(
        "{s:O?, s:O?, s:O?, s:O?, s:O?, s:s, s:o, s:[], s:[], s:n, s:o, s:o, s:I, s:i, s:n, s:[], "
        "s:[]}",
        "id", json_object_get(scenario, "id"), "group", json_object_get(scenario, "group"), "name",
        json_object_get(scenario, "name"), "grade", json_object_get(scenario, "grade"), "rule",
        json_object_get(scenario, "rule"), "result", result, "reason",
        json_string(reason) ?: json_string("(not text)"), "needs", "failures", "costs", "again",
        json_string(again(&arena, &performance->rehearsal->options, id)), "docs",
        json_sprintf("rehearse.html#%s", anchor), "seed",
        (json_int_t)performance->rehearsal->options.seed, "took_ms", 0, "account", "invoices",
        "timeline");
    arena_finish(&arena);
    return value;
}

static bool fails(const struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++) {
        if (!findings->list[i].mild) {
            return true;
        }
    }
    return false;
}

static const char *result_of(const struct scene *scene, const struct findings *findings)
{
    bool must = text_equal(scene_text(scene, "grade"), "MUST");
    return scene->error       ? "ERROR"
           : !findings->n     ? "PASS"
           : !fails(findings) ? "WARN"
           : must             ? "FAIL"
                              : "WARN";
}

static void add_findings(json_t *result, const struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *each = &findings->list[i];
        json_array_append_new(json_object_get(result, "failures"),
                              json_pack("{s:s, s:s, s:s, s:s}", "oracle", each->oracle, "text",
                                        each->text, "expected", each->expected, "observed",
                                        each->observed));
    }
}

static const char *reason_of(const struct scene *scene, const struct findings *findings)
{
    if (scene->error || !findings->n) {
        return scene->error ?: "";
    }
    const struct finding *first = &findings->list[0];
    for (size_t i = 0; first->mild && i < findings->n; i++) {
        first = &findings->list[i];
    }
    return first->text;
}

static json_t *result_new(struct scene *scene, const struct performance *performance,
                          const struct findings *findings, const struct ledger *ledger)
{
    const char *costs = scene_text(scene, "costs");
    json_t *result =
        performance_result(performance, result_of(scene, findings), reason_of(scene, findings));
    if (!scene->error) {
        add_findings(result, findings);
    }
    if (costs && !scene->error && fails(findings)) {
        json_object_set_new(result, "costs", json_string(hook_fill(scene, costs)));
    }
    json_object_set_new(result, "took_ms", json_integer(mono_now_ms() - scene->began_ms));
    json_object_set_new(result, "account", json_string(scene->account_id));
    for (size_t i = 0; i < ledger->n; i++) {
        json_array_append_new(json_object_get(result, "invoices"),
                              json_string(ledger->invoices[i].id));
    }
    json_object_set(result, "timeline", scene->timeline);
    return result;
}

/* ------------------------------------------------------------------ the play */

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

static bool end_scene(struct scene *scene, struct ledger *ret_ledger, struct findings *ret_findings)
{
    json_t *answer = platform_call(scene, "DELETE", "faults", NULL);
    json_decref(answer);
    if (!answer || !platform_settle(scene)) {
        return false;
    }
    timeline_collect(scene);
    bool good = ledger_read(scene, ret_ledger) && judge_at_rest(scene, ret_ledger, ret_findings);
    timeline_collect(scene);
    return good;
}

static void play(struct scene *scene, struct ledger *ret_ledger, struct findings *ret_findings)
{
    if (open_scene(scene) && steps_do(scene, json_object_get(scene->scenario, "steps"))) {
        end_scene(scene, ret_ledger, ret_findings);
    }
}

static void write_result(int out, const json_t *result)
{
    json_dumpfd(result, out, JSON_COMPACT);
    close(out);
}

struct worker {
    struct performance *performance;
    int out;
};

static int work(void *arg, const struct process_place *place)
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
        .seen = json_object(),
        .timeline = json_array(),
        .began_ms = mono_now_ms(),
    };
    struct ledger ledger = {0};
    struct findings findings = {0};
    scene.deadline_ms = scene.began_ms + settings->ready_within_ms + PERFORMANCE_MOST_MS;
    play(&scene, &ledger, &findings);
    write_result(worker->out, result_new(&scene, performance, &findings, &ledger));
    shop_stop(&scene);
    platform_close_account(&scene);
    return EXIT_SUCCESS; /* the end of the process frees everything */
}

pid_t performance_start(struct performance *performance, int out)
{
    struct worker worker = {performance, out};
    return process_keep(work, &worker, performance->rehearsal->options.output);
}
