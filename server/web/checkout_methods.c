#include "web/checkout.h"

#include "base/text.h"
#include "engine/clock.h"
#include "engine/create.h"
#include "web/locale_text.h"
#include "web/page.h"

#include <ctype.h>

bool checkout_methods_wanted(const struct visit *visit)
{
    return invoice_awaits_choice(&visit->invoice) &&
           clock_now(visit->call->tenant) < visit->invoice.expires_ms;
}

/* ------------------------------------------------------------------ the page */

/* "P" of "PayPal": stands for the logo, which would come from another host. */
static const char *initial_of(const struct visit *visit, const char *name)
{
    size_t length = 1;
    while ((name[length] & 0xc0) == 0x80) {
        length++;
    }
    return visit->look.hide_logo ? NULL : arena_copy(visit->call->arena, name, length);
}

/* What the button's test id ends in. A method may be there once more, in other currencies. */
static const char *method_id(const struct visit *visit, const struct service *service)
{
    struct arena *arena = visit->call->arena;
    char *currency = arena_strdup(arena, service->currency);
    for (char *p = currency; *p; p++) {
        *p = (char)tolower((unsigned char)*p);
    }
    bool same = text_equal(visit->invoice.currency, service->currency);
    return arena_printf(arena, "%s%s%s", service->method->code, same ? "" : "-",
                        same ? "" : currency);
}

static void add_row(const struct visit *visit, const struct service *service,
                    struct template_rows *rows)
{
    const struct service_text *names = &service->method->name;
    const char *name = checkout_service_text(visit, names);
    const struct template_value row[] = {
        {"service", service->code},
        {"method", method_id(visit, service)},
        {"name", name},
        {"initial", initial_of(visit, name)},
        {"converted", visit_converted(visit, service)},
        {"same_in_english", visit_flag(text_equal(name, names->en))},
    };
    template_add_row(rows, visit->call->arena, row, ARRAY_SIZE(row));
}

static bool fits(const struct visit *visit, const struct service *service, const char *wanted)
{
    const struct call *call = visit->call;
    const char *name = checkout_service_text(visit, &service->method->name);
    return engine_service_accepts(call->engine, call->tenant, service, visit->invoice.currency,
                                  visit->invoice.amount) &&
           look_offers(&visit->look, service->method->code, call->arena) &&
           (!wanted || locale_contains(name, wanted));
}

/* Adds those of the invoice's own currency, or those of others. */
static void add_choices(const struct visit *visit, const char *wanted, bool own,
                        struct template_rows *rows)
{
    const struct catalogue *catalogue = &visit->call->engine->fixture->catalogue;
    for (size_t i = 0; i < catalogue->n_services; i++) {
        const struct service *service = &catalogue->services[i];
        if (text_equal(service->currency, visit->invoice.currency) == own &&
            fits(visit, service, wanted)) {
            add_row(visit, service, rows);
        }
    }
}

struct answer *checkout_methods_show(const struct visit *visit)
{
    const char *q = http_query_text(visit->call->request, "q");
    const char *wanted = q && *q && !visit->look.hide_filter ? q : NULL;
    struct template_rows choices = {0};
    add_choices(visit, wanted, true, &choices);
    add_choices(visit, wanted, false, &choices);
    const struct template_value values[] = {
        {"action", visit_url(visit, "", "")},
        {"q", wanted},
        {"choices", .rows = &choices},
        {"no_match", visit_flag(wanted && !choices.n)},
        {"no_method", visit_flag(!wanted && !choices.n)},
    };
    return visit_reply(visit, 200, "methods.html", values, ARRAY_SIZE(values));
}

/* ------------------------------------------------------------------ choosing */

struct answer *checkout_methods_take(struct visit *visit, const json_t *fields)
{
    struct call *call = visit->call;
    const struct service *service =
        service_find(&call->engine->fixture->catalogue, visit_field(fields, "service"));
    if (!checkout_methods_wanted(visit)) { /* chosen before, in another tab */
        return visit_redirect(visit, "", "");
    }
    if (text_equal(visit_field(fields, "action"), "cancel")) {
        const char *back = payment_return_url(call->tenant, call->arena, &visit->invoice);
        return call_redirect(call, 303, back ? back : visit_url(visit, "", ""));
    }
    bool chosen = service && look_offers(&visit->look, service->method->code, call->arena) &&
                  engine_choose(call->engine, call->tenant, call->arena, &visit->invoice, service,
                                visit->invoice.service_fields, NULL);
    return chosen ? visit_redirect(visit, "", "") : page_error(call, 422, "error_method");
}
