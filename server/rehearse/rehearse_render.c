/* --render: the reports of a run that was saved. */
#include "rehearse/rehearsal_run.h"
#include "rehearse/rehearse_report.h"
#include "web/report_parts.h"

const char *rehearse_render(const char *file, const char *dir, struct arena *arena)
{
    json_t *run;
    const char *why = run_load(arena, file, &run);
    if (why) {
        return arena_printf(arena, "--render %s", why);
    }
    why = report_prepare(dir, arena);
    why = why ? why : rehearse_report_write(run, dir, arena);
    json_decref(run);
    return why;
}
