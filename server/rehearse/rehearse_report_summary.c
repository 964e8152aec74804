/* rehearsal-summary.md: Markdown for the job page of GitHub. */
#include "base/text.h"
#include "rehearse/rehearsal_run.h"
#include "rehearse/rehearse_report.h"
#include "web/report_parts.h"

#include <string.h>

#define CELL_MOST 400 /* bytes of a text: GitHub takes 1 MiB per step */

/* ------------------------------------------------------------------ texts in Markdown */

/* How many bytes of a text are shown: whole characters only. */
static size_t shown_size(const char *text)
{
    size_t size = strlen(text);
    if (size <= CELL_MOST) {
        return size;
    }
    for (size = CELL_MOST; size && (text[size] & 0xc0) == 0x80; size--) {
    }
    return size;
}

/* Appends a text that stays text: no mark of Markdown or HTML, on one line. */
static void add_text(struct buf *out, const char *text)
{
    size_t size = shown_size(text);
    for (const char *p = text; p < text + size; p++) {
        if ((unsigned char)*p < ' ') {
            buf_char(out, ' ');
        } else if (*p == '<' || *p == '&') {
            buf_text(out, *p == '<' ? "&lt;" : "&amp;");
        } else {
            buf_text(out, strchr("\\`*_{}[]>#|~!@", *p) ? "\\" : "");
            buf_char(out, *p);
        }
    }
    buf_text(out, text[size] ? "…" : "");
}

static size_t longest_run(const char *text, char c)
{
    size_t longest = 0, run = 0;
    for (; *text; text++) {
        run = *text == c ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void add_fence(struct buf *out, size_t n)
{
    while (n--) {
        buf_char(out, '`');
    }
}

/* Appends code in a cell of a table, which a bare `|` would end. */
static void add_code(struct buf *out, const char *text)
{
    size_t fence = longest_run(text, '`') + 1;
    add_fence(out, fence);
    buf_text(out, fence > 1 ? " " : "");
    for (; *text; text++) {
        buf_text(out, *text == '|' ? "\\" : "");
        buf_char(out, (unsigned char)*text < ' ' ? ' ' : *text);
    }
    buf_text(out, fence > 1 ? " " : "");
    add_fence(out, fence);
}

/* ------------------------------------------------------------------ the table */

static void add_failures(struct buf *out, const json_t *result)
{
    size_t i;
    const json_t *failure;
    json_array_foreach(json_object_get(result, "failures"), i, failure)
    {
        buf_text(out, i ? "<br>" : "");
        add_text(out, run_text(failure, "text"));
        buf_text(out, ": expected ");
        add_text(out, run_text(failure, "expected"));
        buf_text(out, ", observed **");
        add_text(out, run_text(failure, "observed"));
        buf_text(out, "**");
    }
    if (i == 0) {
        add_text(out, run_text(result, "reason"));
    }
}

static void add_row(struct buf *out, const json_t *result)
{
    const json_t *accepted = json_object_get(result, "accepted");
    buf_printf(out, "| %s | %s | **", run_outcome(result)->name, run_text(result, "grade"));
    add_text(out, run_text(result, "id"));
    buf_text(out, "** ");
    add_text(out, run_text(result, "name"));
    buf_text(out, " | ");
    add_text(out, run_text(result, "costs"));
    if (accepted) {
        buf_text(out, "<br>accepted: ");
        add_text(out, run_text(accepted, "reason"));
    }
    buf_text(out, " | ");
    add_failures(out, result);
    buf_text(out, " | ");
    add_code(out, run_text(result, "again"));
    buf_text(out, " |\n");
}

/* Adds the rows of an outcome; true if there are any. */
static bool add_rows(struct buf *out, const json_t *run, const struct outcome_word *word)
{
    size_t i;
    const json_t *result;
    size_t before = out->size;
    json_array_foreach(run_results(run), i, result)
    {
        if (run_outcome(result) == word) {
            add_row(out, result);
        }
    }
    return out->size > before;
}

static const char head[] =
    "| Result | Grade | Scenario | What it costs | What happened | Run it alone |\n"
    "|---|---|---|---|---|---|\n";

static void add_table(struct buf *out, const json_t *run)
{
    buf_auto rows = {0};
    for (const struct outcome_word *word = outcome_words; word->name; word++) {
        if (word->look || text_equal(word->name, OUTCOME_ACCEPTED)) {
            add_rows(&rows, run, word);
        }
    }
    if (rows.size) {
        buf_text(out, head);
        buf_text(out, buf_str(&rows));
        buf_char(out, '\n');
    }
}

/* The scenario by its name, or those with the same reason by their ids. */
static void add_names(struct buf *out, const json_t *results, size_t from)
{
    const json_t *first = json_array_get(results, from);
    size_t n = json_array_size(results);
    add_text(out, run_text(first, "id"));
    if (!run_has_alike(results, from + 1, n, first)) {
        buf_char(out, ' ');
        add_text(out, run_text(first, "name"));
    }
    for (size_t i = from + 1; i < n; i++) {
        if (run_is_alike(first, json_array_get(results, i))) {
            buf_text(out, ", ");
            add_text(out, run_text(json_array_get(results, i), "id"));
        }
    }
}

static void add_not_tested(struct buf *out, const json_t *run)
{
    size_t i;
    const json_t *results = run_results(run), *result;
    size_t before = out->size;
    json_array_foreach(results, i, result)
    {
        if (text_equal(run_outcome(result)->name, OUTCOME_NOT_TESTED) &&
            !run_has_alike(results, 0, i, result)) {
            buf_text(out, out->size == before ? "Not tested:\n\n- " : "- ");
            add_names(out, results, i);
            buf_text(out, ": ");
            add_text(out, run_text(result, "reason"));
            buf_char(out, '\n');
        }
    }
    buf_text(out, out->size > before ? "\n" : "");
}

void rehearse_report_summary(const json_t *run, struct arena *arena, struct buf *out)
{
    buf_text(out, "### ");
    add_text(out, run_text(run, "line"));
    buf_text(out, "\n\n");
    add_table(out, run);
    add_not_tested(out, run);
    buf_text(out, "milkypay-mock ");
    add_text(out, run_text(run, "mock"));
    buf_printf(
        out, ", scenarios %s, seed %s, %s s\n", report_number(arena, run_int(run, "scenarios")),
        report_number(arena, run_int(run, "seed")), report_seconds(arena, run_int(run, "took_ms")));
}
