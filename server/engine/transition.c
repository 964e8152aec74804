#include "transition.h"

#include "base/text.h"
#include "base/wall.h"
#include "domain/price.h"
#include "engine/engine_journal.h"
#include "engine/ledger.h"
#include "engine/lookup.h"
#include "engine/outbox.h"
#include "engine/refund_row.h"
#include "store/store_invoice.h"

void engine_save(struct engine *engine, struct tenant *tenant, struct invoice *invoice)
{
    invoice_schedule(invoice);
    store_invoice_update(engine->store, invoice);
    turn_set_timer(&engine->turn, tenant, invoice->due_ms);
    turn_note_change(&engine->turn, tenant, invoice->seq);
}

/* ------------------------------------------------------------------ what a status brings with it
 */

/* A change after all decisions. */
struct change {
    enum status old, new;
    int64_t amount;       /* the money that it moves */
    bool refunding;       /* a refund is pending, and this is its end */
    struct refund refund; /* the pending refund */
};

/* Clears the traces of a payment: the payer tries again, or a forced transition goes back. */
static void forget_payment(struct invoice *invoice)
{
    invoice->payload = NULL;
    invoice->processed_ms = invoice->refunded_ms = invoice->charged_back_ms = TIME_NONE;
    invoice->processed_amount = invoice->processed_fee = invoice->processed_deposit = MONEY_NONE;
    invoice->refunded_amount = invoice->charged_back_amount = MONEY_NONE;
}

/* The fee on the paid amount: the agreed fee for the full amount, else what the service charges for
 * this amount. */
static int64_t fee_on(const struct engine *engine, const struct invoice *invoice, int64_t amount)
{
    const struct service *service = engine_service(engine, invoice);
    if (amount == invoice->payment_amount || !service) {
        return invoice->fee;
    }
    return price_of(service, invoice->currency, amount, invoice->exchange_rate, false).fee;
}

static void fill_payment(struct engine *engine, struct arena *arena, struct invoice *invoice,
                         const struct transition_request *request, int64_t amount)
{
    const char *card = request->payload             ? request->payload
                       : invoice->challenge_payload ? invoice->challenge_payload
                                                    : invoice->saved_card;
    forget_payment(invoice);
    invoice->payload = card ? card : engine_payload(engine, arena, invoice, NULL);
    invoice->processed_ms = request->at_ms;
    if (invoice->status == STATUS_VERIFIED) {
        return; /* a check of the card: no money moved */
    }
    invoice->processed_amount = amount;
    invoice->processed_fee = fee_on(engine, invoice, amount);
    invoice->processed_deposit = amount - invoice->processed_fee;
}

/* What a payout has paid: nothing, or the amount and the whole fee. */
static void set_paid_out(struct invoice *invoice, int64_t amount)
{
    invoice->processed_amount = amount ? amount : MONEY_NONE;
    invoice->processed_fee = amount ? invoice->fee : MONEY_NONE;
    invoice->processed_deposit = amount ? money_add(amount, invoice->fee) : MONEY_NONE;
}

/* processed_ms is the time of the success or of the failure: `processed` or `failed`
 * (view_payout.c). A cancellation keeps the time of the success, if there was one (P628). */
static void fill_payout(struct invoice *invoice, const struct transition_request *request,
                        int64_t amount)
{
    enum status_money money = status_money(invoice->status);
    bool paid = status_is_paid(invoice->status);
    if (money == STATUS_MONEY_CANCELED) {
        set_paid_out(invoice, invoice_left(invoice) - amount);
    } else if (money == STATUS_MONEY_PAID || (!paid && !status_is_canceling(invoice->status))) {
        forget_payment(invoice);
        set_paid_out(invoice, amount);
    } else if (paid && invoice->processed_amount == MONEY_NONE) {
        /* The cancellation failed before a success was reported: all of it was paid. */
        set_paid_out(invoice, invoice->payment_amount);
    }
    bool ended = status_is_failure(invoice->status) || (paid && status_is_final(invoice->status));
    if (ended && invoice->processed_ms == TIME_NONE) {
        invoice->processed_ms = request->at_ms;
    }
}

/* Fills the members that belong to the new status; `amount` is the money that the change moves. */
static void fill(struct engine *engine, struct arena *arena, struct invoice *invoice,
                 const struct transition_request *request, int64_t amount)
{
    if (invoice_kind(invoice->seq) == INVOICE_PAYOUT) {
        fill_payout(invoice, request, amount);
        return;
    }
    enum status_money money = status_money(invoice->status);
    bool lost = status_is_failure(invoice->status) && !status_is_paid(invoice->status);
    invoice->failed_ms = lost ? request->at_ms : TIME_NONE;
    if (!status_is_paid(invoice->status)) {
        forget_payment(invoice);
    } else if (money == STATUS_MONEY_PAID || invoice->status == STATUS_VERIFIED) {
        fill_payment(engine, arena, invoice, request, amount);
    } else if (invoice->processed_amount == MONEY_NONE) {
        /* Forced past the payment: assume that all of it was paid. */
        fill_payment(engine, arena, invoice, request, invoice->payment_amount);
    }
    if (money == STATUS_MONEY_REFUNDED) {
        money_raise(&invoice->refunded_amount, amount);
        invoice->refunded_ms = request->at_ms;
    } else if (money == STATUS_MONEY_CHARGED_BACK) {
        money_raise(&invoice->charged_back_amount, amount);
        invoice->charged_back_ms = request->at_ms;
    }
}

/* ------------------------------------------------------------------ the change itself */

/* The resulting status: a card check succeeds as `verified` (invoice_success); a refund is partial
 * if money is left. */
static enum status status_of(const struct invoice *invoice,
                             const struct transition_request *request, const struct change *change)
{
    bool refunded = status_money(request->status) == STATUS_MONEY_REFUNDED;
    bool asked = change->refunding && !change->refund.unrequested;
    if (refunded && asked && request->amount == MONEY_NONE) {
        return change->refund.amount < invoice_left(invoice) ? STATUS_PARTIALLY_REFUNDED
                                                             : STATUS_REFUNDED;
    }
    return invoice_success(invoice, request->status);
}

static int64_t amount_of(const struct transition_request *request, const struct change *change,
                         const struct money_range *range)
{
    enum status_money money = status_money(change->new);
    if (money == STATUS_MONEY_STAYS) {
        return 0;
    }
    if (request->amount != MONEY_NONE) {
        return request->amount;
    }
    bool asked = change->refunding && !change->refund.unrequested;
    return money == STATUS_MONEY_REFUNDED && asked ? change->refund.amount : range->usual;
}

/* Decides what the request changes; returns false if it is not allowed. `force` skips the state
 * table but cannot move money that is not there, nor give a status that such invoices or the
 * account's profile do not have. */
static bool decide(const struct engine *engine, const struct tenant *tenant, struct arena *arena,
                   const struct invoice *invoice, const struct transition_request *request,
                   struct change *ret_change)
{
    struct change change = {.old = invoice->status};
    change.refunding = status_is_refunding(invoice->status) &&
                       store_refund_pending(engine->store, arena, invoice->seq, &change.refund);
    change.new = status_of(invoice, request, &change);
    const struct money_range range = invoice_range(invoice, change.new);
    change.amount = amount_of(request, &change, &range);
    *ret_change = change;
    if (!invoice_can_be(invoice, change.new) ||
        !status_is_in(change.new, engine_profile(engine, tenant))) {
        return false;
    }
    if (request->force) {
        return change.amount <= range.most || change.amount == 0;
    }
    bool lacks_service = invoice_awaits_choice(invoice) && change.new == STATUS_PROCESS_PENDING;
    return !lacks_service && invoice_may_become(invoice, change.new) &&
           money_range_has(&range, change.amount);
}

bool engine_may_become(const struct engine *engine, const struct tenant *tenant,
                       struct arena *arena, const struct invoice *invoice, enum status status)
{
    const struct transition_request request = {.status = status, .amount = MONEY_NONE};
    struct change change;
    return decide(engine, tenant, arena, invoice, &request, &change) && change.new == status;
}

/* The state before a change, to compute the differences from. */
struct before {
    enum status status;
    int64_t worth, held; /* of the balance (engine/ledger.h) */
    struct invoice_money money;
};

/* The refund of the change, if it begins, makes or ends one; see refund_row.h. */
static void keep_refund(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                        const struct invoice *invoice, struct change *change,
                        const struct before *before)
{
    int64_t at_ms = invoice->updated_ms;
    if (before->money.refunded && invoice->refunded_amount == MONEY_NONE) {
        store_refund_undo(engine->store, invoice->seq);
    }
    if (change->refunding) {
        if (!status_is_refunding(change->new)) {
            refund_row_end(engine, &change->refund, change->new, change->amount, at_ms);
        }
    } else if (status_is_of_refund(change->new) &&
               !store_refund_pending(engine->store, arena, invoice->seq, &change->refund)) {
        refund_row_add(engine, tenant, arena,
                       &(struct refund_change){invoice, change->amount, at_ms});
    }
}

static void record(struct engine *engine, struct tenant *tenant, const struct invoice *invoice,
                   const struct before *before, const struct transition_request *request)
{
    const struct invoice_money money = invoice_money_of(invoice);
    const struct transition transition = {
        .invoice = invoice->seq,
        .account = tenant->account.num,
        .at_ms = request->at_ms,
        .wall_ms = wall_now_ms(),
        .old = before->status,
        .new = invoice->status,
        .resolution = invoice->resolution,
        .cause = request->cause,
        .moved = invoice_money_moved(&before->money, &money),
    };
    store_transition_insert(engine->store, &transition);
    metrics_transition(&engine->watch.metrics, invoice_kind(invoice->seq), invoice->status);
    struct advance_event *event = turn_add_event(tenant, invoice->id, request->at_ms);
    if (event) {
        event->from = before->status;
        event->to = invoice->status;
    }
    journal_transition(engine, tenant, invoice, before->status, request->at_ms, request->cause);
}

/* Saves the changed invoice, and records and reports the change. */
static void publish(struct engine *engine, struct tenant *tenant, struct arena *arena,
                    struct invoice *invoice, const struct before *before,
                    const struct transition_request *request)
{
    struct callback callback;
    bool reports = outbox_compose(engine, tenant, arena, invoice, request->at_ms, &callback);
    engine_save(engine, tenant, invoice);
    ledger_post(engine, tenant, invoice->currency,
                money_add(invoice_balance_effect(invoice), -before->worth),
                invoice_reserved(invoice) - before->held, 0);
    record(engine, tenant, invoice, before, request);
    if (reports) {
        callback.by_payer = text_starts(request->cause, "payer");
        outbox_insert(engine, tenant, arena, invoice, request->ret_awaited, &callback);
    }
}

bool engine_transition(struct engine *engine, struct tenant *tenant, struct arena *arena,
                       struct invoice *invoice, const struct transition_request *request)
{
    struct change change;
    if (!decide(engine, tenant, arena, invoice, request, &change)) {
        return false;
    }
    const struct before before = {change.old, invoice_balance_effect(invoice),
                                  invoice_reserved(invoice), invoice_money_of(invoice)};
    invoice->status = change.new;
    invoice->statuses_reached |= STATUS_BIT(change.new);
    invoice->resolution = request->resolution ? request->resolution : status_resolution(change.new);
    invoice->updated_ms = request->at_ms;
    fill(engine, arena, invoice, request, change.amount);
    invoice->challenge_outcome = invoice->challenge_payload = NULL;
    keep_refund(engine, tenant, arena, invoice, &change, &before);
    publish(engine, tenant, arena, invoice, &before, request);
    return true;
}

void engine_imagine(struct engine *engine, struct arena *arena, struct invoice *copy,
                    enum status status, int64_t at_ms)
{
    const struct transition_request request = {
        .status = status, .amount = MONEY_NONE, .at_ms = at_ms};
    const struct change change = {.old = copy->status, .new = invoice_success(copy, status)};
    const struct money_range range = invoice_range(copy, change.new);
    copy->status = change.new;
    copy->resolution = status_resolution(change.new);
    copy->updated_ms = at_ms;
    fill(engine, arena, copy, &request, amount_of(&request, &change, &range));
}
