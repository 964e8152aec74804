/*
 * What a run showed: the counts of its report, and what --strict judges. Every account and every
 * callback of the run counts, also of accounts that were deleted, emptied or expired.
 */
#pragma once

#include "engine/engine.h"
#include "store/store_run.h"

#define VERDICT_LOST_MOST 1000 /* lost callbacks that are listed; all are counted */

enum strictness {
    STRICT_OFF,
    STRICT_DELIVERY, /* invoices were made, and every callback arrived */
    STRICT_ALL,      /* and the suite's receivers check signatures */
};

struct verdict {
    struct run_counts counts;
    int64_t accounts; /* that made invoices */
    int64_t invoices;
    int64_t delivered;
    int64_t losses[RUN_LOSSES]; /* callbacks that were not delivered */
    int64_t *lost;              /* row numbers of the first RUN_LOST ones */
    size_t n_lost;
    uint64_t verified;         /* right calls of POST /_mock/verify-signature */
    int64_t refused, accepted; /* forged callbacks */
    bool proven;               /* something shows that signatures are checked */
};

/* What --strict asks of a run. */
struct verdict_check {
    const char *name; /* "every callback arrived" */
    enum strictness from;
    bool (*holds)(const struct verdict *verdict);
    const char *advice; /* when it does not hold */
};
extern const struct verdict_check verdict_checks[];
extern const size_t verdict_checks_count;

/* Its list is in the arena. */
void verdict_reach(const struct engine *engine, struct arena *arena, struct verdict *ret_verdict);

/* Whether a callback counts as never delivered. */
bool verdict_is_lost(const struct engine *engine, struct arena *arena, int64_t callback);
