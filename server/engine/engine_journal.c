#include "engine_journal.h"

#include "base/log.h"
#include "base/text.h"
#include "base/wall.h"
#include "engine/tenant.h"

static struct journal_record begin(const struct engine *engine, enum journal_kind kind,
                                   const struct tenant *tenant, int64_t invoice)
{
    int64_t wall_ms = wall_now_ms();
    return (struct journal_record){
        .kind = kind,
        .account = tenant ? tenant->journal_id : 0,
        .invoice = invoice,
        .at_ms = tenant ? clock_at_wall(tenant, wall_ms) : wall_ms,
        .wall_ms = wall_ms,
        .cause = engine->watch.trace.current,
    };
}

static void log_transition(const struct journal_record *record, const struct invoice *invoice)
{
    char request[IDENT_TEXT];
    trace_id(record->cause, request);
    log_event(LOG_INFO, "transition", LOG_TEXT("invoice", invoice->id),
              LOG_TEXT("from", status_name(record->transition.from)),
              LOG_TEXT("to", status_name(record->transition.to)),
              LOG_TEXT("resolution", invoice->resolution),
              LOG_TEXT("cause", record->transition.cause), LOG_TEXT("request", request));
}

void journal_transition(struct engine *engine, const struct tenant *tenant,
                        const struct invoice *invoice, enum status from, int64_t at_ms,
                        const char *cause)
{
    struct journal_record record = begin(engine, JOURNAL_TRANSITION, tenant, invoice->seq);
    record.at_ms = at_ms;
    record.transition.from = from;
    record.transition.to = invoice->status;
    record.transition.cause = cause;
    text_copy(record.transition.resolution, sizeof record.transition.resolution,
              invoice->resolution);
    journal_add(engine->watch.journal, &record);
    if (log_wants(LOG_INFO)) {
        log_transition(&record, invoice);
    }
}

void journal_callback(struct engine *engine, const struct tenant *tenant,
                      const struct callback *callback, const struct delivery_result *result)
{
    struct journal_record record = begin(engine, JOURNAL_CALLBACK, tenant, callback->invoice);
    record.at_ms = clock_at_wall(tenant, result->wall_ms);
    record.cause = trace_of_callback(&engine->watch.trace, callback->seq);
    record.callback.seq = callback->seq;
    record.callback.attempt = callback->attempts + callback->extra;
    record.callback.code = result->code;
    record.callback.transition = callback->transition;
    record.callback.state = callback->state;
    text_copy(record.callback.error, sizeof record.callback.error,
              result->error ? result->error : "");
    journal_add(engine->watch.journal, &record);
    metrics_attempt(&engine->watch.metrics, callback->state);
}

void journal_fault(struct engine *engine, const struct tenant *tenant, int64_t invoice,
                   int64_t fault, const char *on, const char *name)
{
    struct journal_record record = begin(engine, JOURNAL_FAULT, tenant, invoice);
    record.everyone = !tenant;
    record.fault.id = fault;
    text_copy(record.fault.on, sizeof record.fault.on, on);
    text_copy(record.fault.name, sizeof record.fault.name, name);
    journal_add(engine->watch.journal, &record);
}

void journal_clock(struct engine *engine, const struct tenant *tenant)
{
    struct journal_record record = begin(engine, JOURNAL_CLOCK, tenant, 0);
    record.clock.frozen = tenant->account.clock.frozen;
    journal_add(engine->watch.journal, &record);
}

void journal_account(struct engine *engine, const struct tenant *tenant, enum journal_change change)
{
    struct journal_record record = begin(engine, JOURNAL_ACCOUNT, tenant, 0);
    record.everyone = true; /* nobody can follow an account before it exists */
    record.account_change.change = change;
    text_copy(record.account_change.id, sizeof record.account_change.id, tenant->account.keys.id);
    journal_add(engine->watch.journal, &record);
}

void journal_clear(struct engine *engine, struct tenant *tenant)
{
    tenant->journal_from = journal_seq(engine->watch.journal);
}

struct journal_view journal_view_of(const struct engine *engine, const struct tenant *tenant)
{
    return (struct journal_view){
        .account = tenant->journal_id,
        .demo = tenant == engine->tenants.demo,
        .from = tenant->journal_from,
    };
}
