/*
 * How a method without a card is paid: what its own page would show. No bank, network, shop or
 * wallet accepts these details, so nobody can send real money to them.
 */
#include "base/text.h"
#include "domain/price.h"
#include "web/checkout.h"
#include "web/messages.h"
#include "web/qr.h"

#include <string.h>

enum means {
    MEANS_APPROVAL, /* in the wallet, in the bank's app or on its page */
    MEANS_TRANSFER, /* to an account, with a reference */
    MEANS_SCAN,     /* a code that the payer's app reads */
    MEANS_CRYPTO,   /* to an address of a network */
    MEANS_VOUCHER,  /* with a reference, in cash or at a machine */
};

static const char *const names[] = {
    [MEANS_APPROVAL] = "approval", [MEANS_TRANSFER] = "transfer", [MEANS_SCAN] = "scan",
    [MEANS_CRYPTO] = "crypto",     [MEANS_VOUCHER] = "voucher",
};

/* By method; `network` and the scheme of its URIs are those of a cryptocurrency. */
static const struct {
    const char *method;
    enum means means;
    const char *network, *scheme;
} methods[] = {
    {"bitcoin", MEANS_CRYPTO, "Bitcoin", "bitcoin"},
    {"ethereum", MEANS_CRYPTO, "Ethereum", "ethereum"},
    {"litecoin", MEANS_CRYPTO, "Litecoin", "litecoin"},
    {"tether", MEANS_CRYPTO, "Tron (TRC-20)", "tron"},
    {"spei", MEANS_TRANSFER},
    {"pagomovil", MEANS_TRANSFER},
    {"pix", MEANS_SCAN},
    {"upi", MEANS_SCAN},
    {"codi", MEANS_SCAN},
    {"breb", MEANS_SCAN},
    {"qris", MEANS_SCAN},
    {"binancepay", MEANS_SCAN},
    {"multibanco", MEANS_VOUCHER},
    {"blik", MEANS_APPROVAL}, /* of the category bank_transfer, but confirmed in an app */
    {"nequi", MEANS_APPROVAL},
};

/* The others, by category. */
static const struct {
    const char *category;
    enum means means;
} categories[] = {
    {"bank_transfer", MEANS_TRANSFER},
    {"cryptocurrency", MEANS_CRYPTO},
    {"cash", MEANS_VOUCHER},
    {"voucher", MEANS_VOUCHER},
};

struct method {
    enum means means;
    const char *network, *scheme;
};

static struct method method_of(const struct checkout_page *page)
{
    const struct payment_method *method = page->service->method;
    for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
        if (text_equal(methods[i].method, method->code)) {
            return (struct method){methods[i].means, methods[i].network, methods[i].scheme};
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(categories); i++) {
        if (text_equal(categories[i].category, method->category)) {
            return (struct method){categories[i].means, checkout_service_text(page, &method->name),
                                   "crypto"};
        }
    }
    return (struct method){MEANS_APPROVAL, NULL, NULL};
}

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
    ident_digits(page->call->engine->keys.token, of, page->invoice.session, text);
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
    ident_derived(page->call->engine->keys.token, "address", page->invoice.session, id);
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

/* Adds the details of a method. Returns the text of its QR code, NULL for none. */
static const char *add_details(struct details *details, const struct method *method)
{
    const struct checkout_page *page = details->page;
    struct arena *arena = page->call->arena;
    const char *reference = ident_serial(page->invoice.id), *text;
    switch (method->means) {
    case MEANS_APPROVAL:
        return NULL;
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
        add(details, "network", method->network, NULL);
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
    struct method method = method_of(page);
    const char *code = add_details(&details, &method);
    bool drawn = code && qr_of(arena, code, &qr);
    struct template_rows *kept = arena_alloc(arena, sizeof *kept);
    *kept = details.rows;
    *ret_details = kept->n;
    const struct template_value row[] = {
        {"means_name", names[method.means]},
        {"means_text", message(page->locale, arena_printf(arena, "means.%s", names[method.means]))},
        {"details", .rows = kept},
        {"has_details", template_flag(kept->n)},
        {"qr_text", code},
        {"qr_path", drawn ? qr.path : NULL},
        {"qr_size", qr.size},
    };
    template_add_row(&rows, arena, row, ARRAY_SIZE(row));
    return rows;
}
