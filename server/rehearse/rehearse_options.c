/* The arguments of the command. */
#include "base/nearest.h"
#include "base/text.h"
#include "base/url.h"
#include "rehearse/rehearsal.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct rehearse_option {
    const char *name, *argument; /* argument NULL: a flag */
    size_t offset;
    const char *help;
    /* Returns NULL or a reason, and keeps the value itself; NULL: any value. */
    const char *(*read)(struct rehearsal *rehearsal, const char *value);
};

/* ------------------------------------------------------------------ readers */

static const char *read_seed(struct rehearsal *rehearsal, const char *value)
{
    return text_to_int(value, &rehearsal->options.seed) ? NULL : "must be a whole number";
}

static const char *read_jobs(struct rehearsal *rehearsal, const char *value)
{
    int64_t *jobs = &rehearsal->options.jobs;
    return text_to_int(value, jobs) && *jobs >= 1 && *jobs <= REHEARSE_JOBS_MOST
               ? NULL
               : "must be a whole number from 1 to 64";
}

static const char *read_shop(struct rehearsal *rehearsal, const char *value)
{
    size_t size = strlen(value);
    if (!url_is_good(value) || strpbrk(value, "?#@")) {
        return "must be an http or https URL without a user, a query and a fragment";
    }
    while (size && value[size - 1] == '/') {
        size--;
    }
    rehearsal->options.shop = arena_copy(&rehearsal->arena, value, size);
    return NULL;
}

static const char *read_format(struct rehearsal *rehearsal, const char *value)
{
    rehearsal->options.json = text_equal(value, "json");
    return rehearsal->options.json || text_equal(value, "text") ? NULL : "must be text or json";
}

#define IN(member) offsetof(struct rehearse_options, member)

/* clang-format off */
static const struct rehearse_option options[] = {
    {"settings", "FILE", IN(settings), "how to order, pay and look; default rehearsal.json"},
    {"shop", "URL", 0, "a shop that runs already, with the demo account's keys", read_shop},
    {"listen", "HOST:PORT", IN(listen), "address of the mock; default a free port, with --shop 127.0.0.1:8080"},
    {"only", "IDS", IN(only), "only these scenarios, such as D1,B2"},
    {"seed", "N", 0, "repeat a run with its seed", read_seed},
    {"jobs", "N", 0, "scenarios at the same time; default twice the processors", read_jobs},
    {"complete", NULL, IN(complete), "exit with 4 if a MUST was not tested"},
    {"output", NULL, IN(output), "show what the shops print, on stderr"},
    {"format", "FORMAT", 0, "text or json", read_format},
    {"report", "DIR", IN(report), "write rehearsal.html, JUnit, JSON and a summary there"},
    {"baseline", "FILE", IN(baseline), "failures that are accepted, with reasons and dates"},
    {"render", "FILE", IN(render), "judge a saved rehearsal-result.json and report on it"},
    {"init", NULL, IN(init), "watch one purchase by hand and write rehearsal.json"},
    {"list", NULL, IN(list), "list the scenarios and exit"},
};
/* clang-format on */

/* ------------------------------------------------------------------ --help */

static const char usage[] =
    "Usage: milkypay-mock rehearse [options] -- COMMAND ...         rehearse the shop of a "
    "command\n"
    "       milkypay-mock rehearse --shop URL [options]             rehearse a shop that runs\n"
    "       milkypay-mock rehearse --init [-- COMMAND ...]          write rehearsal.json\n"
    "\n"
    "Takes a shop through the dangerous cases of payments and tells what each would cost.\n"
    "The exit status is 0 if all rules hold, 3 if a MUST fails, 4 if a MUST was not tested\n"
    "(with --complete), 2 if something could not be judged.\n";

void rehearse_print_help(void)
{
    puts(usage);
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        const struct rehearse_option *option = &options[i];
        char left[80];
        snprintf(left, sizeof left, "--%s %s", option->name,
                 option->argument ? option->argument : "");
        printf("  %-28s%s\n", left, option->help);
    }
    puts("  --help                      print this and exit");
}

/* ------------------------------------------------------------------ arguments */

static const char *refuse(struct rehearsal *rehearsal, const char *argument, const char *reason)
{
    char *line =
        arena_printf(&rehearsal->arena, "%.*s: %s", (int)strcspn(argument, "="), argument, reason);
    text_flatten(line);
    return line;
}

static const char *refuse_unknown(struct rehearsal *rehearsal, const char *argument)
{
    struct arena *arena = &rehearsal->arena;
    struct nearest nearest =
        nearest_to(arena_copy(arena, argument + 2, strcspn(argument + 2, "=")));
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        nearest_offer_as(&nearest, options[i].name, arena_printf(arena, "--%s", options[i].name));
    }
    const char *hint = nearest_hint(&nearest, arena, "see rehearse --help");
    return refuse(rehearsal, argument, arena_printf(arena, "unknown option%s", hint));
}

static const struct rehearse_option *find_option(const char *name, size_t size)
{
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        if (strlen(options[i].name) == size && strncmp(options[i].name, name, size) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

static const char *keep(struct rehearsal *rehearsal, const struct rehearse_option *option,
                        const char *value)
{
    char *place = (char *)&rehearsal->options + option->offset;
    if (option->read) {
        return option->read(rehearsal, value);
    }
    if (option->argument) {
        *(const char **)(void *)place = value;
    } else {
        *(bool *)place = true;
    }
    return NULL;
}

/* Reads the option at *at, and moves *at to its last word. */
static const char *read_option(struct rehearsal *rehearsal, char **argv, int *at)
{
    const char *argument = argv[*at];
    size_t size = strcspn(argument, "=");
    const char *value = argument[size] ? argument + size + 1 : NULL;
    const struct rehearse_option *option = find_option(argument + 2, size - 2);
    if (!option) {
        return refuse_unknown(rehearsal, argument);
    }
    if (!option->argument && value) {
        return refuse(rehearsal, argument, "must not have a value");
    }
    if (option->argument && !value) {
        value = argv[*at + 1];
        if (!value || text_starts(value, "--")) {
            return refuse(rehearsal, argument,
                          arena_printf(&rehearsal->arena, "%s is missing", option->argument));
        }
        ++*at;
    }
    const char *why = value && !*value ? "must not be empty" : keep(rehearsal, option, value);
    return why ? refuse(rehearsal, argument, why) : NULL;
}

static const char *read_arguments(struct rehearsal *rehearsal, int argc, char **argv,
                                  bool *ret_help)
{
    for (int i = 2; i < argc; i++) {
        const char *why = NULL;
        if (text_equal(argv[i], "--help") || text_equal(argv[i], "-h")) {
            *ret_help = true;
            return NULL;
        }
        if (text_equal(argv[i], "--")) {
            rehearsal->options.command = argv + i + 1;
            return argv[i + 1] ? NULL : "the command after -- is missing";
        }
        if (text_starts(argv[i], "--")) {
            why = read_option(rehearsal, argv, &i);
        } else {
            why = refuse(rehearsal, argv[i], "put -- before the command that starts the shop");
        }
        if (why) {
            return why;
        }
    }
    return NULL;
}

/* What must be there, and must not be together. */
static const char *check(const struct rehearse_options *given)
{
    if (given->list) {
        return NULL;
    }
    if (given->render) {
        return given->command || given->shop ? "--render needs no shop: leave it out" : NULL;
    }
    if (!given->command && !given->shop && !given->init) {
        return "name the command that starts the shop after --, or --shop URL; see rehearse --help";
    }
    return given->command && given->shop ? "--shop is for a shop that runs: leave the command out"
                                         : NULL;
}

const char *rehearse_listen(const struct rehearse_options *given)
{
    bool waits_for_shop = given->shop || (given->init && !given->command);
    return given->listen ? given->listen : waits_for_shop ? "127.0.0.1:8080" : "127.0.0.1:0";
}

/* Twice the processors, because a scenario mostly waits. */
static int64_t usual_jobs(void)
{
    int64_t jobs = 2 * (int64_t)sysconf(_SC_NPROCESSORS_ONLN);
    return jobs < 2 ? 2 : jobs > 16 ? 16 : jobs;
}

const char *rehearse_read_options(struct rehearsal *rehearsal, int argc, char **argv,
                                  bool *ret_help)
{
    struct rehearse_options *given = &rehearsal->options;
    *given = (struct rehearse_options){.seed = 1};
    const char *why = read_arguments(rehearsal, argc, argv, ret_help);
    why = why || *ret_help ? why : check(given);
    if (!given->jobs) {
        given->jobs = usual_jobs();
    }
    return why;
}
