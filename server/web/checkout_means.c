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

/* Drawings of our own, not the marks of those who offer the methods. */
#define LOGO_CARD "M3 6h18v12H3zM3 10h18M6 15h4"

static const struct {
    const char *name, *logo;
} kinds[] = {
    [MEANS_APPROVAL] = {"approval", "M7 3h10v18H7zM11 18h2M9.5 10l2 2 3.5-4"},
    [MEANS_TRANSFER] = {"transfer", "M3 9l9-6 9 6zM5 9v9M10 9v9M14 9v9M19 9v9M3 21h18"},
    [MEANS_SCAN] = {"scan", "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M8 8h3v3H8zM13 13h3v3h-3z"},
    [MEANS_CRYPTO] = {"crypto", "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8 12l4-5 4 5-4 5z"},
    [MEANS_VOUCHER] = {"voucher", "M3 6h18v4a2 2 0 0 0 0 4v4H3v-4a2 2 0 0 0 0-4zM15 6v12"},
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

static struct method method_of(const struct checkout_page *page,
                               const struct payment_method *method)
{
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

const char *checkout_means_logo(const struct checkout_page *page,
                                const struct payment_method *method)
{
    return text_starts(method->code, "payment_card") ? LOGO_CARD
                                                     : kinds[method_of(page, method).means].logo;
}

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
    struct method method = method_of(page, page->service->method);
    const char *code = add_details(&details, &method);
    bool drawn = code && qr_of(arena, code, &qr);
    struct template_rows *kept = arena_alloc(arena, sizeof *kept);
    *kept = details.rows;
    *ret_details = kept->n;
    const struct template_value row[] = {
        {"means_name", kinds[method.means].name},
        {"means_text",
         message(page->locale, arena_printf(arena, "means.%s", kinds[method.means].name))},
        {"details", .rows = kept},
        {"has_details", template_flag(kept->n)},
        {"qr_text", code},
        {"qr_path", drawn ? qr.path : NULL},
        {"qr_size", qr.size},
    };
    template_add_row(&rows, arena, row, ARRAY_SIZE(row));
    return rows;
}
