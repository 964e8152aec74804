#include "verdict.h"

#include "base/attr.h"

/* ------------------------------------------------------------------ the checks */

static bool made_invoices(const struct verdict *verdict)
{
    return verdict->invoices;
}

/* Accounts that are deleted at once leave nothing to judge: nobody got their callbacks. */
static bool has_answers(const struct verdict *verdict)
{
    return !verdict->losses[RUN_UNSENT] || verdict->losses[RUN_LOST] || verdict->delivered ||
           verdict->refused || verdict->accepted;
}

static bool lost_none(const struct verdict *verdict)
{
    return !verdict->losses[RUN_LOST];
}

static bool refused_all(const struct verdict *verdict)
{
    return !verdict->accepted;
}

static bool checks_signatures(const struct verdict *verdict)
{
    return verdict->proven || !verdict->delivered;
}

const struct verdict_check verdict_checks[] = {
    {"invoices were made", STRICT_DELIVERY, made_invoices,
     "the run made no invoice: does the suite call MILKYPAY_URL?"},
    {"callbacks were answered", STRICT_DELIVERY, has_answers,
     "no callback was answered, because every account was deleted, reset or restored before the "
     "first attempt: call GET /_mock/wait?account=ID&idle=true before that"},
    {"every callback arrived", STRICT_DELIVERY, lost_none,
     "callbacks were never delivered: their receiver must answer 200, and stay open until GET "
     "/_mock/wait?account=ID&idle=true has answered; POST /_mock/clock/advance makes retries due"},
    {"forged callbacks were refused", STRICT_ALL, refused_all,
     "a forged callback was answered 200: the receiver must refuse wrong signatures, with 403"},
    {"signatures are checked", STRICT_ALL, checks_signatures,
     "callbacks were delivered, but nothing shows that the suite checks signatures: no receiver of "
     "its own answered 200 to genuine callbacks and 400, 401, 403 or 422 to a forged one, and POST "
     "/_mock/verify-signature never accepted a signature; POST /_mock/faults?account=ID with "
     "{\"on\":\"callback\",\"fault\":\"bad_signature\",\"times\":1} forges the next callback"},
};

const size_t verdict_checks_count = ARRAY_SIZE(verdict_checks);

/* ------------------------------------------------------------------ the counts */

struct reaching {
    const struct engine *engine;
    struct verdict *verdict;
};

/*
 * A suite that ends closes its receivers and then deletes its account, and an attempt in between
 * meets nobody. That is no loss where the same receiver answered other callbacks. Where nobody ever
 * answered, it is.
 */
static enum run_loss judge(const struct engine *engine, enum run_loss loss, const char *url)
{
    bool closed = loss == RUN_UNANSWERED && evidence_answered(&engine->watch.evidence, url);
    return loss == RUN_UNANSWERED && !closed ? RUN_LOST : loss;
}

bool verdict_is_lost(const struct engine *engine, struct arena *arena, int64_t callback)
{
    const char *url;
    enum run_loss loss;
    return store_run_loss(engine->store, arena, callback, &loss, &url) &&
           judge(engine, loss, url) == RUN_LOST;
}

static void add_loss(void *arg, int64_t seq, enum run_loss loss, const char *url)
{
    const struct reaching *reaching = arg;
    struct verdict *verdict = reaching->verdict;
    loss = judge(reaching->engine, loss, url);
    verdict->losses[loss]++;
    if (loss == RUN_LOST && verdict->n_lost < VERDICT_LOST_MOST) {
        verdict->lost[verdict->n_lost++] = seq;
    }
}

static uint64_t count_verified(const struct tenants *tenants)
{
    uint64_t verified = tenants->verified;
    for (size_t i = 0; i < tenants->n; i++) {
        verified += tenants->list[i]->verified;
    }
    return verified;
}

void verdict_reach(const struct engine *engine, struct arena *arena, struct verdict *ret_verdict)
{
    const struct evidence *evidence = &engine->watch.evidence;
    struct verdict *verdict = ret_verdict;
    *verdict = (struct verdict){
        .accounts = (int64_t)engine->tenants.invoiced,
        .lost = arena_alloc(arena, VERDICT_LOST_MOST * sizeof *verdict->lost),
        .verified = count_verified(&engine->tenants),
        .refused = evidence->refused,
        .accepted = evidence->accepted,
    };
    verdict->proven = evidence->proven || verdict->verified;
    store_run_count(engine->store, &verdict->counts);
    for (int i = 0; i < STATUS_COUNT; i++) {
        verdict->invoices += verdict->counts.invoices[i];
    }
    verdict->delivered = verdict->counts.callbacks[CALLBACK_DONE];
    for (int i = 0; i < RUN_LOSSES; i++) {
        verdict->losses[i] = verdict->counts.losses[i];
    }
    int64_t lost = evidence_lost(evidence);
    verdict->losses[RUN_UNANSWERED] -= lost;
    verdict->losses[RUN_LOST] += lost;
    struct reaching reaching = {engine, verdict};
    store_run_losses(engine->store, add_loss, &reaching);
}
