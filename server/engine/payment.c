#include "payment.h"

#include "base/text.h"
#include "engine/lookup.h"
#include "engine/plan.h"
#include "store/store_invoice.h"
#include "view/cardgate.h"
#include "view/view_parts.h"
#include "wire/json_read.h"

#include <stdio.h>
#include <string.h>

#define CAUSE_CANCELLED "payer_cancelled" /* stored */

void payment_opened(struct engine *engine, struct tenant *tenant, struct invoice *invoice)
{
    /* A charge by token that has not happened yet needs no payer. */
    bool by_token = invoice->challenge_payload && !invoice->challenge_outcome;
    if (invoice->status == STATUS_PROCESS_PENDING && invoice->plan_due_ms != TIME_NONE &&
        !by_token) {
        invoice->plan_due_ms = TIME_NONE; /* the plan itself stays, for methods without a card */
        engine_save(engine, tenant, invoice);
    }
}

int64_t payment_attempts_left(const struct tenant *tenant, struct arena *arena,
                              const struct invoice *invoice)
{
    struct cardgate cardgate;
    int64_t most = tenant->account.settings.attempt_limit;
    cardgate_read(invoice->gateway_options, arena, &cardgate);
    most = cardgate.retry_limit && cardgate.retry_limit < most ? cardgate.retry_limit : most;
    return invoice->attempts < most ? most - invoice->attempts : 0;
}

bool payment_is_open(const struct tenant *tenant, struct arena *arena,
                     const struct invoice *invoice)
{
    if (clock_now(tenant) >= invoice->expires_ms) {
        return false;
    }
    bool again = invoice->status == STATUS_PROCESS_FAILED &&
                 !text_equal(invoice->resolution, RESOLUTION_EXPIRED) &&
                 payment_attempts_left(tenant, arena, invoice) > 0;
    bool waits = invoice->status == STATUS_CREATED || invoice->status == STATUS_PROCESS_PENDING;
    return (waits && !invoice_awaits_choice(invoice)) || again;
}

bool payment_takes_cards(const struct engine *engine, const struct invoice *invoice)
{
    const struct service *service = engine_service(engine, invoice);
    return service && service_takes_cards(service);
}

/* Starts an attempt; a failed invoice returns to process_pending and sends its callback (P827). */
static bool begin_attempt(struct engine *engine, struct tenant *tenant, struct arena *arena,
                          struct invoice *invoice)
{
    if (!payment_is_open(tenant, arena, invoice)) {
        return false;
    }
    invoice->attempts++;
    if (invoice->status != STATUS_PROCESS_PENDING) {
        const struct transition_request again = {.status = STATUS_PROCESS_PENDING,
                                                 .amount = MONEY_NONE,
                                                 .at_ms = clock_now(tenant),
                                                 .cause = "payer"};
        engine_transition(engine, tenant, arena, invoice, &again);
    }
    return true;
}

/* ------------------------------------------------------------------ deciding */

static void apply_because(struct engine *engine, struct tenant *tenant, struct arena *arena,
                          struct invoice *invoice, const char *outcome_text, const char *payload,
                          const char *cause)
{
    struct outcome outcome;
    engine_read_outcome(engine, outcome_text, invoice->status, &outcome);
    const struct transition_request how = {
        .amount = MONEY_NONE, .at_ms = clock_now(tenant), .cause = cause, .payload = payload};
    invoice->challenge_outcome = invoice->challenge_payload = NULL;
    engine_step(engine, tenant, arena, invoice, &outcome, &how);
}

static void apply(struct engine *engine, struct tenant *tenant, struct arena *arena,
                  struct invoice *invoice, const char *outcome_text, const char *payload)
{
    apply_because(engine, tenant, arena, invoice, outcome_text, payload, "payer");
}

/* By card: `known` is the test card, or NULL. */
static enum payment_result pay(struct engine *engine, struct tenant *tenant, struct arena *arena,
                               struct invoice *invoice, const struct test_card *known,
                               const char *outcome, const char *payload)
{
    if (!known || !known->three_ds) {
        apply(engine, tenant, arena, invoice, outcome, payload);
        return PAYMENT_DONE;
    }
    apply(engine, tenant, arena, invoice, "process_pending:auth_3ds_required", NULL);
    invoice->challenge_outcome = outcome;
    invoice->challenge_payload = payload;
    engine_save(engine, tenant, invoice);
    return PAYMENT_CHALLENGE;
}

enum payment_result payment_by_card(struct engine *engine, struct tenant *tenant,
                                    struct arena *arena, struct invoice *invoice,
                                    const struct card_entry *card, const char *client_ip)
{
    if (!begin_attempt(engine, tenant, arena, invoice)) {
        return PAYMENT_CLOSED;
    }
    const struct card_table *cards = &engine->fixture->cards;
    bool strict = account_refuses_tests(&tenant->account, invoice->test_mode);
    const struct test_card *known = strict ? NULL : card_find(cards, card->number);
    const char *outcome = known ? card_outcome(cards, card) : card_outcome_unknown(cards, card);
    return pay(engine, tenant, arena, invoice, known, outcome,
               engine_card_payload(engine, arena, invoice, card, client_ip));
}

/* ------------------------------------------------------------------ by a saved card */

bool payment_saved_card(const struct invoice *invoice, struct arena *arena,
                        struct payment_saved *ret_saved)
{
    json_auto_t *payload = invoice->saved_card ? json_loads(invoice->saved_card, 0, NULL) : NULL;
    const json_t *card = json_object_get(payload, "payment_card");
    const char *mask = json_string_value(json_object_get(card, "mask"));
    const char *month = json_string_value(json_object_get(card, "expiry_month"));
    const char *year = json_string_value(json_object_get(card, "expiry_year"));
    if (!mask || !month || !year) {
        return false;
    }
    *ret_saved = (struct payment_saved){
        .mask = arena_strdup(arena, mask),
        .network = arena_strdup(arena, json_string_value(json_object_get(card, "network")))};
    snprintf(ret_saved->expiry, sizeof ret_saved->expiry, "%.2s%.2s", month, year);
    return true;
}

/* The saved card, with the address of the payer who uses it now. */
static const char *saved_payload(struct arena *arena, const struct invoice *invoice,
                                 const char *client_ip)
{
    json_auto_t *payload = json_loads(invoice->saved_card, 0, NULL);
    json_object_set_new(payload, "client_ip", json_string(client_ip ? client_ip : ""));
    return json_text(arena, payload, true);
}

enum payment_result payment_by_saved_card(struct engine *engine, struct tenant *tenant,
                                          struct arena *arena, struct invoice *invoice,
                                          const char *client_ip)
{
    const struct card_table *cards = &engine->fixture->cards;
    struct payment_saved saved;
    if (!payment_saved_card(invoice, arena, &saved) ||
        !begin_attempt(engine, tenant, arena, invoice)) {
        return PAYMENT_CLOSED;
    }
    bool strict = account_refuses_tests(&tenant->account, invoice->test_mode);
    const struct test_card *known = strict ? NULL : card_find_shown(cards, saved.mask);
    struct card_entry entry = {0};
    snprintf(entry.number, sizeof entry.number, "%s", known ? known->number : "");
    snprintf(entry.expiry, sizeof entry.expiry, "%s", saved.expiry);
    return pay(engine, tenant, arena, invoice, known,
               known ? card_outcome(cards, &entry) : cards->otherwise,
               saved_payload(arena, invoice, client_ip));
}

/* ------------------------------------------------------------------ without a card */

enum payment_result payment_confirmed(struct engine *engine, struct tenant *tenant,
                                      struct arena *arena, struct invoice *invoice,
                                      const char *outcome, const char *client_ip)
{
    bool planned = *invoice->plan && invoice->status == STATUS_PROCESS_PENDING &&
                   engine_knows_outcome(engine, invoice->plan, invoice->status);
    const char *plan = outcome ? outcome : planned ? invoice->plan : "processed";
    if (!begin_attempt(engine, tenant, arena, invoice)) {
        return PAYMENT_CLOSED;
    }
    apply(engine, tenant, arena, invoice, plan, engine_payload(engine, arena, invoice, client_ip));
    return PAYMENT_DONE;
}

enum payment_result payment_settled(struct engine *engine, struct tenant *tenant,
                                    struct arena *arena, struct invoice *invoice,
                                    const char *outcome, const char *client_ip)
{
    if (invoice->status != STATUS_PROCESS_PENDING || !payment_is_open(tenant, arena, invoice)) {
        return PAYMENT_CLOSED;
    }
    apply(engine, tenant, arena, invoice, outcome,
          engine_payload(engine, arena, invoice, client_ip));
    return PAYMENT_DONE;
}

enum payment_result payment_cancelled(struct engine *engine, struct tenant *tenant,
                                      struct arena *arena, struct invoice *invoice)
{
    if (!begin_attempt(engine, tenant, arena, invoice)) {
        return PAYMENT_CLOSED;
    }
    apply_because(engine, tenant, arena, invoice, "process_failed", NULL, CAUSE_CANCELLED);
    return PAYMENT_DONE;
}

static void find_cancelled(void *arg, const struct transition *row)
{
    *(bool *)arg = text_equal(row->cause, CAUSE_CANCELLED);
}

bool payment_was_cancelled(const struct engine *engine, const struct invoice *invoice)
{
    bool last = false;
    if (invoice->status == STATUS_PROCESS_FAILED) {
        store_transition_all(engine->store, invoice->seq, find_cancelled, &last);
    }
    return last;
}

/* ------------------------------------------------------------------ 3-D Secure */

bool payment_is_challenged(const struct invoice *invoice)
{
    return invoice->challenge_outcome && invoice->status == STATUS_PROCESS_PENDING;
}

void payment_code(const struct engine *engine, const struct invoice *invoice,
                  char ret_code[PAYMENT_CODE_TEXT])
{
    char input[64];
    uint8_t mac[32];
    uint32_t number;
    int size = snprintf(input, sizeof input, "3ds:%s:%lld", invoice->session,
                        (long long)invoice->attempts);
    crypt_hmac(engine->keys.token.bytes, input, (size_t)size, mac);
    memcpy(&number, mac, sizeof number);
    snprintf(ret_code, PAYMENT_CODE_TEXT, "%06u", number % 1000000u);
}

enum payment_result payment_answer(struct engine *engine, struct tenant *tenant,
                                   struct arena *arena, struct invoice *invoice,
                                   enum payment_3ds three_ds)
{
    if (!payment_is_challenged(invoice) || clock_now(tenant) >= invoice->expires_ms) {
        return PAYMENT_CLOSED;
    }
    /* If the fixtures have lost the card's resolution meanwhile, it fails without one. */
    bool known = engine_knows_outcome(engine, invoice->challenge_outcome, invoice->status);
    switch (three_ds) {
    case PAYMENT_3DS_PASS:
        apply(engine, tenant, arena, invoice, known ? invoice->challenge_outcome : "process_failed",
              invoice->challenge_payload);
        return PAYMENT_DONE;
    case PAYMENT_3DS_FAIL:
        apply(engine, tenant, arena, invoice, "process_failed:invalid_3ds_code", NULL);
        return PAYMENT_DONE;
    case PAYMENT_3DS_ABANDON:
        break;
    }
    return PAYMENT_CHALLENGE;
}

/* ------------------------------------------------------------------ the way back */

/* Appends the operation to the query, as "send operation context" does (P794). */
static const char *with_context(struct arena *arena, const struct invoice *invoice, const char *url)
{
    char amount[MONEY_TEXT], created[24];
    money_format_cents(invoice->amount, amount);
    snprintf(created, sizeof created, "%lld", (long long)invoice->created_ms / 1000);
    const struct {
        const char *name, *value;
    } context[] = {
        {"id", invoice->id},
        {"serial_number", ident_serial(invoice->id)},
        {"amount", amount},
        {"created", created},
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
    /* A failed refund does not change the payer's page: the payment succeeded. A part is no success
     * (P787). */
    bool whole = invoice->status != STATUS_PARTIALLY_PROCESSED;
    const char *by_status = status_is_paid(invoice->status) && whole ? invoice->return_success
                            : status_is_failure(invoice->status)     ? invoice->return_fail
                                                                     : invoice->return_pending;
    const struct settings *settings = &tenant->account.settings;
    const char *url = by_status             ? by_status
                      : invoice->return_url ? invoice->return_url
                                            : settings->return_url;
    bool context = url && view_invoice_option(invoice, OPTION_SEND_CONTEXT, settings->send_context);
    return context ? with_context(arena, invoice, url) : url;
}
