#include "api/api.h"

#include "base/text.h"
#include "engine/payment.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ the sale */

struct sale {
    const char *card_number, *card_holder, *cvv, *exp_month, *exp_year;
    const char *browser_ip;
    const json_t *unused; /* known, so that nobody is told that they are mistyped */
    bool has_browser;
};

/* P703 */
static const struct json_field browser_fields[] = {
    JSON_FIELD(sale, "browser_ip", TEXT, browser_ip),
    JSON_FIELD(sale, "browser_accept_header", ANY, unused),
    JSON_FIELD(sale, "browser_color_depth", ANY, unused),
    JSON_FIELD(sale, "browser_java_enabled", ANY, unused),
    JSON_FIELD(sale, "browser_language", ANY, unused),
    JSON_FIELD(sale, "browser_screen_height", ANY, unused),
    JSON_FIELD(sale, "browser_screen_width", ANY, unused),
    JSON_FIELD(sale, "browser_tz", ANY, unused),
    JSON_FIELD(sale, "browser_user_agent", ANY, unused),
    JSON_FIELD(sale, "device_channel", ANY, unused),
    JSON_FIELD(sale, "window_height", ANY, unused),
    JSON_FIELD(sale, "window_width", ANY, unused),
};

static const struct json_field sale_fields[] = {
    JSON_FIELD(sale, "card_number", TEXT, card_number, .required = true),
    JSON_FIELD(sale, "card_holder", TEXT, card_holder),
    JSON_FIELD(sale, "cvv", TEXT, cvv, .required = true),
    JSON_FIELD(sale, "exp_month", TEXT, exp_month, .required = true),
    JSON_FIELD(sale, "exp_year", TEXT, exp_year, .required = true),
    JSON_FIELD(sale, "browser_info", OBJECT, has_browser, JSON_NESTED(browser_fields)),
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

/* The data of the form that the payer's browser submits to the bank. */
static void write_auth(struct json_out *out, struct call *call, const struct invoice *invoice)
{
    char request[IDENT_TEXT];
    ident_derived(call->engine->keys.token.bytes, "req", invoice->session, request);
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

/* Flat, unlike all other bodies (P706). */
static struct answer *reply_sale(struct call *call, const struct invoice *invoice)
{
    struct json_out out = call_reply_object(call, 201);
    bool paid = invoice->status == STATUS_VERIFIED;
    json_out_text(&out, "status", status_name(paid ? STATUS_PROCESSED : invoice->status));
    json_out_text(&out, "resolution", invoice->resolution);
    if (payment_is_challenged(invoice)) {
        write_auth(&out, call, invoice);
    }
    return call_reply_end(&out);
}

struct answer *api_sale(struct call *call)
{
    struct invoice *invoice = call->found;
    struct sale sale = {0};
    struct card_entry entry;
    struct json_errors errors = {.arena = call->arena};
    json_t *body;
    struct answer *refused = call_body(call, &body);
    if (refused) {
        return refused;
    }
    call_read_fields(call, call_attributes(body), sale_fields, ARRAY_SIZE(sale_fields), &sale,
                     &errors);
    check_sale(call, &sale, &entry, &errors);
    if (errors.n) {
        return call_reply_errors(call, &errors);
    }
    const char *ip = sale.browser_ip ? sale.browser_ip : http_client_ip(call->request);
    if (!payment_takes_cards(call->engine, invoice) ||
        payment_by_card(call->engine, call->tenant, call->arena, invoice, &entry, ip) ==
            PAYMENT_CLOSED) {
        return call_refuse(call, 409,
                           arena_printf(call->arena,
                                        "the invoice is %s, of the service %s: it takes no card "
                                        "now",
                                        status_name(invoice->status), invoice->service),
                           "create another invoice, of a card service");
    }
    first_callback_expect(call->engine, call->tenant, invoice);
    return reply_sale(call, invoice);
}

struct answer *api_sale_complete(struct call *call)
{
    const char *back = payment_return_url(call->tenant, call->arena, call->found);
    const char *result = arena_printf(call->arena, "/hpp/%s?done=1", call->found->session);
    return call_redirect(call, 302, back ? back : result);
}
