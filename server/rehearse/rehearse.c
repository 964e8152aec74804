#include "rehearse/rehearse.h"

#include "base/buf.h"
#include "base/embedded.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/wall.h"
#include "rehearse/rehearse_verdict.h"
#include "rehearse/rehearse_worker.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CATALOGUE "server/rehearse/scenarios.json"
#define EXIT_SIGNAL 128

static const char *text_in(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* ------------------------------------------------------------------ what is played */

/* The scenarios to play. */
struct programme {
    struct performance *list;
    size_t n;
};

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

/* Returns NULL, or why --only names something that there is not. */
static const char *check_only(struct rehearsal *rehearsal)
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

/* What the settings do not have of what a scenario needs. */
static json_t *missing_of(const struct rehearsal *rehearsal, const json_t *scenario)
{
    const struct rehearse_settings *settings = &rehearsal->settings;
    bool orders = !text_equal(rehearsal->options.level, "receiver");
    bool state = text_equal(rehearsal->options.level, "money") && settings->hooks[HOOK_STATE].given;
    const struct {
        const char *need;
        bool there;
    } needs[] = {
        {"order", orders && settings->hooks[HOOK_ORDER].given},
        {"state", state},
        {"fulfilments", state && settings->fulfilments.given},
        {"refund", orders && settings->hooks[HOOK_REFUND].given},
        {"restart", settings->restart_kills ? rehearsal->options.command != NULL
                                            : settings->hooks[HOOK_RESTART].given},
        {"reconcile", settings->hooks[HOOK_RECONCILE].given},
        {"payout", settings->hooks[HOOK_PAYOUT].given},
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

/* Gives those a result that cannot be tested. */
static void skip_untestable(struct performance *performance)
{
    json_t *missing = missing_of(performance->rehearsal, performance->scenario);
    buf_auto text = {0};
    size_t i;
    json_t *each;
    json_array_foreach(missing, i, each)
    {
        buf_printf(&text, "%s%s", i ? ", " : "", json_string_value(each));
    }
    if (text.size) {
        char reason[200];
        snprintf(reason, sizeof reason, "missing in the settings: %s", text.data);
        performance->result = performance_result(performance, "NOT TESTED", reason);
        json_object_set(performance->result, "needs", missing);
    }
    json_decref(missing);
}

static struct programme programme_new(struct rehearsal *rehearsal)
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

/* The controls of the scenarios that can be tested, each once. */
static struct programme controls_of(struct rehearsal *rehearsal, const struct programme *programme)
{
    json_t *controls = json_object_get(rehearsal->catalogue, "controls"), *each;
    struct programme found = {
        arena_alloc(&rehearsal->arena, json_array_size(controls) * sizeof *found.list), 0};
    size_t at;
    json_array_foreach(controls, at, each)
    {
        for (size_t i = 0; i < programme->n; i++) {
            const struct performance *user = &programme->list[i];
            if (!user->result &&
                text_equal(text_in(user->scenario, "control"), text_in(each, "id"))) {
                found.list[found.n++] = (struct performance){rehearsal, each, 0, NULL};
                break;
            }
        }
    }
    return found;
}

/* A scenario whose control failed cannot be judged. */
static void drop_uncontrolled(struct programme *programme, const struct programme *controls)
{
    for (size_t i = 0; i < controls->n; i++) {
        const json_t *result = controls->list[i].result;
        const char *id = text_in(result, "id");
        char reason[1024];
        if (text_equal(text_in(result, "result"), "PASS")) {
            continue;
        }
        snprintf(reason, sizeof reason, "its control run \"%s\" failed: %s", id,
                 text_in(result, "reason"));
        for (size_t k = 0; k < programme->n; k++) {
            struct performance *each = &programme->list[k];
            if (!each->result && text_equal(text_in(each->scenario, "control"), id)) {
                each->result = performance_result(each, "ERROR", reason);
            }
        }
    }
}

static json_t *results_of(const struct programme *programme)
{
    json_t *results = json_array();
    for (size_t i = 0; i < programme->n; i++) {
        json_array_append_new(results, programme->list[i].result);
    }
    return results;
}

/* ------------------------------------------------------------------ the run */

/* Plays everything. Returns the run, or NULL after a signal. */
static json_t *play_all(struct rehearsal *rehearsal, int *ret_signal)
{
    int64_t began_ms = wall_now_ms();
    struct programme programme = programme_new(rehearsal);
    struct programme controls = controls_of(rehearsal, &programme);
    *ret_signal = pool_run(rehearsal, controls.list, controls.n);
    if (!*ret_signal) {
        drop_uncontrolled(&programme, &controls);
        *ret_signal = pool_run(rehearsal, programme.list, programme.n);
    }
    if (*ret_signal) {
        return NULL;
    }
    return verdict_new(rehearsal, results_of(&controls), results_of(&programme), began_ms);
}

static int report(const struct rehearsal *rehearsal, const json_t *run)
{
    if (rehearsal->options.json) {
        json_dumpf(run, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        verdict_print(run);
    }
    return verdict_status(rehearsal, run);
}

static void list_scenarios(const struct rehearsal *rehearsal)
{
    size_t i;
    json_t *each;
    json_array_foreach(json_object_get(rehearsal->catalogue, "scenarios"), i, each)
    {
        printf("%-3s  %-6s  %-10s  %s\n", text_in(each, "id"), text_in(each, "grade"),
               text_in(each, "group"), text_in(each, "name"));
    }
}

static void load_catalogue(struct rehearsal *rehearsal)
{
    const struct embedded_file *file = embedded_find(CATALOGUE);
    rehearsal->catalogue = json_loadb(file->data, file->size, 0, NULL);
}

/* ------------------------------------------------------------------ the command */

/* Prints a reason, or several with line ends between them. */
static int fail(const char *why)
{
    char *rest = mem_strdup(why), *whole = rest;
    for (char *line; (line = strsep(&rest, "\n"));) {
        text_flatten(line);
        fprintf(stderr, "milkypay-mock: " REHEARSE_COMMAND ": %s\n", line);
    }
    free(whole);
    return REHEARSE_CANNOT_JUDGE;
}

static int rehearse(struct rehearsal *rehearsal)
{
    int signal_number = 0;
    const char *why = rehearse_read_settings(rehearsal);
    why = why ? why : check_only(rehearsal);
    why = why ? why : rehearse_server_start(rehearsal);
    if (why) {
        return fail(why);
    }
    json_t *run = play_all(rehearsal, &signal_number);
    rehearse_server_stop(rehearsal);
    int status = run ? report(rehearsal, run) : EXIT_SIGNAL + signal_number;
    json_decref(run);
    return status;
}

static int run(struct rehearsal *rehearsal, int argc, char **argv)
{
    bool help = false;
    const char *why = rehearse_read_options(rehearsal, argc, argv, &help);
    if (why) {
        return fail(why);
    }
    if (help) {
        rehearse_print_help();
        return REHEARSE_HOLDS;
    }
    load_catalogue(rehearsal);
    if (rehearsal->options.list) {
        list_scenarios(rehearsal);
        return REHEARSE_HOLDS;
    }
    return rehearse(rehearsal);
}

int rehearse_main(int argc, char **argv)
{
    struct rehearsal *rehearsal = mem_alloc(sizeof *rehearsal);
    signal(SIGPIPE, SIG_IGN);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int status = run(rehearsal, argc, argv);
    rehearse_settings_finish(&rehearsal->settings);
    json_decref(rehearsal->catalogue);
    arena_finish(&rehearsal->arena);
    free(rehearsal);
    return status;
}
