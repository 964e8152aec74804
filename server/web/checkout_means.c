/*
 * What the page of a method without a card shows. No bank, network, shop or
 * wallet accepts these details, so nobody can send real money to them.
 */
#include "base/text.h"
#include "domain/price.h"
#include "web/checkout.h"
#include "web/means.h"
#include "web/messages.h"
#include "web/qr.h"

/* ------------------------------------------------------------------ details */

struct details {
    const struct checkout_page *page;
    struct template_rows rows;
};

/* `copied`: what the button copies, NULL for no button. */
static void add(struct details *details, const char *name, const char *value, const char *copied)
{
    struct arena *arena = details->page->call->arena;
    const char *locale = details->page->locale;
    const struct template_value row[] = {
        {"name", name},
        {"label", message(locale, arena_printf(arena, "detail.%s", name))},
        {"value", value},
        {"copied", copied},
    };
    template_add_row(&details->rows, arena, row, ARRAY_SIZE(row));
}

/* Eight digits that belong to this page. */
static const char *digits(const struct checkout_page *page, const char *of)
{
    char text[IDENT_DIGITS];
    ident_digits(page->call->engine->keys.token.bytes, of, page->invoice.session, text);
    return arena_strdup(page->call->arena, text);
}

/* In the form of an IBAN, of no country and with check digits that no IBAN has. */
static const char *account_number(const struct checkout_page *page)
{
    return arena_printf(page->call->arena, "XX00MOCK%s%s", digits(page, "account"),
                        digits(page, "branch"));
}

static const char *crypto_address(const struct checkout_page *page)
{
    char id[IDENT_TEXT];
    ident_derived(page->call->engine->keys.token.bytes, "address", page->invoice.session, id);
    return arena_printf(page->call->arena, "MOCK%s%s", ident_serial(id), digits(page, "address"));
}

/* "XX00 MOCK 1234" */
static const char *grouped(const struct checkout_page *page, const char *text)
{
    return checkout_panel_number(page->call->arena, text);
}

/* The amount in the service's currency, as machines read it. */
static const char *plain_amount(const struct checkout_page *page)
{
    char text[MONEY_TEXT];
    money_format(
        price_converted(page->service, page->invoice.payment_amount, page->invoice.exchange_rate),
        text);
    return arena_strdup(page->call->arena, text);
}

static void add_amount(struct details *details)
{
    const struct checkout_page *page = details->page;
    const char *converted = checkout_converted(page, page->service);
    const char *own = locale_money(page->call->arena, page->locale, page->invoice.payment_amount,
                                   page->invoice.currency);
    add(details, "amount", converted ? converted : own, plain_amount(page));
}

/* The code that European banks' apps read: EPC069-12, version 2, SCT. */
static const char *transfer_code(const struct checkout_page *page, const char *account)
{
    return text_equal(page->service->currency, "EUR")
               ? arena_printf(page->call->arena, "BCD\n002\n1\nSCT\n\n%.70s\n%s\nEUR%s\n\n\n%s",
                              page->merchant, account, plain_amount(page),
                              ident_serial(page->invoice.id))
               : NULL;
}

static const char *network_of(const struct checkout_page *page, const struct method_means *method)
{
    return method->network ? method->network
                           : checkout_service_text(page, &page->service->method->name);
}

/* Adds the details of a method. Returns the text of its QR code, NULL for none. */
static const char *add_details(struct details *details, const struct method_means *method)
{
    const struct checkout_page *page = details->page;
    struct arena *arena = page->call->arena;
    const char *reference = ident_serial(page->invoice.id), *text;
    switch (method->means) {
    case MEANS_APPROVAL:
        break;
    case MEANS_TRANSFER:
        text = account_number(page);
        add(details, "recipient", page->merchant, NULL);
        add(details, "account", grouped(page, text), text);
        add(details, "reference", reference, reference);
        add_amount(details);
        return transfer_code(page, text);
    case MEANS_SCAN:
        text = arena_printf(arena, "MOCK.%s.%s.%s.%s", page->service->method->code,
                            page->service->currency, plain_amount(page), reference);
        add(details, "code", text, text);
        return text;
    case MEANS_CRYPTO:
        text = crypto_address(page);
        add(details, "network", network_of(page, method), NULL);
        add(details, "address", text, text);
        add_amount(details);
        return arena_printf(arena, "%s:%s?amount=%s", method->scheme, text, plain_amount(page));
    case MEANS_VOUCHER:
        text = arena_printf(arena, "0%s", digits(page, "voucher"));
        add(details, "entity", "00000", "00000");
        add(details, "reference", text, text);
        add_amount(details);
        return text;
    }
    return NULL;
}

/* ------------------------------------------------------------------ the page */

struct template_rows checkout_means(const struct checkout_page *page, bool *ret_details)
{
    struct arena *arena = page->call->arena;
    struct details details = {page, {0}};
    struct template_rows rows = {0};
    struct qr qr = {0};
    *ret_details = false;
    if (!page->service || service_takes_cards(page->service) || service_is_test(page->service)) {
        return rows;
    }
    struct method_means method = means_of_service(arena, page->service);
    const char *code = add_details(&details, &method);
    bool drawn = code && qr_of(arena, code, &qr);
    struct template_rows *kept = arena_alloc(arena, sizeof *kept);
    *kept = details.rows;
    *ret_details = kept->n;
    const struct template_value row[] = {
        {"means_name", means_name(method.means)},
        {"means_text",
         message(page->locale, arena_printf(arena, "means.%s", means_name(method.means)))},
        {"details", .rows = kept},
        {"has_details", template_flag(kept->n)},
        {"qr_text", code},
        {"qr_path", drawn ? qr.path : NULL},
        {"qr_size", qr.size},
    };
    template_add_row(&rows, arena, row, ARRAY_SIZE(row));
    return rows;
}
