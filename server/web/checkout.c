#include "web/checkout.h"

#include "api/api.h"
#include "api/wait.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/outbox.h"
#include "view/view_parts.h"
#include "web/page.h"
#include "web/web.h"

#include <string.h>

/* ------------------------------------------------------------------ the account */

/* `why`: that there is no such payment. */
static struct answer *find_account(struct call *call, bool found, const struct invoice *invoice,
                                   const char *why)
{
    if (account_of(call, found, invoice)) {
        return NULL;
    }
    call->detail = why;
    call->remedy = "use the link of the invoice as it is: hpp_url, or the form's action";
    return page_error(call, 404, "error_no_payment");
}

struct answer *account_by_session(struct call *call)
{
    struct invoice invoice;
    bool found =
        engine_find_payment_by_session(call->engine, call->arena, call->params[0], &invoice);
    return find_account(call, found, &invoice, "no payment has this session");
}

static struct answer *find_by_id(struct call *call, const char *name)
{
    struct invoice invoice;
    const char *id = http_query_text(call->request, name);
    bool found =
        id && engine_find_any_account(call->engine, call->arena, INVOICE_PAYMENT, id, &invoice);
    const char *why = id && *id ? "there is no payment with the id in" : "the link has no";
    return find_account(call, found, &invoice, arena_printf(call->arena, "%s %s", why, name));
}

struct answer *account_by_cpi(struct call *call)
{
    return find_by_id(call, "cpi");
}

struct answer *account_by_id(struct call *call)
{
    return find_by_id(call, "id");
}

/* ------------------------------------------------------------------ ways in */

/* The page's absolute URL, with the payer's choices. */
static const char *page_url(const struct checkout_page *page)
{
    buf_auto action = {0};
    view_invoice_action(&action, &page->invoice);
    const char *query = strchr(checkout_url(page, "", ""), '?');
    buf_text(&action, query ? query : "");
    return arena_copy(page->call->arena, action.data, action.size);
}

struct answer *checkout_redirect(struct call *call)
{
    struct checkout_page page;
    checkout_page_begin(call, call->found, &page);
    return call_redirect(call, 302, page_url(&page));
}

/* A payment whose flow requires a POST: a form that submits itself, or by a click (P373). */
static struct answer *forward_by_post(const struct checkout_page *page)
{
    const struct template_value param[] = {
        {"name", VIEW_PARAM_SESSION},
        {"value", page->invoice.session},
    };
    const struct template_rows params = {param, 1, ARRAY_SIZE(param)};
    const struct template_value values[] = {
        {"action", page_url(page)},
        {"params", .rows = &params},
    };
    return checkout_reply(page, 200, "forward.html", values, ARRAY_SIZE(values));
}

struct answer *checkout_process(struct call *call)
{
    struct invoice invoice;
    struct checkout_page page;
    struct answer *answer = order_create(call, ORDER_FORM, &invoice);
    if (answer) {
        return answer;
    }
    checkout_page_begin(call, &invoice, &page);
    if (page.service && page.service->posts) {
        call->page_base = invoice.base_url; /* another site may show the page that it fetched */
        answer = forward_by_post(&page);
    } else {
        answer = call_redirect(call, 302, page_url(&page));
    }
    return waits_hold_reply(call, answer);
}

struct answer *checkout_order(struct call *call)
{
    struct invoice invoice;
    struct checkout_page page;
    if (call->request->head && !call->found) {
        http_reply(call->request, 200, HTTP_HTML); /* a link preview must not create an order */
        return call_answered(call);
    }
    struct answer *refused = call->found ? NULL : order_create(call, ORDER_PAGE, &invoice);
    if (refused) {
        return refused;
    }
    checkout_page_begin(call, call->found ? call->found : &invoice, &page);
    bool post = text_equal(call->request->method, "POST");
    return waits_hold_reply(call, call_redirect(call, post ? 303 : 302, page_url(&page)));
}

/* ------------------------------------------------------------------ the page */

/* The reply that shows the payer the way back to the shop: callbacks may have to come before or
 * after it. */
static struct answer *send_back(const struct checkout_page *page, struct answer *answer)
{
    struct call *call = page->call;
    if (!call->request->head) {
        call->awaited = outbox_payer_returns(call->engine, call->tenant, &page->invoice);
    }
    return waits_hold_reply(call, answer);
}

/* When nothing can be paid any more: redirects to the shop if configured, else shows the result. */
static struct answer *show_end(const struct checkout_page *page, bool done)
{
    struct call *call = page->call;
    const char *back = payment_return_url(call->tenant, call->arena, &page->invoice);
    bool at_once = call->tenant->account.settings.auto_return || page->cardgate.bypass_status_page;
    return send_back(page, done && back && at_once ? call_redirect(call, 302, back)
                                                   : checkout_result_show(page));
}

struct answer *checkout_show(struct call *call)
{
    struct checkout_page page;
    struct checkout_form form;
    checkout_page_begin(call, call->found, &page);
    bool done = http_query_text(call->request, "done");
    bool open = payment_is_open(call->tenant, call->arena, &page.invoice);
    if (page_is_browser(call) && !call->request->head) {
        payment_opened(call->engine, call->tenant, &page.invoice);
    }
    if (checkout_methods_asked(&page)) {
        return checkout_methods_show(&page);
    }
    if (payment_is_challenged(&page.invoice)) {
        return checkout_see_other(&page, "/challenge", "");
    }
    bool declined = page.invoice.status == STATUS_PROCESS_FAILED && !page.cancelled;
    if (open && (!done || declined)) { /* a decline allows another attempt */
        checkout_form_first(&page, &form);
        return checkout_form_show(&page, 200, &form);
    }
    return show_end(&page, done);
}

struct answer *checkout_appearance(struct call *call)
{
    struct checkout_page page;
    checkout_page_begin(call, call->found, &page);
    const char *faint = appearance_faint(&page.appearance, call->arena);
    if (faint) {
        log_event(LOG_WARN, "faint_colours", LOG_TEXT("invoice", page.invoice.id),
                  LOG_TEXT("contrast_below_4.5", faint));
    }
    appearance_css(http_reply(call->request, 200, "text/css; charset=utf-8"), &page.appearance);
    http_reply_header(call->request, "X-Content-Type-Options", "nosniff");
    return call_answered(call);
}

/* ------------------------------------------------------------------ submitting */

static struct answer *after(const struct checkout_page *page, enum payment_result result)
{
    return result == PAYMENT_CHALLENGE ? checkout_see_other(page, "/challenge", "")
                                       : checkout_see_other(page, "", "done=1");
}

static struct answer *pay_by_card(struct checkout_page *page, const json_t *fields)
{
    struct call *call = page->call;
    struct card_entry entry = {0};
    struct checkout_form form;
    return checkout_form_read_card(page, fields, &entry, &form)
               ? after(page, payment_by_card(call->engine, call->tenant, call->arena,
                                             &page->invoice, &entry, http_client_ip(call->request)))
               : checkout_form_show(page, 422, &form);
}

static struct answer *pay_by_saved_card(struct checkout_page *page, const json_t *fields)
{
    struct call *call = page->call;
    struct checkout_form form;
    return checkout_saved_read(page, fields, &form)
               ? after(page, payment_by_saved_card(call->engine, call->tenant, call->arena,
                                                   &page->invoice, http_client_ip(call->request)))
               : checkout_form_show(page, 422, &form);
}

static struct answer *confirm(struct checkout_page *page, const json_t *fields)
{
    struct call *call = page->call;
    struct checkout_form form;
    const char *outcome;
    return checkout_form_read_service(page, fields, &outcome, &form)
               ? after(page,
                       payment_confirmed(call->engine, call->tenant, call->arena, &page->invoice,
                                         outcome, http_client_ip(call->request)))
               : checkout_form_show(page, 422, &form);
}

/* A button of the mock's panel, which asks for nothing else. On the page of a payment that waits it
 * ends the attempt; elsewhere it is one. */
static struct answer *decide(struct checkout_page *page, const json_t *fields)
{
    struct call *call = page->call;
    const char *outcome = checkout_panel_outcome(page, fields);
    bool waits = *posted_field(fields, "waiting");
    if (!outcome) {
        return page_error(call, 422, "error_stale_form");
    }
    return after(page, (waits ? payment_settled : payment_confirmed)(
                           call->engine, call->tenant, call->arena, &page->invoice, outcome,
                           http_client_ip(call->request)));
}

/* The action of the form. */
static struct answer *pay(struct checkout_page *page, const json_t *fields)
{
    struct call *call = page->call;
    if (text_equal(posted_field(fields, "action"), "cancel")) {
        return after(page,
                     payment_cancelled(call->engine, call->tenant, call->arena, &page->invoice));
    }
    if (*posted_field(fields, "outcome")) {
        return decide(page, fields);
    }
    if (!payment_takes_cards(call->engine, &page->invoice)) {
        return confirm(page, fields);
    }
    bool saved = page->invoice.saved_card && *posted_field(fields, "saved");
    return saved ? pay_by_saved_card(page, fields) : pay_by_card(page, fields);
}

static struct answer *submit(struct checkout_page *page, const json_t *fields)
{
    struct call *call = page->call;
    if (checkout_methods_needed(page) || *posted_field(fields, "service")) {
        return checkout_methods_take(page, fields);
    }
    if (payment_is_challenged(&page->invoice)) {
        return after(page, PAYMENT_CHALLENGE);
    }
    if (!payment_is_open(call->tenant, call->arena, &page->invoice)) {
        return after(page, PAYMENT_DONE);
    }
    return checkout_is_fresh(page, fields) ? pay(page, fields)
                                           : checkout_see_other(page, "", CHECKOUT_STALE "=1");
}

/* The shop's POST to the page, by flow_data, has the session and no form. */
static bool is_arrival(const struct checkout_page *page, const json_t *fields)
{
    return !*posted_field(fields, "csrf") &&
           text_equal(posted_field(fields, VIEW_PARAM_SESSION), page->invoice.session);
}

struct answer *checkout_submit(struct call *call)
{
    struct checkout_page page;
    json_t *fields;
    struct answer *refused = call_form(call, &fields);
    if (refused) {
        return refused;
    }
    checkout_page_begin(call, call->found, &page);
    return is_arrival(&page, fields) ? checkout_see_other(&page, "", "")
                                     : checkout_check_csrf(&page, fields) ?: submit(&page, fields);
}

struct answer *checkout_return(struct call *call)
{
    struct checkout_page page;
    const char *back = payment_return_url(call->tenant, call->arena, call->found);
    checkout_page_begin(call, call->found, &page);
    return send_back(&page, back ? call_redirect(call, 302, back) : checkout_result_show(&page));
}
