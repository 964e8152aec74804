/* Changing an invoice: the state table, what a payment fills in, and everything that must be saved
 * with it. */
#include "engine.h"

#include "base/text.h"
#include "base/wall.h"
#include "engine/advance.h"
#include "engine/journal_notes.h"
#include "engine/ledger.h"
#include "engine/outbox.h"
#include "engine/schedule.h"
#include "store/store_invoice.h"

#include <string.h>

int64_t engine_settle_after(const struct engine *engine, const struct tenant *tenant)
{
    int64_t own_ms = tenant->account.settings.settle_after_ms;
    return own_ms == ACCOUNT_UNSET ? engine->options.settle_after_ms : own_ms;
}

void engine_note_change(struct engine *engine, const struct tenant *tenant, int64_t invoice)
{
    if (engine->n_changed == engine->room_changed) {
        engine->room_changed = engine->room_changed ? engine->room_changed * 2 : 64;
        engine->changed =
            mem_resize(engine->changed, engine->room_changed * sizeof *engine->changed);
    }
    engine->changed[engine->n_changed++] = (struct changed){tenant->journal_id, invoice};
}

void engine_save(struct engine *engine, struct tenant *tenant, struct invoice *invoice)
{
    invoice_schedule(invoice);
    store_invoice_update(engine->store, invoice);
    schedule_at(engine, tenant, invoice->due_ms);
    engine_note_change(engine, tenant, invoice->seq);
}

/* ------------------------------------------------------------------ what a status brings with it
 */

/* The payload of a payment without a payer: the first test card (mock.md). */
static const char *unattended_payload(const struct engine *engine, struct arena *arena)
{
    struct card_entry entry;
    struct card_shown shown;
    buf_auto payload = {0};
    card_unattended(&engine->fixture->cards, &entry);
    card_show(&engine->fixture->cards, &entry, &shown);
    view_payload(&payload, &shown, NULL, NULL);
    return arena_copy(arena, payload.data, payload.size);
}

/* The fee on what was paid: what was agreed, or on a part of it what the service takes of so much.
 */
static int64_t fee_on(const struct engine *engine, const struct invoice *invoice, int64_t amount)
{
    const struct service *service = service_find(&engine->fixture->catalogue, invoice->service);
    if (amount == invoice->payment_amount || !service) {
        return invoice->fee;
    }
    return price_of(service, invoice->currency, amount, invoice->exchange_rate, false).fee;
}

static void fill_payment(struct engine *engine, struct arena *arena, struct invoice *invoice,
                         const struct move *move)
{
    const char *card = move->payload ? move->payload : invoice->challenge_payload;
    invoice->payload = card ? card : unattended_payload(engine, arena);
    if (invoice->status == STATUS_VERIFIED) {
        return; /* a check of the card: no money moved */
    }
    int64_t amount = move->amount == MONEY_NONE ? invoice->payment_amount : move->amount;
    invoice->refunded_amount = MONEY_NONE; /* a forced way back begins anew */
    invoice->processed_ms = move->at_ms;
    invoice->processed_amount = amount;
    invoice->processed_fee = fee_on(engine, invoice, amount);
    invoice->processed_deposit = amount - invoice->processed_fee;
}

/* What was not refunded yet, of what was paid. */
static int64_t refundable(const struct invoice *invoice)
{
    int64_t paid = invoice->processed_amount == MONEY_NONE ? invoice->payment_amount
                                                           : invoice->processed_amount;
    return paid - (invoice->refunded_amount == MONEY_NONE ? 0 : invoice->refunded_amount);
}

/* Without an amount a full refund gives all that is left, a partial one half of it, in cents. */
static void fill_refund(struct invoice *invoice, const struct move *move)
{
    int64_t before = invoice->refunded_amount == MONEY_NONE ? 0 : invoice->refunded_amount;
    int64_t left = refundable(invoice);
    int64_t amount = move->amount;
    if (amount == MONEY_NONE) {
        int64_t half = left / 2 / (MONEY_ONE / 100) * (MONEY_ONE / 100);
        amount = invoice->status == STATUS_REFUNDED ? left : half;
    }
    invoice->refunded_amount = before + amount;
}

/* A payer who tries again: the failed attempt leaves no trace in the fields. */
static void fill_pending(struct invoice *invoice)
{
    invoice->payload = NULL;
    invoice->processed_ms = TIME_NONE;
    invoice->processed_amount = invoice->processed_fee = invoice->processed_deposit = MONEY_NONE;
}

static void fill(struct engine *engine, struct arena *arena, struct invoice *invoice,
                 const struct move *move)
{
    switch (invoice->status) {
    case STATUS_PROCESSED:
    case STATUS_VERIFIED:
        fill_payment(engine, arena, invoice, move);
        break;
    case STATUS_REFUNDED:
    case STATUS_PARTIALLY_REFUNDED:
        fill_refund(invoice, move);
        break;
    case STATUS_CREATED:
    case STATUS_PROCESS_PENDING:
        fill_pending(invoice);
        break;
    case STATUS_EXPIRED:
    case STATUS_PROCESS_FAILED:
    case STATUS_REFUND_PENDING:
    case STATUS_REFUND_FAILED:
    case STATUS_CHARGED_BACK:
    case STATUS_PARTIALLY_CHARGED_BACK:
    case STATUS_COUNT:
        break;
    }
}

/* ------------------------------------------------------------------ the change itself */

static void record(struct engine *engine, struct tenant *tenant, const struct invoice *invoice,
                   enum status old, const struct move *move)
{
    const struct transition transition = {
        .invoice = invoice->seq,
        .at_ms = move->at_ms,
        .wall_ms = wall_now_ms(),
        .old = old,
        .new = invoice->status,
        .resolution = invoice->resolution,
        .cause = move->cause,
    };
    store_transition_insert(engine->store, &transition);
    advance_note_transition(tenant, invoice, old, move->at_ms);
    journal_transition(engine, tenant, invoice, old, move->at_ms, move->cause);
}

bool engine_move(struct engine *engine, struct tenant *tenant, struct arena *arena,
                 struct invoice *invoice, const struct move *move)
{
    enum status old = invoice->status, new = move->status;
    if (new == STATUS_PROCESSED && invoice->flow == FLOW_VERIFY) {
        new = STATUS_VERIFIED; /* the success of a card check */
    }
    bool lacks_service = new == STATUS_PROCESS_PENDING &&invoice_awaits_choice(invoice);
    if (!move->force && (lacks_service || !status_may_become(old, new))) {
        return false;
    }
    int64_t worth = invoice_worth(invoice);
    invoice->status = new;
    invoice->been |= STATUS_BIT(new);
    invoice->resolution = move->resolution         ? move->resolution
                          : status_is_failure(new) ? RESOLUTION_DEFAULT
                                                   : RESOLUTION_OK;
    invoice->updated_ms = move->at_ms;
    fill(engine, arena, invoice, move);
    invoice->challenge_outcome = invoice->challenge_payload = NULL;

    struct callback callback;
    bool reports = outbox_compose(engine, tenant, arena, invoice, move->at_ms, &callback);
    if (reports) {
        invoice->callback_logs = outbox_logs(engine, arena, invoice->seq, &callback);
    }
    engine_save(engine, tenant, invoice);
    ledger_post(engine, tenant, invoice->currency, money_add(invoice_worth(invoice), -worth), 0, 0);
    record(engine, tenant, invoice, old, move);
    if (reports) {
        outbox_insert(engine, tenant, arena, invoice, false, &callback);
    }
    return true;
}

/* ------------------------------------------------------------------ plans */

void engine_plan(const struct engine *engine, const struct invoice *invoice,
                 struct outcome *ret_outcome)
{
    char why[256];
    struct outcome none = {0};
    bool planned = *invoice->plan &&
                   outcome_parse(invoice->plan, invoice->status, &engine->fixture->resolutions,
                                 ret_outcome, why, sizeof why);
    if (!planned) {
        *ret_outcome = none;
    }
}

static void plan_rest(const struct engine *engine, const struct tenant *tenant, struct arena *arena,
                      struct invoice *invoice, const struct outcome *outcome, int64_t at_ms)
{
    char rest[OUTCOME_TEXT];
    outcome_format(outcome, 1, rest);
    invoice->plan = arena_strdup(arena, rest);
    invoice->plan_due_ms = TIME_NONE;
    if (outcome->n > 1) {
        int64_t delay_ms = outcome->steps[1].delay_ms;
        invoice->plan_due_ms =
            at_ms + (delay_ms == OUTCOME_NO_DELAY ? engine_settle_after(engine, tenant) : delay_ms);
    }
}

void engine_step(struct engine *engine, struct tenant *tenant, struct arena *arena,
                 struct invoice *invoice, const struct outcome *outcome, const struct move *how)
{
    const struct outcome_step *step = &outcome->steps[0];
    plan_rest(engine, tenant, arena, invoice, outcome, how->at_ms);
    struct move move = *how;
    move.status = step->status;
    move.resolution = arena_strdup(arena, step->resolution);
    if (!outcome->n || step->status == invoice->status) {
        /* It stays pending, perhaps for a reason: no change of state, no callback. */
        invoice->resolution = outcome->n ? move.resolution : invoice->resolution;
        engine_save(engine, tenant, invoice);
    } else if (!engine_move(engine, tenant, arena, invoice, &move)) {
        /* What was planned no longer fits, e.g. after a forced transition: the plan ends here. */
        invoice->plan = "";
        invoice->plan_due_ms = TIME_NONE;
        engine_save(engine, tenant, invoice);
    }
}
