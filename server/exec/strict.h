/* How a run ends: its report, what --strict says, and the exit status. */
#pragma once

#include "exec/report.h"

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
