#include "rehearse/rehearse_progress.h"

#include "base/text.h"
#include "rehearse/rehearsal_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LINE_MOST 78 /* columns: a line that wraps could not be taken away */
#define TAKE_AWAY "\r\x1b[K"

struct progress progress_begin(size_t total, bool plain)
{
    bool terminal = isatty(STDERR_FILENO) && !text_equal(getenv("TERM"), "dumb");
    return (struct progress){.total = total, .moving = terminal && !plain};
}

static void tell_moving(const struct progress *progress, const json_t *result)
{
    char line[512];
    int size = snprintf(line, sizeof line, "%zu of %zu", progress->done, progress->total);
    if (progress->failed) {
        size += snprintf(line + size, sizeof line - (size_t)size, ", %zu failed", progress->failed);
    }
    snprintf(line + size, sizeof line - (size_t)size, "  %s %s", run_text(result, "id"),
             run_text(result, "name"));
    text_flatten(line);
    fprintf(stderr, TAKE_AWAY "%.*s", LINE_MOST, line);
}

void progress_tell(struct progress *progress, const json_t *result)
{
    const char *word = run_text(result, "result");
    progress->done++;
    progress->failed += text_equal(word, OUTCOME_FAIL);
    if (progress->moving) {
        tell_moving(progress, result);
    } else {
        fprintf(stderr, "%zu of %zu  %-10s  %s %s\n", progress->done, progress->total, word,
                run_text(result, "id"), run_text(result, "name"));
    }
}

void progress_end(const struct progress *progress)
{
    if (progress->moving) {
        fputs(TAKE_AWAY, stderr);
    }
}
