#include "web/checkout.h"

#include "base/text.h"
#include "engine/create.h"
#include "web/means.h"
#include "web/messages.h"
#include "web/page.h"

#include <ctype.h>

#define CHANGE "change" /* ?change=1: the payer wants another method than the one chosen */

bool checkout_methods_needed(const struct checkout_page *page)
{
    return invoice_awaits_choice(&page->invoice) &&
           clock_now(page->call->tenant) < page->invoice.expires_ms;
}

static bool may_change(const struct checkout_page *page)
{
    const struct call *call = page->call;
    return engine_payer_chose(call->engine, &page->invoice) &&
           payment_is_open(call->tenant, call->arena, &page->invoice) &&
           !payment_is_challenged(&page->invoice);
}

const char *checkout_methods_change_url(const struct checkout_page *page)
{
    return may_change(page) ? checkout_url(page, "", CHANGE "=1") : NULL;
}

bool checkout_methods_asked(const struct checkout_page *page)
{
    return checkout_methods_needed(page) ||
           (http_query_text(page->call->request, CHANGE) && may_change(page));
}

/* ------------------------------------------------------------------ the page */

/* The end of the button's test id. A method may be listed again for other currencies, and in a
 * large catalogue for the same one: then the service's code tells them apart. */
static const char *method_id(const struct checkout_page *page, const struct service *service,
                             bool twin)
{
    if (twin) {
        return service->code;
    }
    struct arena *arena = page->call->arena;
    char *currency = arena_strdup(arena, service->currency);
    for (char *p = currency; *p; p++) {
        *p = (char)tolower((unsigned char)*p);
    }
    bool same = text_equal(page->invoice.currency, service->currency);
    return arena_printf(arena, "%s%s%s", service->method->code, same ? "" : "-",
                        same ? "" : currency);
}

static void add_row(const struct checkout_page *page, const struct service *service, bool twin,
                    struct template_rows *rows)
{
    const struct service_text *names = &service->method->name;
    const char *name = checkout_service_text(page, names);
    const char *logo = means_logo(page->call->arena, service->method);
    const struct template_value row[] = {
        {"service", service->code},
        {"method", method_id(page, service, twin)},
        {"code", twin ? service->code : NULL},
        {"name", name},
        {"logo", page->appearance.hide_logo ? NULL : logo},
        {"converted", checkout_converted(page, service)},
        {"same_in_english", template_flag(text_equal(name, names->en))},
    };
    template_add_row(rows, page->call->arena, row, ARRAY_SIZE(row));
}

/* What a payer sees of a choice: two with the same are twins. */
static const char *choice_name(const struct checkout_page *page, const struct service *service)
{
    return arena_printf(page->call->arena, "%s %s", service->method->code, service->currency);
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

/* The services to choose from: those in the invoice's currency, then the others. Returns how
 * many. */
static size_t find_choices(const struct checkout_page *page, const char *search,
                           const struct service ***ret_choices)
{
    const struct catalogue *catalogue =
        engine_catalogue(page->call->engine, page->call->tenant, INVOICE_PAYMENT);
    size_t size = catalogue_size(catalogue), n = 0;
    const struct service **choices = arena_alloc(page->call->arena, size * sizeof *choices);
    for (int own = 1; own >= 0; own--) {
        for (size_t i = 0; i < size; i++) {
            const struct service *service = catalogue_at(catalogue, i);
            if (text_equal(service->currency, page->invoice.currency) == own &&
                fits(page, service, search)) {
                choices[n++] = service;
            }
        }
    }
    *ret_choices = choices;
    return n;
}

static void add_choices(const struct checkout_page *page, const char *search,
                        struct template_rows *rows)
{
    const struct service **choices;
    size_t n = find_choices(page, search, &choices);
    json_auto_t *seen = json_object(), *twins = json_object();
    for (size_t i = 0; i < n; i++) {
        const char *name = choice_name(page, choices[i]);
        json_object_set_new(json_object_get(seen, name) ? twins : seen, name, json_true());
    }
    for (size_t i = 0; i < n; i++) {
        add_row(page, choices[i], json_object_get(twins, choice_name(page, choices[i])), rows);
    }
}

struct answer *checkout_methods_show(const struct checkout_page *page)
{
    const char *q = http_query_text(page->call->request, "q");
    const char *search = q && *q && !page->appearance.hide_filter ? q : NULL;
    bool again = !checkout_methods_needed(page);
    struct template_rows choices = {0};
    add_choices(page, search, &choices);
    const struct template_value values[] = {
        {"action", checkout_url(page, "", "")},
        {"kept_url", again ? checkout_url(page, "", "") : NULL},
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
    bool first = checkout_methods_needed(page);
    bool again = !first && *posted_field(fields, CHANGE) && may_change(page);
    if (!first && !again) { /* chosen before, in another tab */
        return checkout_see_other(page, "", "");
    }
    if (text_equal(posted_field(fields, "action"), "cancel")) {
        const char *back = payment_return_url(call->tenant, call->arena, &page->invoice);
        return call_redirect(call, 303, back ? back : checkout_url(page, "", ""));
    }
    bool offered =
        service && appearance_offers(&page->appearance, service->method->code, call->arena);
    bool chosen =
        offered &&
        (first ? engine_choose(call->engine, call->tenant, call->arena, &page->invoice, service,
                               page->invoice.service_fields, NULL)
               : engine_choose_again(call->engine, call->tenant, &page->invoice, service));
    return chosen ? checkout_see_other(page, "", "") : page_error(call, 422, "error_method");
}
