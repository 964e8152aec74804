#include "compare/compare.h"

#include "base/text.h"
#include "compare/comparison.h"
#include "domain/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void compare_found(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->found.n; i++) {
        const struct shapes_document *found = &comparison->found.documents[i];
        const struct shapes_document *contract = comparison_contract(comparison, found->name);
        if (contract) {
            compare_documents(&comparison->differences, contract, found);
        } else {
            comparison_note(comparison, true, found->name, "the profile has no such document");
        }
    }
}

/* ------------------------------------------------------------------ the contract */

static const char *load_contract(struct comparison *comparison)
{
    const struct compare_options *options = &comparison->options;
    struct arena *arena = &comparison->arena;
    struct shapes over = {0};
    const char *profile = options->profile, *why = NULL;
    if (options->profile_file) {
        why = shapes_load(arena, options->profile_file, &over);
        profile = why ? profile : over.profile;
    }
    if (!why && !shapes_built_in(arena, profile, &comparison->contract)) {
        why = profile_unknown(profile, arena);
    }
    if (!why && !shapes_overlay(arena, &comparison->contract, &over)) {
        why = arena_printf(arena, "%s: too many documents", options->profile_file);
    }
    if (!why) {
        comparison->over = over;
        comparison->found.profile = comparison->contract.profile;
    }
    return why;
}

/* A word of any profile says nothing of the account. */
static void load_known(struct comparison *comparison)
{
    comparison->known[0] = comparison->contract;
    for (size_t i = 0; i < PROFILE_COUNT; i++) {
        shapes_built_in(&comparison->arena, profile_names[i], &comparison->known[i + 1]);
    }
    comparison->differences.known = comparison->known;
    comparison->differences.n_known = PROFILE_COUNT + 1;
}

/* Adds what is found to a file of shapes. */
static const char *learn(struct comparison *comparison)
{
    const char *file = comparison->options.learn;
    struct arena *arena = &comparison->arena;
    const char *why = access(file, F_OK) == 0 ? shapes_load(arena, file, &comparison->found) : NULL;
    comparison->found.profile = comparison->options.profile;
    why = why                           ? why
          : comparison->options.n_files ? compare_files(comparison)
                                        : compare_run(comparison);
    if (!why && comparison->failed) {
        why = comparison->notes->reason;
    }
    return why ? why : shapes_save(arena, &comparison->found, file);
}

static const char *compare_all(struct comparison *comparison)
{
    if (comparison->options.learn) {
        return learn(comparison);
    }
    const char *why = load_contract(comparison);
    load_known(comparison);
    why = why                           ? why
          : comparison->options.n_files ? compare_files(comparison)
                                        : compare_run(comparison);
    if (!why && !comparison->options.n_files) {
        compare_found(comparison);
    }
    bool writes = !why && comparison->options.write_profile;
    if (writes && comparison->failed) {
        comparison_note(comparison, true, "the profile file", "not written, because of the above");
    }
    return writes && !comparison->failed ? compare_write_profile(comparison) : why;
}

/* ------------------------------------------------------------------ the command */

/* Prints a reason, or several with line ends between them. */
static int fail(const char *why)
{
    char *rest = mem_strdup(why), *whole = rest;
    for (char *line; (line = strsep(&rest, "\n"));) {
        text_flatten(line);
        fprintf(stderr, "milkypay-mock: " COMPARE_COMMAND ": %s\n", line);
    }
    free(whole);
    return COMPARE_FAILED;
}

static int finish(struct comparison *comparison)
{
    compare_report(comparison);
    return comparison->failed          ? COMPARE_FAILED
           : comparison->differences.n ? COMPARE_DIFFERENT
                                       : COMPARE_EQUAL;
}

static int run(struct comparison *comparison, int argc, char **argv)
{
    bool help = false;
    struct arena *arena = &comparison->arena;
    const char *why = compare_read_options(comparison, argc, argv, &help);
    if (help) {
        compare_print_help();
        return COMPARE_EQUAL;
    }
    comparison->differences.arena = arena;
    comparison->learner = (struct shape_learner){.arena = arena, .secrets = comparison->secrets};
    while (comparison->secrets[comparison->learner.n_secrets]) {
        comparison->learner.n_secrets++;
    }
    why = why ? why : compare_all(comparison);
    return why ? fail(why) : finish(comparison);
}

int compare_main(int argc, char **argv)
{
    struct comparison *comparison = mem_alloc(sizeof *comparison);
    int status = run(comparison, argc, argv);
    arena_finish(&comparison->arena);
    free(comparison);
    return status;
}
