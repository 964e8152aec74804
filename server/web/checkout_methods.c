#include "web/checkout.h"

#include "base/text.h"
#include "engine/create.h"
#include "web/messages.h"
#include "web/page.h"

#include <ctype.h>

bool checkout_methods_needed(const struct checkout_page *page)
{
    return invoice_awaits_choice(&page->invoice) &&
           clock_now(page->call->tenant) < page->invoice.expires_ms;
}

/* ------------------------------------------------------------------ the page */

/* "P" of "PayPal": stands for the logo, which would come from another host. */
static const char *initial_of(const struct checkout_page *page, const char *name)
{
    size_t length = 1;
    while ((name[length] & 0xc0) == 0x80) {
        length++;
    }
    return page->appearance.hide_logo ? NULL : arena_copy(page->call->arena, name, length);
}

/* The end of the button's test id. A method may be listed again for other currencies. */
static const char *method_id(const struct checkout_page *page, const struct service *service)
{
    struct arena *arena = page->call->arena;
    char *currency = arena_strdup(arena, service->currency);
    for (char *p = currency; *p; p++) {
        *p = (char)tolower((unsigned char)*p);
    }
    bool same = text_equal(page->invoice.currency, service->currency);
    return arena_printf(arena, "%s%s%s", service->method->code, same ? "" : "-",
                        same ? "" : currency);
}

static void add_row(const struct checkout_page *page, const struct service *service,
                    struct template_rows *rows)
{
    const struct service_text *names = &service->method->name;
    const char *name = checkout_service_text(page, names);
    const struct template_value row[] = {
        {"service", service->code},
        {"method", method_id(page, service)},
        {"name", name},
        {"initial", initial_of(page, name)},
        {"converted", checkout_converted(page, service)},
        {"same_in_english", template_flag(text_equal(name, names->en))},
    };
    template_add_row(rows, page->call->arena, row, ARRAY_SIZE(row));
}

static bool fits(const struct checkout_page *page, const struct service *service,
                 const char *search)
{
    const struct call *call = page->call;
    const char *name = checkout_service_text(page, &service->method->name);
    return engine_service_accepts(call->engine, call->tenant, service, &page->invoice) &&
           appearance_offers(&page->appearance, service->method->code, call->arena) &&
           (!search || locale_contains(name, search));
}

/* Adds the methods in the invoice's currency, or those in others. */
static void add_choices(const struct checkout_page *page, const char *search, bool own,
                        struct template_rows *rows)
{
    const struct catalogue *catalogue =
        engine_catalogue(page->call->engine, page->call->tenant, INVOICE_PAYMENT);
    for (size_t i = 0; i < catalogue->n_services; i++) {
        const struct service *service = &catalogue->services[i];
        if (text_equal(service->currency, page->invoice.currency) == own &&
            fits(page, service, search)) {
            add_row(page, service, rows);
        }
    }
}

struct answer *checkout_methods_show(const struct checkout_page *page)
{
    const char *q = http_query_text(page->call->request, "q");
    const char *search = q && *q && !page->appearance.hide_filter ? q : NULL;
    struct template_rows choices = {0};
    add_choices(page, search, true, &choices);
    add_choices(page, search, false, &choices);
    const struct template_value values[] = {
        {"action", checkout_url(page, "", "")},
        {"q", search},
        {"choices", .rows = &choices},
        {"no_match", template_flag(search && !choices.n)},
        {"no_method", template_flag(!search && !choices.n)},
    };
    return checkout_reply(page, 200, "methods.html", values, ARRAY_SIZE(values));
}

/* ------------------------------------------------------------------ choosing */

struct answer *checkout_methods_take(struct checkout_page *page, const json_t *fields)
{
    struct call *call = page->call;
    const struct service *service =
        service_find(engine_catalogue(call->engine, call->tenant, INVOICE_PAYMENT),
                     posted_field(fields, "service"));
    if (!checkout_methods_needed(page)) { /* chosen before, in another tab */
        return checkout_see_other(page, "", "");
    }
    if (text_equal(posted_field(fields, "action"), "cancel")) {
        const char *back = payment_return_url(call->tenant, call->arena, &page->invoice);
        return call_redirect(call, 303, back ? back : checkout_url(page, "", ""));
    }
    bool chosen = service &&
                  appearance_offers(&page->appearance, service->method->code, call->arena) &&
                  engine_choose(call->engine, call->tenant, call->arena, &page->invoice, service,
                                page->invoice.service_fields, NULL);
    return chosen ? checkout_see_other(page, "", "") : page_error(call, 422, "error_method");
}
