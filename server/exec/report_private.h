/* What the files of the report share. Nobody else includes this. */
#pragma once

#include "exec/report.h"
#include "store/store_run.h"
#include "web/template.h"

#define REPORT_CODES 20 /* attempts of one callback that are shown */

struct report_step {
    int64_t at_ms;
    const char *status, *resolution, *cause;
};

struct report_callback {
    const struct callback *row;
    char id[IDENT_TEXT];
    const char *codes;  /* of its attempts: "500, no answer, 200" */
    const char *reason; /* why it never arrived, NULL: it did, or was not to */
    int64_t took_ms;    /* of the attempts shown */
};

/* An invoice of the run, as both files show it. */
struct report_invoice {
    struct invoice row;
    const char *account;
    struct report_step *steps;
    size_t n_steps, more_steps; /* shown, and how many more there are */
    struct report_callback *callbacks;
    size_t n_callbacks, more_callbacks;
};

struct report {
    struct engine *engine;
    const struct report_run *run;
    struct run_counts counts;
    int64_t invoices, undelivered; /* in the run, shown or not */
    int64_t took_ms;
    struct buf html, junit;
    struct buf invoice_cases, callback_cases; /* of junit, whose head wants their numbers */
    int64_t n_invoice_cases, n_callback_cases, n_failures;
};

/*
 * Appends a template, filled (template.h). Values may hold any bytes: what neither HTML nor XML can
 * show becomes a '?'.
 */
void report_fill(struct buf *out, const char *name, const struct template_value *values, size_t n);

/* Texts for values, in the arena: "2026-11-24 17:07:31", UTC; "2.041", ms as seconds; numbers. */
const char *report_time(struct arena *arena, int64_t time_ms);
const char *report_seconds(struct arena *arena, int64_t ms);
const char *report_number(struct arena *arena, int64_t n);
const char *report_number_or_none(struct arena *arena, int64_t n); /* NULL for 0 */

/* The page: its head with counts and failures, an invoice's row, its end. */
void report_html_begin(struct report *report);
void report_html_invoice(struct report *report, struct arena *arena,
                         const struct report_invoice *invoice);
void report_html_end(struct report *report);

/* The JUnit file: an invoice's cases, and all of it put together. */
void report_junit_invoice(struct report *report, struct arena *arena,
                          const struct report_invoice *invoice);
void report_junit_end(struct report *report);
