#include "rehearse/conclusion.h"

#include "rehearse/rehearsal_run.h"
#include "rehearse/rehearse_report.h"
#include "rehearse/rehearse_verdict.h"
#include "web/report_parts.h"

const char *conclusion_prepare(struct rehearsal *rehearsal, struct baseline *ret_baseline)
{
    const struct rehearse_options *given = &rehearsal->options;
    struct arena *arena = &rehearsal->arena;
    const char *why = NULL;
    if (given->baseline) {
        why = baseline_load(arena, given->baseline, rehearsal->catalogue, ret_baseline);
    }
    return why || !given->report ? why : report_prepare(given->report, arena);
}

const char *conclusion_draw(struct rehearsal *rehearsal, const struct baseline *baseline,
                            json_t *run)
{
    const struct rehearse_options *given = &rehearsal->options;
    if (given->baseline) {
        baseline_apply(baseline, run, &rehearsal->arena);
        verdict_judge(run);
    }
    return given->report ? rehearse_report_write(run, given->report, &rehearsal->arena) : NULL;
}

const char *conclusion_render(struct rehearsal *rehearsal, json_t **ret_run)
{
    struct baseline baseline = {0};
    const char *why = conclusion_prepare(rehearsal, &baseline);
    why = why ? why : run_load(&rehearsal->arena, rehearsal->options.render, ret_run);
    return why ? why : conclusion_draw(rehearsal, &baseline, *ret_run);
}
