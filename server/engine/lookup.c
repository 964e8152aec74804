#include "lookup.h"

#include "base/text.h"
#include "domain/price.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"
#include "view/cardgate.h"
#include "view/view_invoice.h"
#include "wire/json_read.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Finds a row whose account exists; rows of deleted accounts are ignored. */
static bool find_row(struct engine *engine, struct arena *arena, int64_t seq,
                     struct invoice *ret_invoice)
{
    return store_invoice_get(engine->store, arena, seq, ret_invoice) &&
           tenants_by_num(&engine->tenants, ret_invoice->account);
}

static bool find_id(struct engine *engine, struct arena *arena, const char *id,
                    struct invoice *ret_invoice)
{
    int64_t seq;
    return invoice_id_read(engine->keys.rows, id, &seq) &&
           find_row(engine, arena, seq, ret_invoice) && text_equal(ret_invoice->id, id);
}

bool engine_find_any_account(struct engine *engine, struct arena *arena, enum invoice_kind kind,
                             const char *id, struct invoice *ret_invoice)
{
    return find_id(engine, arena, id, ret_invoice) && invoice_kind(ret_invoice->seq) == kind;
}

bool engine_find_invoice(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                         const char *id, struct invoice *ret_invoice)
{
    return find_id(engine, arena, id, ret_invoice) && ret_invoice->account == tenant->account.num;
}

bool engine_find_payment_by_session(struct engine *engine, struct arena *arena, const char *session,
                                    struct invoice *ret_invoice)
{
    int64_t seq;
    return ident_to_row(engine->keys.rows, "cgi", session, &seq) &&
           find_row(engine, arena, seq, ret_invoice) && text_equal(ret_invoice->session, session) &&
           invoice_kind(seq) == INVOICE_PAYMENT; /* a payout has no page */
}

static void write_logs(const struct view_invoice *view, struct buf *out)
{
    struct arena arena = {0};
    struct callback *rows;
    size_t n =
        store_callback_of_invoice(view->store, &arena, view->invoice->seq, view->logs_most, &rows);
    view_callback_logs(out, rows, n);
    arena_finish(&arena);
}

enum profile engine_profile(const struct engine *engine, const struct tenant *tenant)
{
    enum profile profile;
    const struct shapes *shapes = engine->options.shapes;
    return shapes && profile_parse(shapes->profile, &profile) ? profile
                                                              : account_profile(&tenant->account);
}

const struct catalogue *engine_catalogue(const struct engine *engine, const struct tenant *tenant,
                                         enum invoice_kind kind)
{
    return &tenant_services(&engine->tenants, tenant)->catalogues[kind];
}

const struct service *engine_service(const struct engine *engine, const struct invoice *invoice)
{
    const struct tenant *tenant = tenants_by_num(&engine->tenants, invoice->account);
    return service_find(engine_catalogue(engine, tenant, invoice_kind(invoice->seq)),
                        invoice->service);
}

static bool may_have_refunds(const struct invoice *invoice)
{
    for (enum status status = 0; status < STATUS_COUNT; status++) {
        if (invoice->statuses_reached & STATUS_BIT(status) && status_is_of_refund(status)) {
            return true;
        }
    }
    return false;
}

/* What went back by a change that was only imagined (engine_imagine), as the pending refund or as
 * one that no call finds. */
static struct refund imagined_refund(const struct view_invoice *view, struct arena *arena,
                                     const struct refund *last, int64_t amount)
{
    const struct invoice *invoice = view->invoice;
    const uint8_t *key = view->token_key->bytes;
    char id[IDENT_TEXT], uuid[IDENT_UUID];
    struct refund refund = {.created_ms = invoice->refunded_ms};
    if (last && last->status == REFUND_PENDING) {
        refund = *last;
    } else {
        ident_derived(key, "ref", invoice->id, id);
        ident_derived_uuid(key, "refund", invoice->id, uuid);
        refund.id = arena_strdup(arena, id);
        refund.reference_id = arena_strdup(arena, uuid);
    }
    refund.amount = amount;
    refund.status = REFUND_DONE;
    return refund;
}

/* Their sum is refunded_amount (P579). */
static void write_refunds(const struct view_invoice *view, struct json_out *out)
{
    const struct invoice *invoice = view->invoice;
    struct arena arena = {0};
    struct refund *rows;
    int64_t rest = money_or_zero(invoice->refunded_amount);
    if (!rest && !may_have_refunds(invoice)) {
        return;
    }
    size_t n = store_refund_all(view->store, &arena, invoice->seq, &rows);
    for (size_t i = 0; i < n; i++) {
        rest -= rows[i].status == REFUND_DONE ? rows[i].amount : 0;
    }
    bool replaces = rest > 0 && n && rows[n - 1].status == REFUND_PENDING;
    for (size_t i = 0; i < n - replaces; i++) {
        view_refund(out, NULL, &rows[i], invoice);
    }
    if (rest > 0) {
        const struct refund last = imagined_refund(view, &arena, n ? &rows[n - 1] : NULL, rest);
        view_refund(out, NULL, &last, invoice);
    }
    arena_finish(&arena);
}

struct view_invoice engine_view(const struct engine *engine, const struct tenant *tenant,
                                const struct invoice *invoice)
{
    return (struct view_invoice){
        .invoice = invoice,
        .service = engine_service(engine, invoice),
        .account = &tenant->account,
        .cards = &engine->fixture->cards,
        .token_key = &engine->keys.token,
        .profile = engine_profile(engine, tenant),
        .write_logs = write_logs,
        .logs_most = LOOKUP_LOGS_USUAL,
        .write_refunds = write_refunds,
        .store = engine->store,
    };
}

/* ------------------------------------------------------------------ services and customers */

int64_t engine_rate(const struct engine *engine, const struct tenant *tenant, const char *currency,
                    const struct service *service)
{
    if (text_equal(currency, service->currency)) {
        return MONEY_ONE;
    }
    int64_t rate = rate_find(&engine->fixture->rates, currency, service->currency);
    return tenant->account.settings.convert_currency ? rate : MONEY_NONE;
}

bool engine_service_is_usable(const struct tenant *tenant, const struct service *service,
                              bool test_mode)
{
    bool refused =
        service_is_for_tests(service) && account_refuses_tests(&tenant->account, test_mode);
    return service_is_usable(service) && !refused;
}

bool engine_service_accepts(const struct engine *engine, const struct tenant *tenant,
                            const struct service *service, const struct invoice *invoice)
{
    int64_t rate = engine_rate(engine, tenant, invoice->currency, service);
    return engine_service_is_usable(tenant, service, invoice->test_mode) && rate != MONEY_NONE &&
           service_limits_hold(service, price_converted(service, invoice->amount, rate));
}

void engine_customer_id(const struct engine *engine, const struct tenant *tenant,
                        struct arena *arena, const char *reference, char ret_id[IDENT_TEXT])
{
    const char *whose = arena_printf(arena, "%s:%s", tenant->account.keys.id, reference);
    ident_derived(engine->keys.derive, "cus", whose, ret_id);
}

const char *engine_customer_email(struct arena *arena, const struct invoice *invoice)
{
    const char *text = invoice->customer ? invoice->customer : "{}";
    json_auto_t *customer = json_parse(text, strlen(text), arena, NULL);
    return arena_strdup(arena, json_string_value(json_object_get(customer, "email")));
}

/* ------------------------------------------------------------------ cards */

#define CARD_PREFIX "card"

void engine_card_token(const struct engine *engine, const struct invoice *invoice,
                       char ret_token[CARD_TOKEN_TEXT])
{
    char id[IDENT_TEXT], more[IDENT_TEXT];
    ident_of_row(engine->keys.rows, CARD_PREFIX, invoice->seq, id);
    ident_derived(engine->keys.token.bytes, CARD_PREFIX, id, more);
    snprintf(ret_token, CARD_TOKEN_TEXT, "%s%s", ident_serial(id), ident_serial(more));
}

static bool is_token(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)text[i])) {
            return false;
        }
    }
    return length == CARD_TOKEN_TEXT - 1;
}

bool engine_is_card_token(const char *text)
{
    return is_token(text) || ident_has_form(text, CARD_PREFIX);
}

/* The row of the invoice that a token was made of; the second half of the token is not checked. */
static bool read_token(const struct engine *engine, const char *token, int64_t *ret_seq)
{
    char id[IDENT_TEXT];
    snprintf(id, sizeof id, CARD_PREFIX "_%.*s", IDENT_SERIAL, token);
    return ident_to_row(engine->keys.rows, CARD_PREFIX, is_token(token) ? id : token, ret_seq);
}

const char *engine_card_payload(const struct engine *engine, struct arena *arena,
                                const struct invoice *invoice, const struct card_entry *card,
                                const char *client_ip)
{
    struct card_shown shown;
    char token[CARD_TOKEN_TEXT];
    bool tokenizes = cardgate_tokenizes(invoice->gateway_options);
    buf_auto payload = {0};
    if (tokenizes) {
        engine_card_token(engine, invoice, token);
    }
    card_show(&engine->fixture->cards, card, &shown);
    view_payload(&payload, &shown, client_ip, tokenizes ? token : NULL);
    return arena_copy(arena, payload.data, payload.size);
}

const char *engine_payload(const struct engine *engine, struct arena *arena,
                           const struct invoice *invoice, const char *client_ip)
{
    const struct service *service = engine_service(engine, invoice);
    struct card_entry entry;
    if (service && !service_charges_cards(service) && !service_is_for_tests(service)) {
        buf_auto payload = {0};
        view_payload(&payload, NULL, client_ip, NULL);
        return arena_copy(arena, payload.data, payload.size);
    }
    card_unattended(&engine->fixture->cards, &entry);
    return engine_card_payload(engine, arena, invoice, &entry, client_ip);
}

const char *engine_find_card(struct engine *engine, const struct tenant *tenant,
                             struct arena *arena, const char *token, const char *customer_id)
{
    int64_t seq;
    struct invoice invoice;
    if (!read_token(engine, token, &seq) ||
        !store_invoice_get(engine->store, arena, seq, &invoice) ||
        invoice.account != tenant->account.num) {
        return NULL;
    }
    /* Only a payload that was tokenised contains the token. */
    bool tokenised = invoice.payload && strstr(invoice.payload, token);
    bool own = customer_id ? text_equal(invoice.customer_id, customer_id) : !invoice.customer_id;
    return tokenised && own ? invoice.payload : NULL;
}
