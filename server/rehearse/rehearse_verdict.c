#include "rehearse/rehearse_verdict.h"

#include "base/text.h"
#include "base/wall.h"
#include "rehearse/rehearse.h"

#include <stdio.h>
#include <string.h>

static const char *text_in(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name)) ?: "";
}

static json_int_t count_in(const json_t *run, const char *name)
{
    return json_integer_value(json_object_get(json_object_get(run, "counts"), name));
}

/* ------------------------------------------------------------------ counting */

static void count(json_t *counts, const char *name)
{
    json_object_set_new(counts, name,
                        json_integer(json_integer_value(json_object_get(counts, name)) + 1));
}

/* The results by name, and those of the MUST. */
static json_t *counts_of(const json_t *results)
{
    static const struct {
        const char *result, *name, *must;
    } rows[] = {
        {"PASS", "pass", "must_hold"},
        {"FAIL", "fail", "must_fail"},
        {"WARN", "warn", "must_hold"}, /* a MUST warns if it holds and something beside it is odd */
        {"NOT TESTED", "not_tested", "must_not_tested"},
        {"ERROR", "error", "must_error"},
    };
    json_t *counts = json_object(), *each;
    size_t at;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        json_object_set_new(counts, rows[i].name, json_integer(0));
    }
    json_object_set_new(counts, "must", json_integer(0));
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        json_object_set_new(counts, rows[i].must, json_integer(0));
    }
    json_array_foreach(results, at, each)
    {
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
            if (text_equal(text_in(each, "result"), rows[i].result)) {
                count(counts, rows[i].name);
                if (text_equal(text_in(each, "grade"), "MUST")) {
                    count(counts, "must");
                    count(counts, rows[i].must);
                }
            }
        }
    }
    return counts;
}

/* "23 of 26 MUST hold, 2 fail, 1 not tested, 1 error" */
static json_t *line_of(const json_t *counts)
{
    char text[160];
    json_int_t errors = json_integer_value(json_object_get(counts, "error"));
    int size = snprintf(text, sizeof text, "%lld of %lld MUST hold, %lld fail, %lld not tested",
                        (long long)json_integer_value(json_object_get(counts, "must_hold")),
                        (long long)json_integer_value(json_object_get(counts, "must")),
                        (long long)json_integer_value(json_object_get(counts, "must_fail")),
                        (long long)json_integer_value(json_object_get(counts, "must_not_tested")));
    if (errors) {
        snprintf(text + size, sizeof text - (size_t)size, ", %lld error%s", (long long)errors,
                 errors == 1 ? "" : "s");
    }
    return json_string(text);
}

json_t *verdict_new(const struct rehearsal *rehearsal, json_t *controls, json_t *results,
                    int64_t began_ms)
{
    json_t *counts = counts_of(results), *line = line_of(counts);
    return json_pack("{s:s, s:O?, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "mock", MILKYPAY_VERSION,
                     "scenarios", json_object_get(rehearsal->catalogue, "version"), "seed",
                     (json_int_t)rehearsal->options.seed, "began", (json_int_t)(began_ms / 1000),
                     "took_ms", (json_int_t)(wall_now_ms() - began_ms), "counts", counts, "line",
                     line, "controls", controls, "results", results);
}

/* ------------------------------------------------------------------ printing */

static void print_failures(const json_t *result)
{
    size_t i;
    json_t *each;
    if (*text_in(result, "costs")) {
        printf("      it costs: %s\n", text_in(result, "costs"));
    }
    json_array_foreach(json_object_get(result, "failures"), i, each)
    {
        printf("      %s %s: expected %s, observed %s\n", text_in(each, "oracle"),
               text_in(each, "text"), text_in(each, "expected"), text_in(each, "observed"));
    }
    printf("      alone: %s\n", text_in(result, "again"));
}

void verdict_print(const json_t *run)
{
    size_t i;
    json_t *each;
    puts(text_in(run, "line"));
    json_array_foreach(json_object_get(run, "results"), i, each)
    {
        const char *result = text_in(each, "result");
        printf("%-10s  %-3s  %-6s  %s\n", result, text_in(each, "id"), text_in(each, "grade"),
               text_in(each, "name"));
        if (json_array_size(json_object_get(each, "failures"))) {
            print_failures(each);
        } else if (*text_in(each, "reason")) {
            printf("      %s\n", text_in(each, "reason"));
        }
    }
}

int verdict_status(const struct rehearsal *rehearsal, const json_t *run)
{
    return count_in(run, "error")                                            ? REHEARSE_CANNOT_JUDGE
           : count_in(run, "must_fail")                                      ? REHEARSE_FAILS
           : rehearsal->options.complete && count_in(run, "must_not_tested") ? REHEARSE_INCOMPLETE
                                                                             : REHEARSE_HOLDS;
}
