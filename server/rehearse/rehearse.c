#include "rehearse/rehearse.h"

#include "base/text.h"
#include "base/wall.h"
#include "rehearse/conclusion.h"
#include "rehearse/init.h"
#include "rehearse/rehearse_programme.h"
#include "rehearse/rehearse_verdict.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_SIGNAL 128

/* ------------------------------------------------------------------ the run */

/* Plays everything, or what a signal lets it. */
static json_t *play(struct rehearsal *rehearsal, int *ret_signal)
{
    int64_t began_ms = wall_now_ms();
    json_t *controls, *results;
    *ret_signal = programme_play(rehearsal, &controls, &results);
    return verdict_new(rehearsal, controls, results, began_ms);
}

static void tell_signal(const json_t *run, int signal_number)
{
    size_t i, played = 0;
    json_t *result;
    json_array_foreach(json_object_get(run, "results"), i, result)
    {
        const char *reason = json_string_value(json_object_get(result, "reason"));
        played += !text_equal(reason, PROGRAMME_NOT_RUN);
    }
    fprintf(stderr, "milkypay-mock: " REHEARSE_COMMAND ": interrupted by %s: %zu of %zu were run\n",
            signal_number == SIGINT    ? "SIGINT"
            : signal_number == SIGTERM ? "SIGTERM"
                                       : "SIGHUP",
            played, i);
}

static int report(const struct rehearsal *rehearsal, const json_t *run)
{
    if (rehearsal->options.json) {
        json_dumpf(run, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        verdict_print(run, rehearsal->options.report);
    }
    return verdict_status(rehearsal, run);
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

static int render(struct rehearsal *rehearsal)
{
    json_t *run = NULL;
    const char *why = conclusion_render(rehearsal, &run);
    int status = why ? fail(why) : report(rehearsal, run);
    json_decref(run);
    return status;
}

static int init(struct rehearsal *rehearsal)
{
    const char *why = init_settings(rehearsal);
    return why ? fail(why) : REHEARSE_HOLDS;
}

static int rehearse(struct rehearsal *rehearsal)
{
    int signal_number = 0;
    struct baseline baseline = {0};
    const char *why = rehearse_read_settings(rehearsal);
    why = why ? why : catalogue_check_only(rehearsal);
    why = why ? why : conclusion_prepare(rehearsal, &baseline);
    why = why ? why : rehearse_server_start(rehearsal);
    if (why) {
        return fail(why);
    }
    json_t *run = play(rehearsal, &signal_number);
    rehearse_server_stop(rehearsal);
    if (signal_number) {
        tell_signal(run, signal_number);
    }
    why = conclusion_draw(rehearsal, &baseline, run);
    int status = why ? fail(why) : signal_number ? 0 : report(rehearsal, run);
    status = signal_number ? EXIT_SIGNAL + signal_number : status;
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
    catalogue_load(rehearsal);
    if (rehearsal->options.list) {
        catalogue_print(rehearsal);
        return REHEARSE_HOLDS;
    }
    return rehearsal->options.render ? render(rehearsal)
           : rehearsal->options.init ? init(rehearsal)
                                     : rehearse(rehearsal);
}

int rehearse_main(int argc, char **argv)
{
    struct rehearsal *rehearsal = mem_alloc(sizeof *rehearsal);
    rehearsal->usual = json_array();
    signal(SIGPIPE, SIG_IGN);
    int status = run(rehearsal, argc, argv);
    rehearse_settings_finish(&rehearsal->settings);
    json_decref(rehearsal->catalogue);
    json_decref(rehearsal->usual);
    arena_finish(&rehearsal->arena);
    free(rehearsal);
    return status;
}
