/* The result, as a table or as JSON. */
#include "base/text.h"
#include "compare/comparison.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 5

/* ------------------------------------------------------------------ a table */

static void columns_of(const struct difference *difference, const char *ret_cells[COLUMNS])
{
    const char *cells[COLUMNS] = {difference->document, difference_names[difference->kind],
                                  difference->path, difference->contract, difference->found};
    for (size_t i = 0; i < COLUMNS; i++) {
        ret_cells[i] = *cells[i] ? cells[i] : "-";
    }
}

static void print_row(const char *const cells[COLUMNS], const int *widths)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        bool last = i == COLUMNS - 1;
        printf("%-*s%s", last ? 0 : widths[i], cells[i], last ? "\n" : "  ");
    }
}

static void print_table(const struct differences *differences)
{
    static const char *const heads[COLUMNS] = {"DOCUMENT", "DIFFERENCE", "WHERE", "MOCK", "FOUND"};
    const char *cells[COLUMNS];
    int widths[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++) {
        widths[i] = (int)strlen(heads[i]);
    }
    for (const struct difference *d = differences->first; d; d = d->next) {
        columns_of(d, cells);
        for (size_t i = 0; i < COLUMNS; i++) {
            int width = (int)strlen(cells[i]);
            widths[i] = width > widths[i] ? width : widths[i];
        }
    }
    print_row(heads, widths);
    for (const struct difference *d = differences->first; d; d = d->next) {
        columns_of(d, cells);
        print_row(cells, widths);
    }
    putchar('\n');
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void print_text(const struct comparison *comparison)
{
    size_t n = comparison->differences.n;
    if (n) {
        print_table(&comparison->differences);
    }
    for (const struct compare_note *note = comparison->notes; note; note = note->next) {
        printf("not compared: %s: %s\n", note->what, note->reason);
    }
    size_t made = comparison->options.against ? comparison->calls : comparison->bodies;
    printf("profile %s: %zu %s%s, ", comparison->contract.profile, made,
           comparison->options.against ? "call" : "file", plural(made));
    n                    ? printf("%zu difference%s", n, plural(n))
    : comparison->failed ? printf("comparison incomplete")
                         : printf("no difference");
    puts(n && comparison->failed ? ", comparison incomplete" : "");
}

/* ------------------------------------------------------------------ JSON */

static json_t *differences_json(const struct differences *differences)
{
    json_t *list = json_array();
    for (const struct difference *d = differences->first; d; d = d->next) {
        json_array_append_new(list, json_pack("{ss ss ss ss ss}", "document", d->document, "kind",
                                              difference_codes[d->kind], "path", d->path, "mock",
                                              d->contract, "found", d->found));
    }
    return list;
}

static json_t *notes_json(const struct compare_note *note)
{
    json_t *list = json_array();
    for (; note; note = note->next) {
        json_array_append_new(list, json_pack("{ss ss sb}", "what", note->what, "reason",
                                              note->reason, "failed", note->failed));
    }
    return list;
}

static void print_json(const struct comparison *comparison)
{
    json_auto_t *root = json_pack("{ss sb sI so so}", "profile", comparison->contract.profile,
                                  "equal", !comparison->differences.n && !comparison->failed,
                                  "calls", (json_int_t)comparison->calls, "differences",
                                  differences_json(&comparison->differences), "not_compared",
                                  notes_json(comparison->notes));
    char *text = json_dumps(root, JSON_INDENT(1));
    puts(text ? text : "{}");
    free(text);
}

void compare_report(const struct comparison *comparison)
{
    if (!comparison->options.learn) {
        (comparison->options.json ? print_json : print_text)(comparison);
    }
}
