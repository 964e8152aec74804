#include "report.h"

#include "base/log.h"
#include "store/store_run.h"

#include <inttypes.h>
#include <stdio.h>

#define SAYS "milkypay-mock: --strict: "

static bool all_arrived(struct engine *engine, struct run_mark after,
                        const struct run_counts *counts)
{
    struct arena list = {0}, arena = {0};
    int64_t *seqs, all = 0;
    size_t n = store_run_undelivered(engine->store, &list, after, STRICT_LINES, &seqs);
    for (size_t i = 0; i < n; i++) {
        struct report_failure failure;
        if (report_failure(engine, &arena, seqs[i], &failure)) {
            fprintf(stderr, SAYS "callback %s of %s (%s) to %s was never delivered: %s\n",
                    failure.callback, failure.invoice, failure.transition, failure.url,
                    failure.reason);
        }
        arena_reset(&arena);
    }
    for (int i = 0; i < CALLBACK_STATES; i++) {
        all += callback_is_undelivered((enum callback_state)i) ? counts->callbacks[i] : 0;
    }
    if (all > (int64_t)n) {
        fprintf(stderr, SAYS "%" PRId64 " more callbacks were never delivered\n", all - (int64_t)n);
    }
    arena_finish(&arena);
    arena_finish(&list);
    return !all;
}

static bool any_verified(const struct engine *engine)
{
    uint64_t verified = engine->tenants.verified;
    for (size_t i = 0; i < engine->tenants.n; i++) {
        verified += engine->tenants.list[i]->verified;
    }
    return verified;
}

static bool is_strict(struct engine *engine, struct run_mark after)
{
    struct run_counts counts;
    store_run_count(engine->store, after, &counts);
    int64_t delivered = counts.callbacks[CALLBACK_DONE];
    bool arrived = all_arrived(engine, after, &counts);
    bool verified = !delivered || any_verified(engine);
    if (!verified) {
        fprintf(stderr,
                SAYS "%" PRId64 " callbacks were delivered, but the tests verified no signature:"
                     " POST /_mock/verify-signature never accepted one\n",
                delivered);
    }
    return arrived && verified;
}

int strict_exit_status(struct engine *engine, const struct report_run *run, bool strict, int status)
{
    struct arena arena = {0};
    log_flush(); /* write earlier log lines first */
    const char *why = run->dir ? report_write(engine, run, &arena) : NULL;
    if (why) {
        fprintf(stderr, "milkypay-mock: %s\n", why);
        status = status ? status : EXIT_WRONG;
    }
    if (strict && !is_strict(engine, run->after)) {
        status = status ? status : EXIT_STRICT;
    }
    arena_finish(&arena);
    return status;
}
