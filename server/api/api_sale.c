#include "api_sale.h"

#include "base/text.h"
#include "domain/token.h"
#include "engine/clock.h"
#include "engine/first_callback.h"
#include "engine/payment.h"
#include "http/authorization.h"
#include "view/envelope.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ whose token it is */

/* The invoice of the Bearer token; answers 401 and returns false for any that is not ours or is
 * over. */
static bool find_by_token(struct call *call, struct invoice *ret_invoice)
{
    const char *token = authorization_bearer(http_header(call->request, "Authorization"));
    struct token said;
    buf_auto ours = {0};
    bool found =
        token && token_read(token, &said) &&
        engine_find_payment_by_session(call->engine, call->arena, said.session, ret_invoice);
    struct tenant *tenant =
        found ? tenants_by_num(&call->engine->tenants, ret_invoice->account) : NULL;
    if (tenant) {
        token_write(&ours, call->engine->keys.token, said.form, ret_invoice->session,
                    ret_invoice->expires_ms / 1000);
        found = crypt_equal(ours.data, token) && clock_now(tenant) / 1000 < said.expires_s;
    }
    if (!tenant || !found) {
        http_reply_error(call->request, 401);
        return false;
    }
    call->invoice = ret_invoice->seq;
    return call_enter(call, tenant, ret_invoice->id);
}

/* ------------------------------------------------------------------ the sale */

struct sale {
    const char *card_number, *card_holder, *cvv, *exp_month, *exp_year;
    const char *browser_ip;
    bool has_browser;
};

#define FIELD(key, member, need)                                                                   \
    {                                                                                              \
        .name = key, .kind = JSON_KIND_TEXT, .offset = JSON_AT(sale, member), .required = need     \
    }

static const struct json_field browser_fields[] = {FIELD("browser_ip", browser_ip, false)};

static const struct json_field sale_fields[] = {
    FIELD("card_number", card_number, true),
    FIELD("card_holder", card_holder, false),
    FIELD("cvv", cvv, true),
    FIELD("exp_month", exp_month, true),
    FIELD("exp_year", exp_year, true),
    {.name = "browser_info",
     .kind = JSON_KIND_OBJECT,
     .offset = JSON_AT(sale, has_browser),
     .fields = browser_fields,
     .n_fields = ARRAY_SIZE(browser_fields)},
};

static void check_sale(struct call *call, const struct sale *sale, struct card_entry *ret_entry,
                       struct json_errors *errors)
{
    struct card_entry entry = {0};
    if (sale->card_number && !card_number_read(sale->card_number, entry.number)) {
        json_errors_add(errors, "card_number", MESSAGE_INVALID);
    }
    if (sale->cvv && !card_cvv_holds(sale->cvv)) {
        json_errors_add(errors, "cvv", MESSAGE_INVALID);
    }
    if (sale->exp_month && sale->exp_year &&
        !card_expiry_read(arena_printf(call->arena, "%s/%s", sale->exp_month, sale->exp_year),
                          entry.expiry)) {
        json_errors_add(errors, "exp_month", MESSAGE_INVALID);
    }
    if (sale->card_holder && text_utf8_length(sale->card_holder, strlen(sale->card_holder)) > 50) {
        json_errors_add(errors, "card_holder",
                        "This value is too long. It should have 50 characters or less.");
    } else if (sale->card_holder) {
        snprintf(entry.holder, sizeof entry.holder, "%s", sale->card_holder);
    }
    *ret_entry = entry;
}

/* What the client makes a form of, that the payer's browser submits to the bank. */
static void write_auth(struct json_out *out, struct call *call, const struct invoice *invoice)
{
    char request[IDENT_TEXT];
    ident_derived(call->engine->keys.token, "req", invoice->session, request);
    json_out_text(out, "auth_mode", "3ds");
    json_out_object(out, "auth_payload");
    json_out_text(out, "action",
                  arena_printf(call->arena, "%s/acs/%s", invoice->base_url, invoice->session));
    json_out_text(out, "method", "POST");
    json_out_object(out, "params");
    json_out_text(out, "MD", invoice->session);
    json_out_text(out, "PaReq", request);
    json_out_text(
        out, "TermUrl",
        arena_printf(call->arena, "%s/complete-auth?pid=%s", invoice->base_url, invoice->session));
    json_out_object_end(out);
    json_out_object_end(out);
}

/* Flat, unlike all else (P706). */
static void reply_sale(struct call *call, const struct invoice *invoice)
{
    struct json_out out = {.buf = http_reply(call->request, 201, HTTP_JSON)};
    bool paid = invoice->status == STATUS_VERIFIED;
    json_out_object(&out, NULL);
    json_out_text(&out, "status", status_name(paid ? STATUS_PROCESSED : invoice->status));
    json_out_text(&out, "resolution", invoice->resolution);
    if (payment_is_challenged(invoice)) {
        write_auth(&out, call, invoice);
    }
    json_out_object_end(&out);
}

void api_sale(struct call *call)
{
    struct invoice invoice;
    struct sale sale = {0};
    struct card_entry entry;
    struct json_errors errors = {.arena = call->arena};
    if (!find_by_token(call, &invoice)) {
        return;
    }
    json_t *body = call_body(call);
    if (!body) {
        return;
    }
    json_read(envelope_attributes(body), sale_fields, ARRAY_SIZE(sale_fields), false, &sale,
              &errors);
    check_sale(call, &sale, &entry, &errors);
    if (errors.n) {
        call_reply_errors(call, &errors);
        return;
    }
    const char *ip = sale.browser_ip ? sale.browser_ip : http_client_ip(call->request);
    if (!payment_takes_cards(call->engine, &invoice) ||
        payment_by_card(call->engine, call->tenant, call->arena, &invoice, &entry, ip) ==
            PAYMENT_CLOSED) {
        http_reply_error(call->request, 409);
        return;
    }
    first_callback_expect(call->engine, call->tenant, &invoice);
    reply_sale(call, &invoice);
}

/* ------------------------------------------------------------------ the payer's way through 3-D
 * Secure */

/* The invoice of a card session; answers 404 and returns false when there is none. */
static bool find_by_session(struct call *call, const char *session, struct invoice *ret_invoice)
{
    bool found =
        session && engine_find_payment_by_session(call->engine, call->arena, session, ret_invoice);
    struct tenant *tenant =
        found ? tenants_by_num(&call->engine->tenants, ret_invoice->account) : NULL;
    if (!tenant) {
        http_reply_error(call->request, 404);
        return false;
    }
    call->invoice = ret_invoice->seq;
    return call_enter(call, tenant, ret_invoice->id);
}

void api_sale_complete(struct call *call)
{
    struct invoice invoice;
    if (!find_by_session(call, http_query_text(call->request, "pid"), &invoice)) {
        return;
    }
    const char *back = payment_return_url(call->tenant, call->arena, &invoice);
    const char *result = arena_printf(call->arena, "/hpp/%s?done=1", invoice.session);
    http_reply_redirect(call->request, 302, back ? back : result);
}
