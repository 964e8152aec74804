#include "web/checkout.h"

#include "base/text.h"
#include "domain/price.h"
#include "domain/resolution.h"
#include "web/messages.h"
#include "web/page.h"

#include <string.h>

void checkout_page_begin(struct call *call, const struct invoice *invoice,
                         struct checkout_page *ret_page)
{
    struct checkout_page page = {.call = call, .invoice = *invoice};
    page.service = service_find(engine_catalogue(call->engine, call->tenant, INVOICE_PAYMENT),
                                invoice->service);
    page.locale = page_locale(call, invoice->locale);
    cardgate_read(invoice->gateway_options, call->arena, &page.cardgate);
    appearance_of(invoice, &page.cardgate, call->arena, &page.appearance);
    const char *name = call->tenant->account.settings.name;
    page.cancelled = payment_was_cancelled(call->engine, invoice);
    page.merchant = page.appearance.merchant ? page.appearance.merchant : name;
    page.panel =
        !call->router->hide_panel && !text_equal(http_query_text(call->request, "panel"), "0");
    *ret_page = page;
}

/* ------------------------------------------------------------------ links and forms */

static void add_pair(struct buf *query, const char *pair, const char *value)
{
    buf_printf(query, "%s%s%s", query->size ? "&" : "", pair, value);
}

static const char *query_of(const struct checkout_page *page, const char *query, const char *locale)
{
    buf_auto out = {0};
    if (*query) {
        add_pair(&out, query, "");
    }
    if (locale) {
        add_pair(&out, "locale=", locale);
    }
    if (!page->panel) {
        add_pair(&out, "panel=0", "");
    }
    return arena_printf(page->call->arena, "%s%s", out.size ? "?" : "", buf_str(&out));
}

static const char *base_of(const struct checkout_page *page)
{
    return page->call->page_base ? page->call->page_base : "";
}

const char *checkout_url(const struct checkout_page *page, const char *tail, const char *query)
{
    return arena_printf(page->call->arena, "%s/hpp/%s%s%s", base_of(page), page->invoice.session,
                        tail, query_of(page, query, page_locale_asked(page->call)));
}

struct answer *checkout_see_other(const struct checkout_page *page, const char *tail,
                                  const char *query)
{
    return call_redirect(page->call, 303, checkout_url(page, tail, query));
}

/* Ties a form to its card session, so that no other site can post it. */
static const char *csrf_token(const struct checkout_page *page)
{
    char token[IDENT_TEXT];
    ident_derived(page->call->engine->keys.token.bytes, "csrf", page->invoice.session, token);
    return arena_strdup(page->call->arena, token);
}

const char *posted_field(const json_t *form, const char *name)
{
    const char *text = json_string_value(json_object_get(form, name));
    return text ? text : "";
}

struct answer *checkout_check_csrf(const struct checkout_page *page, const json_t *form)
{
    return crypt_equal(csrf_token(page), posted_field(form, "csrf"))
               ? NULL
               : page_error(page->call, 422, "error_stale_form");
}

bool checkout_is_fresh(const struct checkout_page *page, const json_t *form)
{
    const char *attempt = posted_field(form, "attempt");
    int64_t n;
    return !*attempt || (text_to_int(attempt, &n) && n == page->invoice.attempts);
}

/* ------------------------------------------------------------------ pages */

const char *template_flag(bool flag)
{
    return flag ? "1" : NULL;
}

const char *checkout_number(const struct checkout_page *page, int64_t n)
{
    return arena_printf(page->call->arena, "%lld", (long long)n);
}

/* What a method without a card says of reasons that any method can have; NULL: the usual text. */
static const char *reason_without_card(const struct checkout_page *page, const char *code)
{
    struct call *call = page->call;
    return payment_takes_cards(call->engine, &page->invoice)
               ? NULL
               : message_find(page->locale, arena_printf(call->arena, "no_card.%s", code));
}

static const char *reason(const struct checkout_page *page, const char *code)
{
    return text_equal(page->locale, "en")
               ? resolution_text(code)
               : message_find(page->locale, arena_printf(page->call->arena, "resolution.%s", code));
}

const char *checkout_resolution(const struct checkout_page *page, bool *ret_foreign)
{
    const char *code = page->invoice.resolution;
    const char *text = reason_without_card(page, code) ?: reason(page, code);
    *ret_foreign = !text;
    if (text) {
        return text;
    }
    char *words = arena_strdup(page->call->arena, code);
    for (char *p = words; *p; p++) {
        *p = *p == '_' ? ' ' : *p;
    }
    return words;
}

static struct template_rows language_rows(const struct checkout_page *page)
{
    struct http_request *request = page->call->request;
    const char *kept = http_query_text(request, "done")     ? "done=1"
                       : http_query_text(request, "other")  ? "other=1"
                       : http_query_text(request, "change") ? "change=1"
                                                            : "";
    struct template_rows rows = {0};
    for (size_t i = 0; i < languages_count; i++) {
        const struct language *language = &languages[i];
        const struct template_value row[] = {
            {"code", language->code},
            {"name", language->name},
            {"href", query_of(page, kept, language->code)},
            {"current", template_flag(text_equal(language->code, page->locale))},
        };
        template_add_row(&rows, page->call->arena, row, ARRAY_SIZE(row));
    }
    return rows;
}

/* With a frozen clock nothing expires, so the page shows no countdown. */
static const char *seconds_left(const struct checkout_page *page, int64_t left_ms)
{
    const struct tenant *tenant = page->call->tenant;
    return tenant->account.clock.frozen ? NULL : checkout_number(page, (left_ms + 999) / 1000);
}

static const char *appearance_url(const struct checkout_page *page)
{
    return page->appearance.n_colours ? arena_printf(page->call->arena, "%s/hpp/%s/look.css",
                                                     base_of(page), page->invoice.session)
                                      : NULL;
}

const char *checkout_converted(const struct checkout_page *page, const struct service *service)
{
    const struct call *call = page->call;
    const struct invoice *invoice = &page->invoice;
    if (!service || text_equal(invoice->currency, service->currency)) {
        return NULL;
    }
    struct price price = {.exchange_rate = invoice->exchange_rate,
                          .payment_amount = invoice->payment_amount};
    if (!invoice->service) { /* not chosen yet */
        price = price_of(service, invoice->currency, invoice->amount,
                         engine_rate(call->engine, call->tenant, invoice->currency, service),
                         call->tenant->account.settings.payment_fee_shift_out);
    }
    return locale_money(call->arena, page->locale,
                        price_converted(service, price.payment_amount, price.exchange_rate),
                        service->currency);
}

struct answer *checkout_reply(const struct checkout_page *page, unsigned status, const char *name,
                              const struct template_value *values, size_t n)
{
    struct call *call = page->call;
    const struct invoice *invoice = &page->invoice;
    const struct appearance *appearance = &page->appearance;
    const struct template_rows rows = language_rows(page);
    int64_t left_ms = invoice->expires_ms - clock_now(call->tenant);
    left_ms = left_ms < 0 ? 0 : left_ms;
    const struct template_value common[] = {
        {"merchant", page->merchant},
        {"amount",
         locale_money(call->arena, page->locale, invoice->payment_amount, invoice->currency)},
        {"figure",
         locale_figure(call->arena, page->locale, invoice->payment_amount, invoice->currency)},
        {"currency", invoice->currency},
        {"converted", checkout_converted(page, page->service)},
        {"description", invoice->description},
        {"account", call->tenant->account.keys.id},
        {"invoice", invoice->id},
        {"status", status_name(invoice->status)},
        {"resolution", invoice->resolution},
        {"csrf", csrf_token(page)},
        {"attempt", checkout_number(page, invoice->attempts)},
        {"page_url", checkout_url(page, "", "")},
        {"over_url", checkout_url(page, "", "done=1")},
        {"locale_asked", page_locale_asked(call)},
        {"languages", .rows = &rows},
        {"minutes", checkout_number(page, (left_ms + 59999) / 60000)},
        {"seconds", seconds_left(page, left_ms)},
        {"lifetime", checkout_number(page, (invoice->expires_ms - invoice->created_ms) / 1000)},
        {"theme", appearance->theme},
        {"window_title", appearance->window_title},
        {"appearance_url", appearance_url(page)},
        {"faint", appearance_faint(appearance, call->arena)},
        {"hide_header", template_flag(appearance->hide_header)},
        {"hide_footer", template_flag(appearance->hide_footer)},
        {"hide_progress", template_flag(appearance->hide_progress)},
        {"hide_filter", template_flag(appearance->hide_filter)},
        {"hide_counter", template_flag(appearance->hide_counter)},
        {"hide_holder", template_flag(appearance->hide_holder)},
    };
    const struct template_scope outer = {common, ARRAY_SIZE(common), NULL};
    const struct template_scope scope = {values, n, &outer};
    return page_reply(call, status, name, page->locale, &scope);
}
