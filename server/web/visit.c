#include "web/checkout.h"

#include "base/text.h"
#include "domain/price.h"
#include "domain/resolution.h"
#include "engine/clock.h"
#include "web/locale_text.h"
#include "web/messages.h"
#include "web/page.h"

#include <string.h>

void visit_begin(struct call *call, const struct invoice *invoice, struct visit *ret_visit)
{
    struct visit visit = {.call = call, .invoice = *invoice};
    visit.service = service_find(&call->engine->fixture->catalogue, invoice->service);
    visit.locale = page_locale(call, invoice->locale);
    cardgate_read(invoice->gateway_options, call->arena, &visit.cardgate);
    look_of(invoice, &visit.cardgate, call->arena, &visit.look);
    const char *name = call->tenant->account.settings.name;
    visit.merchant = visit.look.merchant ? visit.look.merchant : name;
    visit.panel =
        !call->router->hide_panel && !text_equal(http_query_text(call->request, "panel"), "0");
    *ret_visit = visit;
}

/* ------------------------------------------------------------------ links and forms */

static void add_pair(struct buf *query, const char *pair, const char *value)
{
    buf_printf(query, "%s%s%s", query->size ? "&" : "", pair, value);
}

static const char *query_of(const struct visit *visit, const char *query, const char *locale)
{
    buf_auto out = {0};
    if (*query) {
        add_pair(&out, query, "");
    }
    if (locale) {
        add_pair(&out, "locale=", locale);
    }
    if (!visit->panel) {
        add_pair(&out, "panel=0", "");
    }
    return arena_printf(visit->call->arena, "%s%s", out.size ? "?" : "", buf_str(&out));
}

void visit_make_absolute(struct visit *visit)
{
    visit->call->page_base = visit->invoice.base_url;
}

static const char *base_of(const struct visit *visit)
{
    return visit->call->page_base ? visit->call->page_base : "";
}

const char *visit_url(const struct visit *visit, const char *tail, const char *query)
{
    return arena_printf(visit->call->arena, "%s/hpp/%s%s%s", base_of(visit), visit->invoice.session,
                        tail, query_of(visit, query, page_locale_asked(visit->call)));
}

struct answer *visit_redirect(const struct visit *visit, const char *tail, const char *query)
{
    return call_redirect(visit->call, 303, visit_url(visit, tail, query));
}

/* Ties a form to its card session, so that no other site can post it. */
static const char *csrf_token(const struct visit *visit)
{
    char token[IDENT_TEXT];
    ident_derived(visit->call->engine->keys.token, "csrf", visit->invoice.session, token);
    return arena_strdup(visit->call->arena, token);
}

const char *visit_field(const json_t *form, const char *name)
{
    const char *text = json_string_value(json_object_get(form, name));
    return text ? text : "";
}

struct answer *visit_check_csrf(const struct visit *visit, const json_t *form)
{
    return crypt_equal(csrf_token(visit), visit_field(form, "csrf"))
               ? NULL
               : page_error(visit->call, 422, "error_stale_form");
}

bool visit_is_fresh(const struct visit *visit, const json_t *form)
{
    const char *attempt = visit_field(form, "attempt");
    int64_t n;
    return !*attempt || (text_to_int(attempt, &n) && n == visit->invoice.attempts);
}

/* ------------------------------------------------------------------ pages */

const char *visit_flag(bool flag)
{
    return flag ? "1" : NULL;
}

const char *visit_number(const struct visit *visit, int64_t n)
{
    return arena_printf(visit->call->arena, "%lld", (long long)n);
}

const char *visit_resolution(const struct visit *visit, bool *ret_foreign)
{
    const char *code = visit->invoice.resolution;
    const char *text =
        text_equal(visit->locale, "en")
            ? resolution_text(code)
            : message_find(visit->locale, arena_printf(visit->call->arena, "resolution.%s", code));
    *ret_foreign = !text;
    if (text) {
        return text;
    }
    char *words = arena_strdup(visit->call->arena, code);
    for (char *p = words; *p; p++) {
        *p = *p == '_' ? ' ' : *p;
    }
    return words;
}

static struct template_rows language_rows(const struct visit *visit)
{
    const char *done = http_query_text(visit->call->request, "done") ? "done=1" : "";
    struct template_rows rows = {0};
    for (size_t i = 0; i < languages_count; i++) {
        const struct language *language = &languages[i];
        const struct template_value row[] = {
            {"code", language->code},
            {"name", language->name},
            {"href", query_of(visit, done, language->code)},
            {"current", visit_flag(text_equal(language->code, visit->locale))},
        };
        template_add_row(&rows, visit->call->arena, row, ARRAY_SIZE(row));
    }
    return rows;
}

/* On a clock that stands still nothing runs out, so the page does not count either. */
static const char *seconds_left(const struct visit *visit, int64_t left_ms)
{
    const struct tenant *tenant = visit->call->tenant;
    return tenant->account.clock.frozen ? NULL : visit_number(visit, (left_ms + 999) / 1000);
}

static const char *look_url(const struct visit *visit)
{
    return visit->look.n_colours ? arena_printf(visit->call->arena, "%s/hpp/%s/look.css",
                                                base_of(visit), visit->invoice.session)
                                 : NULL;
}

const char *visit_converted(const struct visit *visit, const struct service *service)
{
    const struct call *call = visit->call;
    const struct invoice *invoice = &visit->invoice;
    if (!service || text_equal(invoice->currency, service->currency)) {
        return NULL;
    }
    struct price price = {.exchange_rate = invoice->exchange_rate,
                          .payment_amount = invoice->payment_amount};
    if (!invoice->service) { /* still a choice */
        price = price_of(service, invoice->currency, invoice->amount,
                         engine_rate(call->engine, call->tenant, invoice->currency, service),
                         call->tenant->account.settings.payment_fee_shift_out);
    }
    return locale_money(call->arena, visit->locale,
                        price_converted(service, price.payment_amount, price.exchange_rate),
                        service->currency);
}

struct answer *visit_reply(const struct visit *visit, unsigned status, const char *name,
                           const struct template_value *values, size_t n)
{
    struct call *call = visit->call;
    const struct invoice *invoice = &visit->invoice;
    const struct look *look = &visit->look;
    const struct template_rows rows = language_rows(visit);
    int64_t left_ms = invoice->expires_ms - clock_now(call->tenant);
    left_ms = left_ms < 0 ? 0 : left_ms;
    const struct template_value common[] = {
        {"merchant", visit->merchant},
        {"amount",
         locale_money(call->arena, visit->locale, invoice->payment_amount, invoice->currency)},
        {"figure", locale_figure(call->arena, visit->locale, invoice->payment_amount)},
        {"currency", invoice->currency},
        {"converted", visit_converted(visit, visit->service)},
        {"description", invoice->description},
        {"invoice", invoice->id},
        {"status", status_name(invoice->status)},
        {"resolution", invoice->resolution},
        {"csrf", csrf_token(visit)},
        {"attempt", visit_number(visit, invoice->attempts)},
        {"page_url", visit_url(visit, "", "")},
        {"over_url", visit_url(visit, "", "done=1")},
        {"locale_asked", page_locale_asked(call)},
        {"languages", .rows = &rows},
        {"minutes", visit_number(visit, (left_ms + 59999) / 60000)},
        {"seconds", seconds_left(visit, left_ms)},
        {"lifetime", visit_number(visit, (invoice->expires_ms - invoice->created_ms) / 1000)},
        {"theme", look->theme},
        {"window_title", look->window_title},
        {"look_url", look_url(visit)},
        {"hide_header", visit_flag(look->hide_header)},
        {"hide_footer", visit_flag(look->hide_footer)},
        {"hide_progress", visit_flag(look->hide_progress)},
        {"hide_filter", visit_flag(look->hide_filter)},
        {"hide_counter", visit_flag(look->hide_counter)},
        {"hide_holder", visit_flag(look->hide_holder)},
    };
    const struct template_scope outer = {common, ARRAY_SIZE(common), NULL};
    const struct template_scope scope = {values, n, &outer};
    return page_reply(call, status, name, visit->locale, &scope);
}
