#include "checkout.h"

#include "api/api_invoices.h"
#include "api/wait.h"
#include "base/text.h"
#include "engine/clock.h"
#include "view/view_parts.h"
#include "web/checkout_form.h"
#include "web/checkout_methods.h"
#include "web/checkout_result.h"
#include "web/page.h"

#include <string.h>

/* ------------------------------------------------------------------ ways in */

/* The page's absolute URL, with what the payer chose already. */
static const char *page_url(const struct visit *visit)
{
    buf_auto action = {0};
    view_invoice_action(&action, &visit->invoice);
    const char *query = strchr(visit_url(visit, "", ""), '?');
    buf_text(&action, query ? query : "");
    return arena_copy(visit->call->arena, action.data, action.size);
}

void checkout_redirect(struct call *call)
{
    struct visit visit;
    if (visit_by_id(call, http_query_text(call->request, "cpi"), &visit)) {
        http_reply_redirect(call->request, 302, page_url(&visit));
    }
}

/* A payment whose flow wants a POST: a form that submits itself, or by a click (P373). */
static void forward_by_post(const struct visit *visit)
{
    const struct template_value param[] = {
        {"name", VIEW_PARAM_SESSION, NULL},
        {"value", visit->invoice.session, NULL},
    };
    const struct template_rows params = {param, 1, ARRAY_SIZE(param)};
    const struct template_value values[] = {
        {"action", page_url(visit), NULL},
        {"params", NULL, &params},
    };
    visit_reply(visit, 200, "forward.html", values, ARRAY_SIZE(values));
}

void checkout_process(struct call *call)
{
    struct invoice invoice;
    struct visit visit;
    if (!api_invoices_create_by_form(call, &invoice)) {
        page_error_instead(call);
    } else if (visit_by_id(call, invoice.id, &visit)) {
        if (visit.service && visit.service->posts) {
            visit_make_absolute(&visit);
            forward_by_post(&visit);
        } else {
            http_reply_redirect(call->request, 302, page_url(&visit));
        }
        waits_hold_reply(call);
    }
}

void checkout_order(struct call *call)
{
    struct invoice invoice;
    struct visit visit;
    if (call->request->head && !http_query_text(call->request, "cpi")) {
        http_reply(call->request, 200, HTTP_HTML); /* the preview of a link orders nothing */
        return;
    }
    if (api_invoices_create_by_page(call, &invoice)) {
        if (visit_by_id(call, invoice.id, &visit)) {
            bool post = text_equal(call->request->method, "POST");
            http_reply_redirect(call->request, post ? 303 : 302, page_url(&visit));
            waits_hold_reply(call);
        }
    } else {
        page_error_instead(call);
    }
}

/* ------------------------------------------------------------------ the page */

static void redirect_to(const struct visit *visit, const char *tail, const char *query)
{
    http_reply_redirect(visit->call->request, 303, visit_url(visit, tail, query));
}

/* Where nothing can be paid any more: on to the shop at once where that is wished, else the result.
 */
static void show_end(const struct visit *visit, bool done)
{
    struct call *call = visit->call;
    const char *back = payment_return_url(call->tenant, call->arena, &visit->invoice);
    bool at_once = call->tenant->account.settings.auto_return || visit->cardgate.bypass_status_page;
    if (done && back && at_once) {
        http_reply_redirect(call->request, 302, back);
    } else {
        checkout_result_show(visit);
    }
}

void checkout_show(struct call *call)
{
    struct visit visit;
    struct checkout_form form;
    if (!visit_by_session(call, &visit)) {
        return;
    }
    bool done = http_query_text(call->request, "done");
    bool open = payment_is_open(call->tenant, call->arena, &visit.invoice);
    if (page_is_browser(call) && !call->request->head) {
        payment_opened(call->engine, call->tenant, &visit.invoice);
    }
    if (checkout_methods_wanted(&visit)) {
        checkout_methods_show(&visit);
    } else if (payment_is_challenged(&visit.invoice)) {
        redirect_to(&visit, "/challenge", "");
    } else if (open && (!done || visit.invoice.status == STATUS_PROCESS_FAILED)) {
        checkout_form_first(&visit, &form);
        checkout_form_show(&visit, 200, &form); /* after a decline with the chance of another try */
    } else {
        show_end(&visit, done);
    }
}

void checkout_look(struct call *call)
{
    struct visit visit;
    if (visit_by_session(call, &visit)) {
        look_css(http_reply(call->request, 200, "text/css; charset=utf-8"), &visit.look);
        http_reply_header(call->request, "X-Content-Type-Options", "nosniff");
    }
}

/* ------------------------------------------------------------------ submitting */

static enum payment_result pay_by_card(struct visit *visit, const json_t *fields)
{
    struct call *call = visit->call;
    struct card_entry entry = {0};
    struct checkout_form form;
    if (!checkout_form_read_card(fields, &entry, &form)) {
        checkout_form_show(visit, 422, &form);
        return PAYMENT_CLOSED;
    }
    return payment_by_card(call->engine, call->tenant, call->arena, &visit->invoice, &entry,
                           http_client_ip(call->request));
}

static enum payment_result confirm(struct visit *visit, const json_t *fields)
{
    struct call *call = visit->call;
    struct checkout_form form;
    const char *outcome;
    if (!checkout_form_read_service(visit, fields, &outcome, &form)) {
        checkout_form_show(visit, 422, &form);
        return PAYMENT_CLOSED;
    }
    return payment_confirmed(call->engine, call->tenant, call->arena, &visit->invoice, outcome,
                             http_client_ip(call->request));
}

/* What the form asks for. An answer that stands already says what was wrong with it. */
static enum payment_result pay(struct visit *visit, const json_t *fields)
{
    struct call *call = visit->call;
    if (text_equal(visit_field(fields, "action"), "cancel")) {
        return payment_cancelled(call->engine, call->tenant, call->arena, &visit->invoice);
    }
    return payment_takes_cards(call->engine, &visit->invoice) ? pay_by_card(visit, fields)
                                                              : confirm(visit, fields);
}

/* The shop's own POST to the page, by flow_data, brings the session and no form of ours. */
static bool is_arrival(const struct visit *visit, const json_t *fields)
{
    return !*visit_field(fields, "csrf") &&
           text_equal(visit_field(fields, VIEW_PARAM_SESSION), visit->invoice.session);
}

static void submit(struct visit *visit, const json_t *fields)
{
    struct call *call = visit->call;
    enum payment_result result = PAYMENT_DONE;
    if (checkout_methods_wanted(visit) || *visit_field(fields, "service")) {
        checkout_methods_take(visit, fields);
        return;
    }
    if (payment_is_challenged(&visit->invoice)) {
        result = PAYMENT_CHALLENGE;
    } else if (payment_is_open(call->tenant, call->arena, &visit->invoice) &&
               visit_is_fresh(visit, fields)) {
        result = pay(visit, fields);
    }
    if (call->request->reply.status) {
        return;
    }
    bool challenge = result == PAYMENT_CHALLENGE;
    redirect_to(visit, challenge ? "/challenge" : "", challenge ? "" : "done=1");
}

void checkout_submit(struct call *call)
{
    struct visit visit;
    if (!visit_by_session(call, &visit)) {
        return;
    }
    const json_t *fields = visit_form(&visit);
    if (!fields) {
        return;
    }
    if (is_arrival(&visit, fields)) {
        redirect_to(&visit, "", "");
    } else if (visit_holds(&visit, fields)) {
        submit(&visit, fields);
    }
}

void checkout_return(struct call *call)
{
    struct visit visit;
    if (!visit_by_id(call, http_query_text(call->request, "id"), &visit)) {
        return;
    }
    const char *back = payment_return_url(call->tenant, call->arena, &visit.invoice);
    if (back) {
        http_reply_redirect(call->request, 302, back);
    } else {
        checkout_result_show(&visit);
    }
}
