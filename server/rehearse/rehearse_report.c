#include "rehearse/rehearse_report.h"

#include "base/attr.h"
#include "web/report_parts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUMMARY_VARIABLE "GITHUB_STEP_SUMMARY"

static void write_json(const json_t *run, struct arena *arena, struct buf *out)
{
    (void)arena;
    char *text = json_dumps(run, JSON_INDENT(2));
    buf_text(out, text);
    buf_char(out, '\n');
    free(text);
}

static const struct {
    const char *name;
    void (*write)(const json_t *run, struct arena *arena, struct buf *out);
} files[] = {
    {"rehearsal-result.json", write_json},
    {"rehearsal-junit.xml", rehearse_report_junit},
    {"rehearsal.html", rehearse_report_html},
    {"rehearsal-summary.md", rehearse_report_summary},
};

/* Other steps of the job append to the same file. */
static const char *append_summary(const json_t *run, const char *path, struct arena *arena)
{
    buf_auto text = {0};
    rehearse_report_summary(run, arena, &text);
    FILE *file = fopen(path, "ae");
    bool good = file && fwrite(text.data, 1, text.size, file) == text.size;
    good = file && fclose(file) == 0 && good;
    return good ? NULL : arena_printf(arena, SUMMARY_VARIABLE " %s: %s", path, strerror(errno));
}

const char *rehearse_report_write(const json_t *run, const char *dir, struct arena *arena)
{
    const char *why = NULL;
    for (size_t i = 0; !why && i < ARRAY_SIZE(files); i++) {
        buf_auto text = {0};
        files[i].write(run, arena, &text);
        why = report_write_file(dir, files[i].name, &text, arena);
    }
    const char *summary = getenv(SUMMARY_VARIABLE);
    return why || !summary || !*summary ? why : append_summary(run, summary, arena);
}
