#include "web/checkout.h"

#include "api/api.h"
#include "api/wait.h"
#include "base/text.h"
#include "engine/clock.h"
#include "view/view_parts.h"
#include "web/page.h"
#include "web/web.h"

#include <string.h>

/* ------------------------------------------------------------------ whose page it is */

static struct answer *find_account(struct call *call, bool found, const struct invoice *invoice)
{
    return account_of(call, found, invoice) ? NULL : page_error(call, 404, "error_no_payment");
}

struct answer *account_by_session(struct call *call)
{
    struct invoice invoice;
    bool found =
        engine_find_payment_by_session(call->engine, call->arena, call->params[0], &invoice);
    return find_account(call, found, &invoice);
}

static struct answer *find_by_id(struct call *call, const char *id)
{
    struct invoice invoice;
    bool found = id && engine_find_payment_any_account(call->engine, call->arena, id, &invoice);
    return find_account(call, found, &invoice);
}

struct answer *account_by_cpi(struct call *call)
{
    return find_by_id(call, http_query_text(call->request, "cpi"));
}

struct answer *account_by_id(struct call *call)
{
    return find_by_id(call, http_query_text(call->request, "id"));
}

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

struct answer *checkout_redirect(struct call *call)
{
    struct visit visit;
    visit_begin(call, call->found, &visit);
    return call_redirect(call, 302, page_url(&visit));
}

/* A payment whose flow wants a POST: a form that submits itself, or by a click (P373). */
static struct answer *forward_by_post(const struct visit *visit)
{
    const struct template_value param[] = {
        {"name", VIEW_PARAM_SESSION},
        {"value", visit->invoice.session},
    };
    const struct template_rows params = {param, 1, ARRAY_SIZE(param)};
    const struct template_value values[] = {
        {"action", page_url(visit)},
        {"params", .rows = &params},
    };
    return visit_reply(visit, 200, "forward.html", values, ARRAY_SIZE(values));
}

struct answer *checkout_process(struct call *call)
{
    struct invoice invoice;
    struct visit visit;
    struct answer *answer = order_create(call, ORDER_FORM, &invoice);
    if (answer) {
        return answer;
    }
    visit_begin(call, &invoice, &visit);
    if (visit.service && visit.service->posts) {
        visit_make_absolute(&visit);
        answer = forward_by_post(&visit);
    } else {
        answer = call_redirect(call, 302, page_url(&visit));
    }
    return waits_hold_reply(call, answer);
}

struct answer *checkout_order(struct call *call)
{
    struct invoice invoice;
    struct visit visit;
    if (call->request->head && !call->found) {
        http_reply(call->request, 200, HTTP_HTML); /* the preview of a link orders nothing */
        return call_answered(call);
    }
    struct answer *refused = call->found ? NULL : order_create(call, ORDER_PAGE, &invoice);
    if (refused) {
        return refused;
    }
    visit_begin(call, call->found ? call->found : &invoice, &visit);
    bool post = text_equal(call->request->method, "POST");
    return waits_hold_reply(call, call_redirect(call, post ? 303 : 302, page_url(&visit)));
}

/* ------------------------------------------------------------------ the page */

/* Where nothing can be paid any more: on to the shop at once where that is wished, else the result.
 */
static struct answer *show_end(const struct visit *visit, bool done)
{
    struct call *call = visit->call;
    const char *back = payment_return_url(call->tenant, call->arena, &visit->invoice);
    bool at_once = call->tenant->account.settings.auto_return || visit->cardgate.bypass_status_page;
    return done && back && at_once ? call_redirect(call, 302, back) : checkout_result_show(visit);
}

struct answer *checkout_show(struct call *call)
{
    struct visit visit;
    struct checkout_form form;
    visit_begin(call, call->found, &visit);
    bool done = http_query_text(call->request, "done");
    bool open = payment_is_open(call->tenant, call->arena, &visit.invoice);
    if (page_is_browser(call) && !call->request->head) {
        payment_opened(call->engine, call->tenant, &visit.invoice);
    }
    if (checkout_methods_wanted(&visit)) {
        return checkout_methods_show(&visit);
    }
    if (payment_is_challenged(&visit.invoice)) {
        return visit_redirect(&visit, "/challenge", "");
    }
    if (open && (!done || visit.invoice.status == STATUS_PROCESS_FAILED)) {
        checkout_form_first(&visit, &form); /* after a decline with the chance of another try */
        return checkout_form_show(&visit, 200, &form);
    }
    return show_end(&visit, done);
}

struct answer *checkout_look(struct call *call)
{
    struct visit visit;
    visit_begin(call, call->found, &visit);
    look_css(http_reply(call->request, 200, "text/css; charset=utf-8"), &visit.look);
    http_reply_header(call->request, "X-Content-Type-Options", "nosniff");
    return call_answered(call);
}

/* ------------------------------------------------------------------ submitting */

static struct answer *after(const struct visit *visit, enum payment_result result)
{
    return result == PAYMENT_CHALLENGE ? visit_redirect(visit, "/challenge", "")
                                       : visit_redirect(visit, "", "done=1");
}

static struct answer *pay_by_card(struct visit *visit, const json_t *fields)
{
    struct call *call = visit->call;
    struct card_entry entry = {0};
    struct checkout_form form;
    return checkout_form_read_card(fields, &entry, &form)
               ? after(visit,
                       payment_by_card(call->engine, call->tenant, call->arena, &visit->invoice,
                                       &entry, http_client_ip(call->request)))
               : checkout_form_show(visit, 422, &form);
}

static struct answer *confirm(struct visit *visit, const json_t *fields)
{
    struct call *call = visit->call;
    struct checkout_form form;
    const char *outcome;
    return checkout_form_read_service(visit, fields, &outcome, &form)
               ? after(visit,
                       payment_confirmed(call->engine, call->tenant, call->arena, &visit->invoice,
                                         outcome, http_client_ip(call->request)))
               : checkout_form_show(visit, 422, &form);
}

/* What the form asks for. */
static struct answer *pay(struct visit *visit, const json_t *fields)
{
    struct call *call = visit->call;
    if (text_equal(visit_field(fields, "action"), "cancel")) {
        return after(visit,
                     payment_cancelled(call->engine, call->tenant, call->arena, &visit->invoice));
    }
    return payment_takes_cards(call->engine, &visit->invoice) ? pay_by_card(visit, fields)
                                                              : confirm(visit, fields);
}

static struct answer *submit(struct visit *visit, const json_t *fields)
{
    struct call *call = visit->call;
    if (checkout_methods_wanted(visit) || *visit_field(fields, "service")) {
        return checkout_methods_take(visit, fields);
    }
    if (payment_is_challenged(&visit->invoice)) {
        return after(visit, PAYMENT_CHALLENGE);
    }
    bool open = payment_is_open(call->tenant, call->arena, &visit->invoice);
    return open && visit_is_fresh(visit, fields) ? pay(visit, fields) : after(visit, PAYMENT_DONE);
}

/* The shop's own POST to the page, by flow_data, brings the session and no form of ours. */
static bool is_arrival(const struct visit *visit, const json_t *fields)
{
    return !*visit_field(fields, "csrf") &&
           text_equal(visit_field(fields, VIEW_PARAM_SESSION), visit->invoice.session);
}

struct answer *checkout_submit(struct call *call)
{
    struct visit visit;
    json_t *fields;
    struct answer *refused = call_form(call, &fields);
    if (refused) {
        return refused;
    }
    visit_begin(call, call->found, &visit);
    if (is_arrival(&visit, fields)) {
        return visit_redirect(&visit, "", "");
    }
    refused = visit_check_csrf(&visit, fields);
    return refused ?: submit(&visit, fields);
}

struct answer *checkout_return(struct call *call)
{
    struct visit visit;
    const char *back = payment_return_url(call->tenant, call->arena, call->found);
    if (back) {
        return call_redirect(call, 302, back);
    }
    visit_begin(call, call->found, &visit);
    return checkout_result_show(&visit);
}
