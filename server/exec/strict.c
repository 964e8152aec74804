#include "report.h"

#include "base/log.h"
#include "exec.h"

#include <inttypes.h>
#include <stdio.h>

#define SAYS "milkypay-mock: --strict: "

#define LOSS SAYS "callback %s of %s (%s) to %s was never delivered: %s\n"
#define FORGERY SAYS "the forged callback %s of %s (%s) to %s was answered 200\n"

/* Prints the first ones, and how many more there are. */
static void name_callbacks(struct engine *engine, const int64_t *seqs, int64_t n, int64_t all,
                           bool forged)
{
    struct arena arena = {0};
    int64_t named = 0;
    for (int64_t i = 0; i < n && i < STRICT_LINES; i++) {
        struct report_failure failure;
        if (report_failure(engine, &arena, seqs[i], &failure)) {
            fprintf(stderr, forged ? FORGERY : LOSS, failure.callback, failure.invoice,
                    failure.transition, failure.url, failure.reason);
            named++;
        }
        arena_reset(&arena);
    }
    if (all > named) { /* of those without rows, nothing but their number is left */
        fprintf(stderr, SAYS "%" PRId64 "%s callback%s %s\n", all - named, named ? " more" : "",
                all - named == 1 ? " was" : "s were",
                forged ? "forged and answered 200" : "never delivered");
    }
    arena_finish(&arena);
}

/* What was not delivered for reasons that are the suite's own. */
static void tell_apart(const struct verdict *verdict)
{
    int64_t dropped = verdict->counts.callbacks[CALLBACK_DROPPED];
    int64_t tampered = verdict->losses[RUN_TAMPERED] + dropped;
    int64_t left = verdict->losses[RUN_UNSENT] + verdict->losses[RUN_UNANSWERED];
    int64_t callbacks = verdict->delivered + dropped;
    for (int i = 0; i < RUN_LOSSES; i++) {
        callbacks += verdict->losses[i];
    }
    if (verdict->invoices && !callbacks) {
        fputs(SAYS
              "no callback was made; an invoice has callbacks if its order or its account has a "
              "callback_url\n",
              stderr);
    }
    if (tampered) {
        fprintf(stderr,
                SAYS "not counted: %" PRId64
                     " undelivered, because a fault spoiled, held or dropped them\n",
                tampered);
    }
    if (left) {
        fprintf(stderr,
                SAYS
                "not counted: %" PRId64 " undelivered, because their account was deleted, "
                "reset or restored before an answer; GET /_mock/wait?idle=true waits for them\n",
                left);
    }
}

static bool is_strict(struct engine *engine, enum strictness strictness,
                      const struct verdict *verdict)
{
    const struct evidence *evidence = &engine->watch.evidence;
    int64_t named =
        verdict->accepted < EVIDENCE_NAMED_MOST ? verdict->accepted : EVIDENCE_NAMED_MOST;
    bool good = true;
    name_callbacks(engine, verdict->lost, (int64_t)verdict->n_lost, verdict->losses[RUN_LOST],
                   false);
    if (strictness == STRICT_ALL) {
        name_callbacks(engine, evidence->accepted_list, named, verdict->accepted, true);
    }
    tell_apart(verdict);
    for (size_t i = 0; i < verdict_checks_count; i++) {
        const struct verdict_check *check = &verdict_checks[i];
        if (strictness >= check->from && !check->holds(verdict)) {
            fprintf(stderr, SAYS "%s\n", check->advice);
            good = false;
        }
    }
    return good;
}

/* The line about the command says all there is to say. */
static bool was_not_run(const struct verdict *verdict, int status)
{
    return !verdict->invoices && (status == EXIT_NOT_RUNNABLE || status == EXIT_NOT_FOUND);
}

int strict_exit_status(struct engine *engine, const struct report_run *run, int status)
{
    struct arena arena = {0};
    struct verdict verdict;
    if (!run->dir && !run->strictness) {
        return status;
    }
    log_flush(); /* write earlier log lines first */
    verdict_reach(engine, &arena, &verdict);
    const char *why = run->dir ? report_write(engine, run, &verdict, &arena) : NULL;
    if (why) {
        fprintf(stderr, "milkypay-mock: %s\n", why);
        status = status ? status : EXIT_WRONG;
    }
    if (run->strictness && !was_not_run(&verdict, status) &&
        !is_strict(engine, run->strictness, &verdict)) {
        status = status ? status : EXIT_STRICT;
    }
    arena_finish(&arena);
    return status;
}
