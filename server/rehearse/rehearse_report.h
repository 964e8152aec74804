/*
 * The reports of a rehearsal (--report): DIR/rehearsal-result.json for programs, and as what
 * --render reads; DIR/rehearsal-junit.xml for tools that read test results; DIR/rehearsal.html to
 * step through; DIR/rehearsal-summary.md for the job page of GitHub.
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"

#include <jansson.h>

/*
 * Writes all files, replacing earlier ones, and appends the summary to the file that
 * $GITHUB_STEP_SUMMARY names. report_prepare has made the folder. Returns NULL or the reason.
 */
const char *rehearse_report_write(const json_t *run, const char *dir, struct arena *arena);

/* The parts: each appends its file. */
void rehearse_report_html(const json_t *run, struct arena *arena, struct buf *out);
void rehearse_report_junit(const json_t *run, struct arena *arena, struct buf *out);
void rehearse_report_summary(const json_t *run, struct arena *arena, struct buf *out);
