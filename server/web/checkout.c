#include "checkout.h"

#include "api/api_invoices.h"
#include "api/wait.h"
#include "base/text.h"
#include "engine/clock.h"
#include "engine/payment.h"
#include "http/form.h"
#include "web/page.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ finding the invoice */

/* The rest of finding: its account; answers 404 and returns false when there was none. */
static bool find_account(struct call *call, bool found, const struct invoice *ret_invoice)
{
    struct tenant *tenant =
        found ? tenants_by_num(&call->engine->tenants, ret_invoice->account) : NULL;
    if (!tenant) {
        page_error(call, 404, "There is no such payment.");
        return false;
    }
    call->invoice = ret_invoice->seq;
    return call_enter(call, tenant, ret_invoice->id);
}

static bool find_by_id(struct call *call, const char *id, struct invoice *ret_invoice)
{
    return find_account(call, id && engine_find_any(call->engine, call->arena, id, ret_invoice),
                        ret_invoice);
}

static bool find_by_session(struct call *call, struct invoice *ret_invoice)
{
    bool found = engine_find_session(call->engine, call->arena, call->params[0], ret_invoice);
    return find_account(call, found, ret_invoice);
}

static const char *action_of(struct call *call, const struct invoice *invoice)
{
    buf_auto action = {0};
    view_invoice_action(&action, invoice);
    return arena_copy(call->arena, action.data, action.size);
}

void checkout_redirect(struct call *call)
{
    struct invoice invoice;
    if (find_by_id(call, http_query_text(call->request, "cpi"), &invoice)) {
        http_reply_redirect(call->request, 302, action_of(call, &invoice));
    }
}

void checkout_process(struct call *call)
{
    struct invoice invoice;
    if (api_invoices_create_by_form(call, &invoice)) {
        http_reply_redirect(call->request, 302, action_of(call, &invoice));
        waits_hold_reply(call);
    } else if (call->request->reply.status >= 400 && !page_wants_json(call)) {
        page_error_instead(call);
    }
}

/* ------------------------------------------------------------------ pages */

/* What the payer typed and what was wrong with it. */
struct card_form {
    const char *number, *expiry, *cvv, *holder;
    const char *number_error, *expiry_error, *cvv_error, *holder_error;
};

/* Ties a form to its card session, so that no other site can post it. */
static void csrf_token(const struct call *call, const struct invoice *invoice,
                       char ret_token[IDENT_TEXT])
{
    ident_derived(call->engine->token_key, "csrf", invoice->session, ret_token);
}

static const char *amount_text(struct call *call, const struct invoice *invoice)
{
    char text[MONEY_TEXT];
    money_format(invoice->amount, text);
    const char *point = strchr(text, '.');
    const char *pad = !point ? ".00" : strlen(point) == 2 ? "0" : "";
    return arena_printf(call->arena, "%s%s %s", text, pad, invoice->currency);
}

static const char *resolution_words(struct call *call, const struct invoice *invoice)
{
    char *words = arena_strdup(call->arena, invoice->resolution);
    for (char *p = words; *p; p++) {
        *p = *p == '_' ? ' ' : *p;
    }
    return words;
}

static void show_form(struct call *call, unsigned status, const struct invoice *invoice,
                      const struct card_form *form)
{
    char csrf[IDENT_TEXT];
    csrf_token(call, invoice, csrf);
    bool failed = status_is_failure(invoice->status);
    int64_t left_s = (invoice->expires_ms - clock_now(call->tenant)) / 1000;
    const struct template_value values[] = {
        {"merchant", call->tenant->account.settings.name},
        {"description", invoice->description},
        {"amount", amount_text(call, invoice)},
        {"action", arena_printf(call->arena, "/hpp/%s", invoice->session)},
        {"csrf", csrf},
        {"card", payment_takes_cards(call->engine, invoice) ? "1" : NULL},
        {"declined", failed ? resolution_words(call, invoice) : NULL},
        {"resolution", invoice->resolution},
        {"status", status_name(invoice->status)},
        {"return_url", failed ? payment_return_url(call->tenant, call->arena, invoice) : NULL},
        {"minutes", arena_printf(call->arena, "%lld", (long long)(left_s / 60))},
        {"number", form->number},
        {"expiry", form->expiry},
        {"holder", form->holder},
        {"number_error", form->number_error},
        {"expiry_error", form->expiry_error},
        {"cvv_error", form->cvv_error},
        {"holder_error", form->holder_error},
    };
    page_reply(call, status, "checkout.html", values, ARRAY_SIZE(values));
}

static void show_result(struct call *call, const struct invoice *invoice)
{
    bool good = status_is_paid(invoice->status), bad = status_is_failure(invoice->status);
    const struct template_value values[] = {
        {"merchant", call->tenant->account.settings.name},
        {"amount", amount_text(call, invoice)},
        {"success", good ? "1" : NULL},
        {"failure", bad ? "1" : NULL},
        {"pending", !good && !bad ? "1" : NULL},
        {"status", status_name(invoice->status)},
        {"resolution", invoice->resolution},
        {"resolution_words", resolution_words(call, invoice)},
        {"return_url", payment_return_url(call->tenant, call->arena, invoice)},
    };
    page_reply(call, 200, "result.html", values, ARRAY_SIZE(values));
}

/* Where a decided payment is shown, and an open challenge is answered. */
static void redirect_on(struct call *call, const struct invoice *invoice)
{
    const char *rest = payment_is_challenged(invoice) ? "/challenge" : "?done=1";
    http_reply_redirect(call->request, 303,
                        arena_printf(call->arena, "/hpp/%s%s", invoice->session, rest));
}

void checkout_show(struct call *call)
{
    struct invoice invoice;
    if (!find_by_session(call, &invoice)) {
        return;
    }
    bool done = http_query_text(call->request, "done");
    if (page_is_browser(call) && !call->request->head) {
        payment_opened(call->engine, call->tenant, &invoice);
    }
    const char *back = payment_return_url(call->tenant, call->arena, &invoice);
    bool open = payment_is_open(call->tenant, &invoice);
    if (payment_is_challenged(&invoice)) {
        redirect_on(call, &invoice);
    } else if (open && (!done || invoice.status == STATUS_PROCESS_FAILED)) {
        show_form(call, 200, &invoice,
                  &(struct card_form){0}); /* after a decline with the chance of another try */
    } else if (done && back && call->tenant->account.settings.auto_return) {
        http_reply_redirect(call->request, 302, back);
    } else {
        show_result(call, &invoice);
    }
}

/* ------------------------------------------------------------------ submitting */

static const char *field(const json_t *body, const char *name)
{
    const char *text = json_string_value(json_object_get(body, name));
    return text ? text : "";
}

/* The server's own word on the fields; the number never goes back into the page. */
static bool read_card(const json_t *body, struct card_entry *ret_entry, struct card_form *ret_form)
{
    struct card_form form = {.expiry = field(body, "expiry"), .holder = field(body, "holder")};
    if (!card_number_read(field(body, "card_number"), ret_entry->number)) {
        form.number_error = "Enter the card number.";
    }
    if (!card_expiry_read(form.expiry, ret_entry->expiry)) {
        form.expiry_error = "Enter month and year, as on the card.";
    }
    if (!card_cvv_holds(field(body, "cvv"))) {
        form.cvv_error = "Enter the 3 or 4 digits.";
    }
    if (text_utf8_length(form.holder, strlen(form.holder)) > 50) {
        form.holder_error = "At most 50 characters.";
    }
    snprintf(ret_entry->holder, sizeof ret_entry->holder, "%s",
             form.holder_error ? "" : form.holder);
    *ret_form = form;
    return !form.number_error && !form.expiry_error && !form.cvv_error && !form.holder_error;
}

static bool pay(struct call *call, struct invoice *invoice, const json_t *body)
{
    if (text_equal(field(body, "action"), "cancel")) {
        payment_cancelled(call->engine, call->tenant, call->arena, invoice);
        return true;
    }
    if (!payment_takes_cards(call->engine, invoice)) {
        payment_confirmed(call->engine, call->tenant, call->arena, invoice,
                          http_client_ip(call->request));
        return true;
    }
    struct card_entry entry = {0};
    struct card_form form;
    if (!read_card(body, &entry, &form)) {
        show_form(call, 422, invoice, &form);
        return false;
    }
    payment_by_card(call->engine, call->tenant, call->arena, invoice, &entry,
                    http_client_ip(call->request));
    return true;
}

/* The body of a form that this page rendered; answers 422 and gives NULL for any other. */
static const json_t *own_form(struct call *call, const struct invoice *invoice)
{
    char csrf[IDENT_TEXT];
    call->request->document = form_parse(call->request->body, call->request->body_size);
    csrf_token(call, invoice, csrf);
    if (crypt_equal(csrf, field(call->request->document, "csrf"))) {
        return call->request->document;
    }
    page_error(call, 422, "The form is out of date. Open the payment page again.");
    return NULL;
}

void checkout_submit(struct call *call)
{
    struct invoice invoice;
    const json_t *body = find_by_session(call, &invoice) ? own_form(call, &invoice) : NULL;
    /* A second submit of a finished payment changes nothing and shows what is. */
    if (body && (!payment_is_open(call->tenant, &invoice) || pay(call, &invoice, body))) {
        redirect_on(call, &invoice);
    }
}

/* ------------------------------------------------------------------ 3-D Secure */

static void show_challenge(struct call *call, unsigned status, const struct invoice *invoice,
                           const char *error)
{
    char csrf[IDENT_TEXT], code[PAYMENT_CODE_TEXT];
    csrf_token(call, invoice, csrf);
    payment_code(call->engine, invoice, code);
    const struct template_value values[] = {
        {"merchant", call->tenant->account.settings.name},
        {"amount", amount_text(call, invoice)},
        {"action", arena_printf(call->arena, "/hpp/%s/challenge", invoice->session)},
        {"csrf", csrf},
        {"code", code},
        {"error", error},
    };
    page_reply(call, status, "challenge.html", values, ARRAY_SIZE(values));
}

void checkout_challenge(struct call *call)
{
    struct invoice invoice;
    if (!find_by_session(call, &invoice)) {
        return;
    }
    if (payment_is_challenged(&invoice)) {
        show_challenge(call, 200, &invoice, NULL);
    } else {
        redirect_on(call, &invoice);
    }
}

void checkout_answer(struct call *call)
{
    struct invoice invoice;
    char code[PAYMENT_CODE_TEXT];
    const json_t *body = find_by_session(call, &invoice) ? own_form(call, &invoice) : NULL;
    if (!body) {
        return;
    }
    bool cancelled = text_equal(field(body, "action"), "cancel");
    payment_code(call->engine, &invoice, code);
    if (payment_is_challenged(&invoice) && !cancelled && !*field(body, "code")) {
        show_challenge(call, 422, &invoice, "Enter the code.");
        return;
    }
    bool right = !cancelled && crypt_equal(code, field(body, "code"));
    payment_answer(call->engine, call->tenant, call->arena, &invoice,
                   right ? PAYMENT_3DS_PASS : PAYMENT_3DS_FAIL);
    redirect_on(call, &invoice);
}

/* ------------------------------------------------------------------ back to the shop */

void checkout_return(struct call *call)
{
    struct invoice invoice;
    if (!find_by_id(call, http_query_text(call->request, "id"), &invoice)) {
        return;
    }
    const char *back = payment_return_url(call->tenant, call->arena, &invoice);
    if (back) {
        http_reply_redirect(call->request, 302, back);
    } else {
        show_result(call, &invoice);
    }
}
