/* What the reports of exec and rehearse share: folder, files, templates, formats. */
#pragma once

#include "web/template.h"

/* Creates the folder of --report and its parents. Returns NULL, or why it cannot be written to. */
const char *report_prepare(const char *dir, struct arena *arena);

/* Writes a file of the folder, replacing an earlier one. Returns NULL or the reason. */
const char *report_write_file(const char *dir, const char *name, const struct buf *text,
                              struct arena *arena);

/*
 * Appends a filled template (template.h). Values may hold any bytes: characters that HTML or XML
 * cannot contain become '?'.
 */
void report_fill(struct buf *out, const char *name, const struct template_value *values, size_t n);

/* Formats values, in the arena: "2026-11-24 17:07:31" in UTC; milliseconds as seconds, "2.041";
 * numbers. */
const char *report_time(struct arena *arena, int64_t time_ms);
const char *report_seconds(struct arena *arena, int64_t ms);
const char *report_number(struct arena *arena, int64_t n);
const char *report_number_or_none(struct arena *arena, int64_t n); /* NULL for 0 */
