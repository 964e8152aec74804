#include "rehearse/rehearse_programme.h"

#include "base/buf.h"
#include "base/embedded.h"
#include "base/nearest.h"
#include "base/text.h"
#include "rehearse/rehearsal_run.h"
#include "rehearse/rehearse_progress.h"
#include "rehearse/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CATALOGUE "server/rehearse/scenarios.json"

static const char *text_in(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* ------------------------------------------------------------------ the catalogue */

void catalogue_load(struct rehearsal *rehearsal)
{
    const struct embedded_file *file = embedded_find(CATALOGUE);
    rehearsal->catalogue = json_loadb(file->data, file->size, 0, NULL);
}

void catalogue_print(const struct rehearsal *rehearsal)
{
    size_t i;
    json_t *each;
    json_array_foreach(json_object_get(rehearsal->catalogue, "scenarios"), i, each)
    {
        const char *rule = text_in(each, "rule");
        printf("%-3s  %-6s  %-8s  %-5s  %s\n", text_in(each, "id"), text_in(each, "grade"),
               text_in(each, "group"), rule ? rule : "-", text_in(each, "name"));
    }
}

static bool is_chosen(const char *only, const char *id)
{
    for (const char *at = only; at && *at; at += strcspn(at, ",")) {
        at += *at == ',';
        size_t size = strcspn(at, ",");
        if (strlen(id) == size && strncasecmp(at, id, size) == 0) {
            return true;
        }
    }
    return !only;
}

const char *catalogue_check_only(struct rehearsal *rehearsal)
{
    struct arena *arena = &rehearsal->arena;
    char *rest = arena_strdup(arena, rehearsal->options.only);
    for (char *id; rest && (id = strsep(&rest, ","));) {
        struct nearest nearest = nearest_to(id);
        size_t i;
        json_t *each;
        bool found = false;
        json_array_foreach(json_object_get(rehearsal->catalogue, "scenarios"), i, each)
        {
            found = found || text_equal_nocase(id, text_in(each, "id"));
            nearest_offer(&nearest, text_in(each, "id"));
        }
        if (!found) {
            return arena_printf(arena, "--only: unknown scenario \"%s\"%s", id,
                                nearest_hint(&nearest, arena, "--list prints them"));
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------ what cannot be tested */

/* What the settings do not have of what a scenario needs. */
static json_t *missing_of(const struct rehearsal *rehearsal, const json_t *scenario)
{
    const struct rehearse_settings *settings = &rehearsal->settings;
    const struct rehearse_hook *hooks = settings->hooks;
    bool state = hooks[HOOK_STATE].given;
    bool kill = settings->restart_kills && rehearsal->options.command;
    const struct {
        const char *need;
        bool there;
    } needs[] = {
        {"order", hooks[HOOK_ORDER].given},
        {"click", rehearse_uses(rehearsal, "order", "click")},
        {"state", state},
        {"fulfilments", state && settings->fulfilments.given},
        {"refund", hooks[HOOK_REFUND].given},
        {"amount", rehearse_uses(rehearsal, "refund", "amount")},
        {"restart", kill || hooks[HOOK_RESTART].given},
        {"kill", kill},
        {"reconcile", hooks[HOOK_RECONCILE].given},
        {"payout", hooks[HOOK_PAYOUT].given},
        {"payout_click", rehearse_uses(rehearsal, "payout", "click")},
        {"payout_state", hooks[HOOK_PAYOUT_STATE].given},
    };
    json_t *missing = json_array(), *each;
    size_t at;
    json_array_foreach(json_object_get(scenario, "needs"), at, each)
    {
        for (size_t i = 0; i < ARRAY_SIZE(needs); i++) {
            if (text_equal(json_string_value(each), needs[i].need) && !needs[i].there) {
                json_array_append(missing, each);
            }
        }
    }
    return missing;
}

/* What to add to the settings, to follow "the settings have no ". */
static const char *described(const char *need)
{
    static const struct {
        const char *need, *text;
    } rows[] = {
        {"click", "{click} in the hook order"},
        {"fulfilments", "\"fulfilments\" in the hook state"},
        {"amount", "{amount} in the hook refund"},
        {"kill", "\"restart\": true"},
        {"payout_click", "{click} in the hook payout"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (text_equal(rows[i].need, need)) {
            return rows[i].text;
        }
    }
    return NULL;
}

static void skip_untestable(struct performance *performance)
{
    json_t *missing = missing_of(performance->rehearsal, performance->scenario), *each;
    buf_auto text = {0};
    size_t i;
    json_array_foreach(missing, i, each)
    {
        const char *need = json_string_value(each), *words = described(need);
        buf_text(&text, i ? ", no " : "the settings have no ");
        buf_printf(&text, words ? "%s" : "hook %s", words ? words : need);
    }
    if (text.size) {
        performance->result = performance_result(performance, "NOT TESTED", text.data);
        json_object_set(performance->result, "needs", missing);
    }
    json_decref(missing);
}

static struct programme chosen(struct rehearsal *rehearsal)
{
    const json_t *all = json_object_get(rehearsal->catalogue, "scenarios");
    struct programme programme = {
        arena_alloc(&rehearsal->arena, json_array_size(all) * sizeof *programme.list), 0};
    size_t i;
    json_t *each;
    json_array_foreach(all, i, each)
    {
        if (is_chosen(rehearsal->options.only, text_in(each, "id"))) {
            struct performance *performance = &programme.list[programme.n++];
            *performance = (struct performance){rehearsal, each, 0, NULL};
            skip_untestable(performance);
        }
    }
    return programme;
}

/* ------------------------------------------------------------------ the controls */

static bool is_control_of(const char *control, const struct performance *user)
{
    return !user->result && (text_equal(text_in(user->scenario, "control"), control) ||
                             text_equal(text_in(user->scenario, "id"), control));
}

/* The ordinary cases that the scenarios build on, each once. */
static struct programme controls_of(struct rehearsal *rehearsal, const struct programme *programme)
{
    json_t *all = json_object_get(rehearsal->catalogue, "scenarios"), *each;
    struct programme found = {
        arena_alloc(&rehearsal->arena, json_array_size(all) * sizeof *found.list), 0};
    size_t at;
    json_array_foreach(all, at, each)
    {
        bool used = false;
        for (size_t i = 0; i < programme->n; i++) {
            used = used || is_control_of(text_in(each, "id"), &programme->list[i]);
        }
        if (used && json_is_true(json_object_get(each, "ordinary"))) {
            found.list[found.n++] = (struct performance){rehearsal, each, 0, NULL};
        }
    }
    return found;
}

/* Whether the ordinary case went wrong in more than the answers to callbacks and what was ordered,
 * so that nothing can be learned from the others. */
static bool is_hopeless(const json_t *result)
{
    size_t i;
    json_t *each;
    json_array_foreach(json_object_get(result, "failures"), i, each)
    {
        bool bearable = text_equal(text_in(each, "oracle"), "O5") ||
                        text_equal(text_in(each, "harm"), HARM_ORDERED);
        if (!bearable || text_equal(text_in(each, "text"), TOO_SLOW)) {
            return true;
        }
    }
    return false;
}

/* Gives the control its own result, and those that build on it one if it went wrong. */
static void apply_control(struct programme *programme, const struct performance *control)
{
    const char *id = text_in(control->scenario, "id");
    bool error = text_equal(text_in(control->result, "result"), "ERROR");
    char reason[1024];
    snprintf(reason, sizeof reason, "%s (%s) %s: %s", text_in(control->scenario, "name"), id,
             error ? "could not be judged" : "fails already", text_in(control->result, "reason"));
    for (size_t i = 0; i < programme->n; i++) {
        struct performance *each = &programme->list[i];
        if (each->scenario == control->scenario) {
            each->result = json_incref(control->result);
        } else if (is_control_of(id, each) && (error || is_hopeless(control->result))) {
            each->result = performance_result(each, error ? "ERROR" : "NOT TESTED", reason);
        }
    }
}

/* What the run needs to know of its results, and nobody else. */
static void hide(json_t *result)
{
    size_t i;
    json_t *failure;
    json_object_del(result, SHOWS_PAGE);
    json_object_del(result, DELIVERS);
    json_array_foreach(json_object_get(result, "failures"), i, failure)
    {
        json_object_del(failure, "harm");
    }
}

static json_t *results_of(struct programme *programme)
{
    json_t *results = json_array();
    for (size_t i = 0; i < programme->n; i++) {
        struct performance *each = &programme->list[i];
        if (!each->result) {
            each->result = performance_result(each, OUTCOME_NOT_TESTED, PROGRAMME_NOT_RUN);
        }
        hide(each->result);
        json_array_append_new(results, each->result);
    }
    return results;
}

static bool is_among(const json_t *scenario, const struct programme *programme)
{
    for (size_t i = 0; i < programme->n; i++) {
        if (programme->list[i].scenario == scenario) {
            return true;
        }
    }
    return false;
}

/* How many will be played: an ordinary case that was chosen too is played once. */
static size_t to_play(const struct programme *controls, const struct programme *programme)
{
    size_t n = controls->n;
    for (size_t i = 0; i < programme->n; i++) {
        const struct performance *each = &programme->list[i];
        n += !each->result && !is_among(each->scenario, controls);
    }
    return n;
}

int programme_play(struct rehearsal *rehearsal, json_t **ret_controls, json_t **ret_results)
{
    struct programme programme = chosen(rehearsal);
    struct programme controls = controls_of(rehearsal, &programme);
    struct progress progress =
        progress_begin(to_play(&controls, &programme), rehearsal->options.output);
    rehearsal->progress = &progress;
    int signal_number = pool_run(rehearsal, controls.list, controls.n);
    for (size_t i = 0; i < controls.n && controls.list[i].result; i++) {
        apply_control(&programme, &controls.list[i]);
        const json_t *result = controls.list[i].result;
        json_array_extend(rehearsal->usual, json_object_get(result, "failures"));
        rehearsal->shows_page |= json_is_true(json_object_get(result, SHOWS_PAGE));
        rehearsal->delivers |= json_is_true(json_object_get(result, DELIVERS));
    }
    signal_number =
        signal_number ? signal_number : pool_run(rehearsal, programme.list, programme.n);
    progress_end(&progress);
    *ret_controls = results_of(&controls);
    *ret_results = results_of(&programme);
    return signal_number;
}
