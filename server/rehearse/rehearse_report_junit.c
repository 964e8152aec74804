/* rehearsal-junit.xml: a case for each scenario. */
#include "base/text.h"
#include "rehearse/rehearsal_run.h"
#include "rehearse/rehearse_report.h"
#include "web/report_parts.h"

static const char *if_junit(const struct outcome_word *word, const char *element, const char *text)
{
    return text_equal(word->junit, element) ? text : NULL;
}

static void add_case(const json_t *result, struct arena *arena, struct buf *out)
{
    buf_auto detail = {0};
    const struct outcome_word *word = run_outcome(result);
    run_explain(&detail, result, "");
    const char *text = arena_strdup(arena, buf_str(&detail));
    const struct template_value values[] = {
        {"id", run_text(result, "id")},
        {"group", run_text(result, "group")},
        {"name", run_text(result, "name")},
        {"grade", run_text(result, "grade")},
        {"rule", run_text_or_none(result, "rule")},
        {"result", word->name},
        {"seed", report_number(arena, run_int(result, "seed"))},
        {"account", run_text_or_none(result, "account")},
        {"took", report_seconds(arena, run_int(result, "took_ms"))},
        {"told", run_told(result)},
        {"failure", if_junit(word, "failure", text)},
        {"error", if_junit(word, "error", text)},
        {"skipped", if_junit(word, "skipped", text)},
        {"out", if_junit(word, "out", text)},
    };
    report_fill(out, "rehearsal_case.xml", values, ARRAY_SIZE(values));
}

/* How many cases have this element. */
static const char *count(const json_t *run, struct arena *arena, const char *element)
{
    size_t i;
    int64_t n = 0;
    const json_t *result;
    json_array_foreach(run_results(run), i, result)
    {
        n += text_equal(run_outcome(result)->junit, element);
    }
    return report_number(arena, n);
}

/* A time in ISO 8601, as JUnit requires: "2026-11-24T17:07:31". */
static const char *timestamp(struct arena *arena, int64_t seconds)
{
    char *text = arena_strdup(arena, report_time(arena, seconds * 1000));
    text_replace(text, " ", 'T');
    return text;
}

void rehearse_report_junit(const json_t *run, struct arena *arena, struct buf *out)
{
    size_t i;
    const json_t *result;
    const struct template_value values[] = {
        {"tests", report_number(arena, (int64_t)json_array_size(run_results(run)))},
        {"failures", count(run, arena, "failure")},
        {"errors", count(run, arena, "error")},
        {"skipped", count(run, arena, "skipped")},
        {"began", timestamp(arena, run_int(run, "began"))},
        {"took", report_seconds(arena, run_int(run, "took_ms"))},
        {"line", run_text(run, "line")},
        {"mock", run_text(run, "mock")},
        {"scenarios", report_number(arena, run_int(run, "scenarios"))},
        {"seed", report_number(arena, run_int(run, "seed"))},
    };
    report_fill(out, "rehearsal_head.xml", values, ARRAY_SIZE(values));
    json_array_foreach(run_results(run), i, result)
    {
        add_case(result, arena, out);
    }
    buf_text(out, "</testsuite>\n</testsuites>\n");
}
