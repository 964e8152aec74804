#include "create.h"

#include "base/wall.h"
#include "domain/price.h"
#include "engine/engine_journal.h"
#include "engine/lookup.h"
#include "engine/outbox.h"
#include "engine/payout.h"
#include "engine/plan.h"
#include "store/store_invoice.h"

/* Finds the outcome of a payment and plans it. */
static void plan_payment(struct engine *engine, struct tenant *tenant, struct arena *arena,
                         struct invoice *invoice, const char *asked, const char *customer_email,
                         int64_t from_ms)
{
    const char *text = engine_find_outcome(engine, tenant, arena, OUTCOME_OF_PAYMENT, asked,
                                           invoice, customer_email);
    engine_set_plan(engine, tenant, arena, invoice, text ? text : tenant->account.settings.outcome,
                    STATUS_PROCESS_PENDING, from_ms);
}

/* Plans a new invoice. Without a service, only stores the outcome that the order asks for, for
 * engine_choose. */
static void plan_order(struct engine *engine, struct tenant *tenant, struct arena *arena,
                       const struct order *order, struct invoice *invoice)
{
    const char *asked = order->header_outcome     ? order->header_outcome
                        : order->metadata_outcome ? order->metadata_outcome
                                                  : order->service_outcome;
    if (order->service) {
        plan_payment(engine, tenant, arena, invoice, asked, order->customer_email,
                     invoice->created_ms);
        if (order->kind == INVOICE_PAYOUT) {
            payout_await(invoice, order->start_delay_ms);
        }
        return;
    }
    invoice->plan = asked ? engine_plan_text(engine, arena, asked, STATUS_PROCESS_PENDING) : "";
    invoice->plan_due_ms = TIME_NONE;
}

/* Sets the invoice's service and the prices that follow from it. Without a service the price is the
 * amount. */
static void set_service(const struct engine *engine, const struct tenant *tenant,
                        struct invoice *invoice, const struct service *service)
{
    struct price price = {MONEY_NONE, MONEY_NONE, 0, invoice->amount, invoice->amount};
    if (service) {
        int64_t rate = engine_rate(engine, tenant, invoice->currency, service);
        price = invoice_kind(invoice->seq) == INVOICE_PAYOUT
                    ? price_of_payout(service, invoice->currency, invoice->amount, rate)
                    : price_of(service, invoice->currency, invoice->amount, rate,
                               tenant->account.settings.payment_fee_shift_out);
    }
    invoice->service = service ? service->code : NULL;
    invoice->exchange_rate = price.exchange_rate;
    invoice->service_amount = price.service_amount;
    invoice->fee = price.fee;
    invoice->deposit = price.deposit;
    invoice->payment_amount = price.payment_amount;
}

/* Assigns the row number and the ids of the invoice, its page and its customer. */
static void name_invoice(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                         const struct order *order, struct invoice *invoice)
{
    invoice->seq = store_invoice_next_seq(engine->store, order->kind);
    invoice_id(engine->keys.rows, invoice->seq, invoice->id);
    ident_of_row(engine->keys.rows, "cgi", invoice->seq, invoice->session);
    if (!invoice->reference_id) {
        char uuid[IDENT_UUID];
        ident_next_uuid(&engine->idents, uuid);
        invoice->reference_id = arena_strdup(arena, uuid);
    }
    if (order->customer_reference) {
        char id[IDENT_TEXT];
        engine_customer_id(engine, tenant, arena, order->customer_reference, id);
        invoice->customer_id = arena_strdup(arena, id);
    }
}

static void make_invoice(struct engine *engine, struct tenant *tenant, struct arena *arena,
                         const struct order *order, struct invoice *ret_invoice)
{
    int64_t now_ms = clock_now(tenant);
    bool starts = order->service && order->kind == INVOICE_PAYMENT;
    enum status status = starts ? STATUS_PROCESS_PENDING : STATUS_CREATED;
    struct invoice invoice = order->draft;
    invoice.account = tenant->account.num;
    invoice.status = status;
    invoice.statuses_reached = STATUS_BIT(STATUS_CREATED) | STATUS_BIT(status);
    invoice.resolution = RESOLUTION_OK;
    invoice.processed_amount = invoice.processed_fee = invoice.processed_deposit = MONEY_NONE;
    invoice.refunded_amount = invoice.charged_back_amount = MONEY_NONE;
    invoice.created_ms = invoice.updated_ms = now_ms;
    invoice.processed_ms = invoice.refunded_ms = invoice.charged_back_ms = TIME_NONE;
    invoice.failed_ms = TIME_NONE;
    invoice.made_ms = wall_now_ms();
    invoice.callback_logs = OUTBOX_NO_LOGS;
    if (invoice.expires_ms == TIME_NONE) {
        invoice.expires_ms = now_ms + tenant->account.settings.lifetime_s * 1000;
    }
    name_invoice(engine, tenant, arena, order, &invoice);
    set_service(engine, tenant, &invoice, order->service);
    *ret_invoice = invoice;
}

enum create_result engine_create(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                 const struct order *order, struct invoice *ret_invoice,
                                 int64_t *ret_awaited)
{
    *ret_awaited = 0;
    int64_t num = tenant->account.num;
    struct invoice *invoice = ret_invoice;
    /* Only a 201 may use up a queued outcome, so check for a repeated reference first. */
    if (tenant->outcomes && order->service && order->draft.reference_id &&
        store_invoice_by_reference(engine->store, arena, num, order->kind,
                                   order->draft.reference_id, ret_invoice)) {
        return CREATE_CONFLICT;
    }
    make_invoice(engine, tenant, arena, order, invoice);
    plan_order(engine, tenant, arena, order, invoice);
    invoice_schedule(invoice);

    struct callback callback;
    bool reports = invoice->status != STATUS_CREATED &&
                   outbox_compose(engine, tenant, arena, invoice, invoice->created_ms, &callback);
    if (!store_invoice_insert(engine->store, invoice)) {
        struct invoice earlier;
        if (!store_invoice_by_reference(engine->store, arena, num, order->kind,
                                        order->draft.reference_id, &earlier)) {
            return CREATE_DONE; /* the database failed, so the turn ends with 503 */
        }
        *ret_invoice = earlier;
        return CREATE_CONFLICT;
    }
    first_callback_expect(engine, tenant, invoice);
    metrics_transition(&engine->watch.metrics, order->kind, invoice->status);
    engine->tenants.invoiced += !tenant->invoiced;
    tenant->invoiced = true;
    journal_transition(engine, tenant, invoice, STATUS_CREATED, invoice->created_ms, "order");
    if (reports) {
        outbox_insert(engine, tenant, arena, invoice, ret_awaited, &callback);
    }
    turn_set_timer(&engine->turn, tenant, invoice->due_ms);
    turn_note_change(&engine->turn, tenant, invoice->seq);
    return CREATE_DONE;
}

/* ------------------------------------------------------------------ the payer's choice */

bool engine_choose(struct engine *engine, struct tenant *tenant, struct arena *arena,
                   struct invoice *invoice, const struct service *service,
                   const char *service_fields, const char *service_outcome)
{
    int64_t now_ms = clock_now(tenant);
    if (invoice->status != STATUS_CREATED || now_ms >= invoice->expires_ms ||
        !engine_service_accepts(engine, tenant, service, invoice)) {
        return false;
    }
    /* Keep the order's outcome, unless the fixtures no longer define it. */
    bool kept =
        *invoice->plan && engine_knows_outcome(engine, invoice->plan, STATUS_PROCESS_PENDING);
    const struct transition_request start = {
        .status = STATUS_PROCESS_PENDING, .amount = MONEY_NONE, .at_ms = now_ms, .cause = "payer"};
    set_service(engine, tenant, invoice, service);
    invoice->service_fields = service_fields;
    plan_payment(engine, tenant, arena, invoice, kept ? invoice->plan : service_outcome,
                 engine_customer_email(arena, invoice), now_ms);
    invoice->plan_due_ms = TIME_NONE; /* the plan waits for the page, as after payment_opened */
    return engine_transition(engine, tenant, arena, invoice, &start);
}

bool engine_payer_chose(const struct engine *engine, const struct invoice *invoice)
{
    return invoice->service && store_invoice_start(engine->store, invoice) == STATUS_CREATED;
}

bool engine_choose_again(struct engine *engine, struct tenant *tenant, struct invoice *invoice,
                         const struct service *service)
{
    if (!engine_payer_chose(engine, invoice) ||
        !engine_service_accepts(engine, tenant, service, invoice)) {
        return false;
    }
    set_service(engine, tenant, invoice, service);
    engine_save(engine, tenant, invoice);
    return true;
}
