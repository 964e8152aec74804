#include "payment.h"

#include "base/die.h"
#include "base/text.h"
#include "engine/clock.h"

#include <stdio.h>
#include <string.h>

void payment_opened(struct engine *engine, struct tenant *tenant, struct invoice *invoice)
{
    if (invoice->status == STATUS_PROCESS_PENDING && invoice->plan_due_ms != TIME_NONE) {
        invoice->plan_due_ms = TIME_NONE; /* the plan itself stays, for methods without a card */
        engine_save(engine, tenant, invoice);
    }
}

bool payment_is_open(const struct tenant *tenant, const struct invoice *invoice)
{
    if (clock_now(tenant) >= invoice->expires_ms) {
        return false;
    }
    bool again = invoice->status == STATUS_PROCESS_FAILED &&
                 invoice->attempts < tenant->account.settings.attempt_limit;
    return invoice->status == STATUS_CREATED || invoice->status == STATUS_PROCESS_PENDING || again;
}

bool payment_takes_cards(const struct engine *engine, const struct invoice *invoice)
{
    const struct service *service = service_find(&engine->fixture->catalogue, invoice->service);
    return service && text_equal(service->method->code, "payment_card");
}

/* Opens a new attempt; a failed invoice goes back to process_pending, with its callback (mock.md).
 */
static bool begin_attempt(struct engine *engine, struct tenant *tenant, struct arena *arena,
                          struct invoice *invoice)
{
    if (!payment_is_open(tenant, invoice)) {
        return false;
    }
    invoice->attempts++;
    if (invoice->status != STATUS_PROCESS_PENDING) {
        const struct move again = {.status = STATUS_PROCESS_PENDING,
                                   .amount = MONEY_NONE,
                                   .at_ms = clock_now(tenant),
                                   .cause = "payer"};
        engine_move(engine, tenant, arena, invoice, &again);
    }
    return true;
}

static void apply(struct engine *engine, struct tenant *tenant, struct arena *arena,
                  struct invoice *invoice, const char *outcome_text, const struct card_entry *card,
                  const char *client_ip)
{
    struct outcome outcome;
    char why[256];
    if (!outcome_parse(outcome_text, invoice->status, &engine->fixture->resolutions, &outcome, why,
                       sizeof why)) {
        die("an outcome of the fixtures cannot be read: %s: %s", outcome_text, why);
    }
    const struct move how = {.amount = MONEY_NONE,
                             .at_ms = clock_now(tenant),
                             .cause = "payer",
                             .card = card,
                             .client_ip = client_ip};
    engine_step(engine, tenant, arena, invoice, &outcome, &how);
}

enum payment_result payment_by_card(struct engine *engine, struct tenant *tenant,
                                    struct arena *arena, struct invoice *invoice,
                                    const struct card_entry *card, enum payment_3ds three_ds,
                                    const char *client_ip)
{
    if (!begin_attempt(engine, tenant, arena, invoice)) {
        return PAYMENT_CLOSED;
    }
    const struct test_card *known = card_find(&engine->fixture->cards, card->number);
    const char *outcome = card_outcome(&engine->fixture->cards, card);
    if (known && known->three_ds && three_ds == PAYMENT_3DS_FAIL) {
        outcome = "process_failed:invalid_3ds_code";
    } else if (known && known->three_ds && three_ds == PAYMENT_3DS_ABANDON) {
        outcome = "process_pending:auth_3ds_required";
    }
    apply(engine, tenant, arena, invoice, outcome, card, client_ip);
    return PAYMENT_DONE;
}

enum payment_result payment_confirmed(struct engine *engine, struct tenant *tenant,
                                      struct arena *arena, struct invoice *invoice,
                                      const char *client_ip)
{
    const char *plan =
        *invoice->plan && invoice->status == STATUS_PROCESS_PENDING ? invoice->plan : "processed";
    if (!begin_attempt(engine, tenant, arena, invoice)) {
        return PAYMENT_CLOSED;
    }
    apply(engine, tenant, arena, invoice, plan, NULL, client_ip);
    return PAYMENT_DONE;
}

enum payment_result payment_cancelled(struct engine *engine, struct tenant *tenant,
                                      struct arena *arena, struct invoice *invoice)
{
    if (!begin_attempt(engine, tenant, arena, invoice)) {
        return PAYMENT_CLOSED;
    }
    apply(engine, tenant, arena, invoice, "process_failed", NULL, NULL);
    return PAYMENT_DONE;
}

/* ------------------------------------------------------------------ the way back */

/* What "send operation context" appends: the operation in the query (facts.md e.4). */
static const char *with_context(struct arena *arena, const struct invoice *invoice, const char *url)
{
    char amount[MONEY_TEXT];
    snprintf(amount, sizeof amount, "%lld.%02lld", (long long)(invoice->amount / MONEY_ONE),
             (long long)(invoice->amount % MONEY_ONE / (MONEY_ONE / 100)));
    const struct {
        const char *name, *value;
    } context[] = {
        {"id", invoice->id},
        {"serial_number", ident_serial(invoice->id)},
        {"amount", amount},
        {"currency", invoice->currency},
        {"reference_id", invoice->reference_id},
        {"description", invoice->description ? invoice->description : ""},
        {"status", status_name(invoice->status)},
    };
    buf_auto out = {0};
    size_t length = strcspn(url, "#");
    buf_add(&out, url, length);
    char mark = memchr(url, '?', length) ? '&' : '?';
    for (size_t i = 0; i < ARRAY_SIZE(context); i++, mark = '&') {
        buf_printf(&out, "%c%s=", mark, context[i].name);
        buf_url_text(&out, context[i].value);
    }
    buf_text(&out, url + length);
    return arena_copy(arena, out.data, out.size);
}

const char *payment_return_url(const struct tenant *tenant, struct arena *arena,
                               const struct invoice *invoice)
{
    const char *by_status = status_is_failure(invoice->status) ? invoice->return_fail
                            : status_is_paid(invoice->status)  ? invoice->return_success
                                                               : invoice->return_pending;
    const struct settings *settings = &tenant->account.settings;
    const char *url = by_status             ? by_status
                      : invoice->return_url ? invoice->return_url
                                            : settings->return_url;
    return url && settings->send_context ? with_context(arena, invoice, url) : url;
}
