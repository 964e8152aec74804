/* Shared by the files of the report. Included by nothing else. */
#pragma once

#include "exec/report.h"
#include "web/report_parts.h"

#define REPORT_CODES 20 /* attempts shown per callback */

struct report_step {
    int64_t at_ms;
    const char *status, *resolution, *cause;
};

struct report_callback {
    const struct callback *row;
    char id[IDENT_TEXT];
    const char *codes;  /* of its attempts: "500, no answer, 200" */
    const char *reason; /* why it was not delivered; NULL: it was, or must not be */
    bool bad;           /* that is the run's failure: it is RUN_LOST */
    int64_t took_ms;    /* of the attempts shown */
};

/* An invoice of the run, as shown by both files. */
struct report_invoice {
    struct invoice row;
    const char *account; /* its id */
    const char *title;   /* its name, or its id */
    struct report_step *steps;
    size_t n_steps, more_steps; /* shown, and not shown */
    struct report_callback *callbacks;
    size_t n_callbacks, more_callbacks;
};

struct report {
    struct engine *engine;
    const struct report_run *run;
    const struct verdict *verdict;
    int64_t took_ms;
    struct buf html, junit;
    struct buf invoice_cases, callback_cases; /* parts of junit: its head contains their numbers */
    int64_t n_invoice_cases, n_callback_cases, n_failures;
};

/* The parts of the page: its head with counts and failures, an invoice's row. */
void report_html_begin(struct report *report);
void report_html_invoice(struct report *report, struct arena *arena,
                         const struct report_invoice *invoice);

/* The parts of the JUnit file: an invoice's cases, and the whole file. */
void report_junit_invoice(struct report *report, struct arena *arena,
                          const struct report_invoice *invoice);
void report_junit_end(struct report *report);
