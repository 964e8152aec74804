/*
 * The report of a run (--report): DIR/milkypay-junit.xml for what reads test results, and
 * DIR/milkypay.html for people. Both show the newest REPORT_INVOICES invoices of the run with their
 * callbacks; an account that was deleted or reset took its own with it. And how a run ends: what
 * --strict says, and the exit status (strict.c).
 */
#pragma once

#include "engine/engine.h"
#include "store/store_run.h"

#define REPORT_INVOICES 10000
#define REPORT_FAILURES 1000  /* listed on top of the page */
#define REPORT_OF_INVOICE 100 /* steps of one invoice, and callbacks */

struct report_run {
    const char *dir;
    struct run_mark after; /* where the run begins (store_run.h) */
    int64_t began_ms;      /* machine time */
};

/* Makes the folder and those above it. On an error returns the reason why it cannot be written to.
 */
const char *report_prepare(const char *dir, struct arena *arena);

/* Writes both files, over those of an earlier run. On an error returns the reason. */
const char *report_write(struct engine *engine, const struct report_run *run, struct arena *arena);

/*
 * Why a callback never arrived: "failed after 3 attempts: the last answer was 500". In the arena.
 */
const char *report_reason(struct engine *engine, struct arena *arena,
                          const struct callback *callback);

#define EXIT_WRONG 2  /* a bad option, fixture or database; a report that cannot be written */
#define EXIT_STRICT 3 /* the run did not hold to --strict */

#define STRICT_LINES 20 /* callbacks that --strict names; of more the number is said */

/*
 * Writes the report when the run has a folder for it. With `strict` there is a line on stderr for
 * each callback that never arrived, and one when callbacks did and the suite verified no signature
 * of theirs: POST /_mock/verify-signature is what counts. Returns the exit status: `status`, unless
 * that is a success and the run was none.
 */
int strict_exit_status(struct engine *engine, const struct report_run *run, bool strict,
                       int status);
