/* What follows a run: the baseline and the reports. Private to server/rehearse/. */
#pragma once

#include "rehearse/baseline.h"
#include "rehearse/rehearsal.h"

/* Reads the baseline and makes the folder of the reports; before the run, because a run takes its
 * time. Returns NULL, or the reasons with line ends between them. */
const char *conclusion_prepare(struct rehearsal *rehearsal, struct baseline *ret_baseline);

/* Judges the run by the baseline and writes the reports. Returns NULL or a reason. */
const char *conclusion_draw(struct rehearsal *rehearsal, const struct baseline *baseline,
                            json_t *run);

/* --render: both, for a run that was saved. The caller owns it. */
const char *conclusion_render(struct rehearsal *rehearsal, json_t **ret_run);
