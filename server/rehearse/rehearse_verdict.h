/* The verdict on a run. Private to server/rehearse/. */
#pragma once

#include "rehearse/rehearsal.h"

/*
 * The whole run as one value, of which all reports are made:
 * {"mock", "scenarios", "seed", "began", "took_ms", "counts", "line", "controls", "results"}.
 * `results` and `controls` are taken over.
 */
json_t *verdict_new(const struct rehearsal *rehearsal, json_t *controls, json_t *results,
                    int64_t began_ms);

/* Counts the results again, after some have changed: sets "counts" and "line". */
void verdict_judge(json_t *run);

/* rehearse_text.c: prints the run on stdout. The line comes first, then what failed and what it
 * costs. `dir`: where the reports are; NULL: there are none. */
void verdict_print(const json_t *run, const char *dir);

/* The exit status. */
int verdict_status(const struct rehearsal *rehearsal, const json_t *run);
