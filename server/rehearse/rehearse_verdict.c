#include "rehearse/rehearse_verdict.h"

#include "base/text.h"
#include "base/wall.h"
#include "rehearse/rehearsal_run.h"
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
        {OUTCOME_ACCEPTED, "accepted", "must_accepted"},
        {"NOT TESTED", "not_tested", "must_not_tested"},
        {"ERROR", "error", "must_error"},
    };
    json_t *counts = json_object(), *each;
    size_t at;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        json_object_set_new(counts, rows[i].name, json_integer(0));
    }
    json_object_set_new(counts, "must", json_integer(0));
    json_object_set_new(counts, "must_warn", json_integer(0)); /* of those that hold */
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
                    if (text_equal(rows[i].result, "WARN")) {
                        count(counts, "must_warn");
                    }
                }
            }
        }
    }
    return counts;
}

/* "23 of 26 MUST hold, 2 fail, 1 not tested, 1 accepted, 1 error" */
static json_t *line_of(const json_t *counts)
{
    static const struct {
        const char *name, *one, *several;
        bool always;
    } parts[] = {
        {"must_fail", "fail", "fail", true},
        {"must_not_tested", "not tested", "not tested", true},
        {"must_accepted", "accepted", "accepted", false},
        {"must_warn", "with a warning", "with a warning", false},
        {"error", "error", "errors", false},
    };
    buf_auto text = {0};
    buf_printf(&text, "%lld of %lld MUST hold", (long long)run_int(counts, "must_hold"),
               (long long)run_int(counts, "must"));
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        int64_t n = run_int(counts, parts[i].name);
        if (n || parts[i].always) {
            buf_printf(&text, ", %lld %s", (long long)n, n == 1 ? parts[i].one : parts[i].several);
        }
    }
    return json_string(text.data);
}

void verdict_judge(json_t *run)
{
    json_t *counts = counts_of(run_results(run));
    json_object_set_new(run, "line", line_of(counts));
    json_object_set_new(run, "counts", counts);
}

json_t *verdict_new(const struct rehearsal *rehearsal, json_t *controls, json_t *results,
                    int64_t began_ms)
{
    json_t *run =
        json_pack("{s:s, s:O?, s:I, s:I, s:I, s:n, s:n, s:o, s:o}", "mock", MILKYPAY_VERSION,
                  "scenarios", json_object_get(rehearsal->catalogue, "version"), "seed",
                  (json_int_t)rehearsal->options.seed, "began", (json_int_t)(began_ms / 1000),
                  "took_ms", (json_int_t)(wall_now_ms() - began_ms), "counts", "line", "controls",
                  controls, "results", results);
    verdict_judge(run);
    return run;
}

int verdict_status(const struct rehearsal *rehearsal, const json_t *run)
{
    return count_in(run, "error")                                            ? REHEARSE_CANNOT_JUDGE
           : count_in(run, "must_fail")                                      ? REHEARSE_FAILS
           : rehearsal->options.complete && count_in(run, "must_not_tested") ? REHEARSE_INCOMPLETE
                                                                             : REHEARSE_HOLDS;
}
