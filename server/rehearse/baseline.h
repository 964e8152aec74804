/*
 * Failures that are known and accepted (--baseline): {"accepted": [{"id": "B2", "reason": "..",
 * "until": "2027-01-31" or null}]}. Private to server/rehearse/.
 */
#pragma once

#include "base/mem.h"

#include <jansson.h>

struct baseline {
    struct accepted {
        const char *id, *reason;
        const char *until; /* the last day; NULL: for ever */
    } * list;
    size_t n;
};

/* Reads the file; an id must be one of the catalogue's scenarios. Returns NULL, or the reasons with
 * line ends between them, in the arena. */
const char *baseline_load(struct arena *arena, const char *file, const json_t *catalogue,
                          struct baseline *ret_baseline);

/*
 * Turns each FAIL that is listed and not past its day into ACCEPTED, with "accepted": {"reason",
 * "until"}. Sets "notes" of the run: entries that are over, and those whose scenario does not fail.
 * A saved run may have been judged by another baseline, which no longer counts.
 */
void baseline_apply(const struct baseline *baseline, json_t *run, struct arena *arena);
