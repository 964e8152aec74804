/* The verdict on a terminal, and in the log of a job. */
#include "base/text.h"
#include "rehearse/rehearsal_run.h"
#include "rehearse/rehearse_verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The colours of terminals for the tones of outcomes. */
static const struct {
    const char *tone, *begin;
} colours[] = {
    {"bad", "\x1b[31m"}, {"warn", "\x1b[33m"}, {"good", "\x1b[32m"}, {"quiet", "\x1b[2m"}};

#define BOLD "\x1b[1m"
#define PLAIN "\x1b[0m"

static bool has_colours(FILE *file)
{
    const char *no = getenv("NO_COLOR");
    return isatty(fileno(file)) && (!no || !*no) && !text_equal(getenv("TERM"), "dumb");
}

static const char *colour_of(const struct outcome_word *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
        if (text_equal(colours[i].tone, word->tone)) {
            return colours[i].begin;
        }
    }
    return "";
}

/* Prints a text of a shop: control characters could move the cursor. */
static void print_lines(char *text)
{
    for (char *line; (line = strsep(&text, "\n"));) {
        text_flatten(line);
        if (*line) {
            puts(line);
        }
    }
}

static void print_result(const json_t *result, const struct outcome_word *word, bool coloured)
{
    buf_auto text = {0};
    printf("\n%s%-10s%s  ", coloured ? colour_of(word) : "", word->name, coloured ? PLAIN : "");
    buf_printf(&text, "%-3s %s (%s)\n", run_text(result, "id"), run_text(result, "name"),
               run_text(result, "grade"));
    if (text_equal(word->name, OUTCOME_NOT_TESTED)) {
        buf_printf(&text, "            %s\n", run_text(result, "reason"));
    } else {
        run_explain(&text, result, "            ");
    }
    print_lines(text.data);
}

/* Those from here on that have one reason, such as an ordinary purchase that fails. */
static void print_alike(const json_t *results, size_t from, const struct outcome_word *word,
                        bool coloured)
{
    buf_auto text = {0};
    const json_t *first = json_array_get(results, from);
    printf("\n%s%-10s%s ", coloured ? colour_of(word) : "", word->name, coloured ? PLAIN : "");
    for (size_t i = from; i < json_array_size(results); i++) {
        if (run_is_alike(first, json_array_get(results, i))) {
            buf_printf(&text, " %s", run_text(json_array_get(results, i), "id"));
        }
    }
    buf_printf(&text, "\n            %s\n", run_text(first, "reason"));
    print_lines(text.data);
}

static void print_outcome(const json_t *run, const struct outcome_word *word, bool coloured)
{
    size_t i;
    const json_t *results = run_results(run), *result;
    json_array_foreach(results, i, result)
    {
        if (run_outcome(result) != word || run_has_alike(results, 0, i, result)) {
            continue;
        }
        if (run_has_alike(results, i + 1, json_array_size(results), result)) {
            print_alike(results, i, word, coloured);
        } else {
            print_result(result, word, coloured);
        }
    }
}

/* What passed is named, no more. */
static void print_passed(const json_t *run, const struct outcome_word *word, bool coloured)
{
    size_t i;
    const json_t *result;
    buf_auto ids = {0};
    json_array_foreach(run_results(run), i, result)
    {
        if (run_outcome(result) == word) {
            buf_printf(&ids, " %s", run_text(result, "id"));
        }
    }
    if (ids.size) {
        printf("\n%s%-10s%s ", coloured ? colour_of(word) : "", word->name, coloured ? PLAIN : "");
        print_lines(ids.data);
    }
}

static void print_notes(const json_t *run)
{
    size_t i;
    const json_t *note;
    json_array_foreach(json_object_get(run, "notes"), i, note)
    {
        printf("%s%s\n", i ? "" : "\n", json_string_value(note));
    }
}

void verdict_print(const json_t *run, const char *dir)
{
    bool coloured = has_colours(stdout);
    printf("%s%s%s\n", coloured ? BOLD : "", run_text(run, "line"), coloured ? PLAIN : "");
    for (const struct outcome_word *word = outcome_words; word->name; word++) {
        (word->junit ? print_outcome : print_passed)(run, word, coloured);
    }
    print_notes(run);
    printf("\nseed %lld, %lld.%lld s%s%s\n", (long long)run_int(run, "seed"),
           (long long)run_int(run, "took_ms") / 1000, (long long)run_int(run, "took_ms") / 100 % 10,
           dir ? ", reports in " : "", dir ? dir : "");
}
