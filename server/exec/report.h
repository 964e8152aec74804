/*
 * The report of a run (--report): DIR/milkypay-junit.xml for tools that read test results, and
 * DIR/milkypay.html for people. Both list the newest REPORT_INVOICES invoices of the run with their
 * callbacks, also those of accounts that are gone. Also the end of a run: --strict and the
 * exit status (strict.c).
 */
#pragma once

#include "exec/verdict.h"

#define REPORT_INVOICES 10000
#define REPORT_OF_INVOICE 100 /* steps and callbacks per invoice */

struct report_run {
    const char *dir;
    enum strictness strictness;
    int64_t began_ms; /* machine time */
};

/* Writes both files, replacing earlier ones. Returns NULL, or the reason of an error. */
const char *report_write(struct engine *engine, const struct report_run *run,
                         const struct verdict *verdict, struct arena *arena);

/*
 * Returns why a callback was not delivered, in the arena: "failed after 3 attempts: the last answer
 * was 500".
 */
const char *report_reason(struct engine *engine, struct arena *arena,
                          const struct callback *callback);

/* A callback that was not delivered, as text. */
struct report_failure {
    const char *callback, *invoice, *transition, *url, *reason;
};

/* Reads one into the arena. Returns false if the callback or its invoice no longer exists. */
bool report_failure(struct engine *engine, struct arena *arena, int64_t seq,
                    struct report_failure *ret_failure);

#define EXIT_WRONG 2  /* a bad option, fixture or database, or a report that cannot be written */
#define EXIT_STRICT 3 /* the run failed --strict */

#define STRICT_LINES 20 /* callbacks that --strict lists; others are counted */

/*
 * Writes the report if the run has a folder for it. Prints on stderr why the run fails --strict,
 * and what was not counted. Returns the exit status: `status`, unless it is 0 and the run failed.
 */
int strict_exit_status(struct engine *engine, const struct report_run *run, int status);
