#include "web/means.h"

#include "base/attr.h"
#include "base/text.h"

#include <string.h>

/* ------------------------------------------------------------------ methods */

#define TRON "Tron (TRC-20)", "tron"
#define ERC20 "Ethereum (ERC-20)", "ethereum"
#define BNB "BNB Smart Chain (BEP-20)", "bnb"

static const struct row {
    const char *method;
    struct method_means means;
} methods[] = {
    {"algorand", {MEANS_CRYPTO, NULL, "algorand"}},
    {"binance_coin", {MEANS_CRYPTO, BNB}},
    {"binance_smart_chain", {MEANS_CRYPTO, BNB}},
    {"binance_usd", {MEANS_CRYPTO, BNB}},
    {"bitcoin", {MEANS_CRYPTO, "Bitcoin", "bitcoin"}},
    {"bitcoin_cash", {MEANS_CRYPTO, NULL, "bitcoincash"}},
    {"cardano", {MEANS_CRYPTO, NULL, "cardano"}},
    {"chainlink", {MEANS_CRYPTO, ERC20}},
    {"crypto", {MEANS_CRYPTO, NULL, "crypto"}},
    {"dai_coin", {MEANS_CRYPTO, ERC20}},
    {"digital_cash", {MEANS_CRYPTO, "Dash", "dash"}},
    {"dogecoin", {MEANS_CRYPTO, NULL, "dogecoin"}},
    {"eos", {MEANS_CRYPTO, NULL, "eos"}},
    {"ethereum", {MEANS_CRYPTO, "Ethereum", "ethereum"}},
    {"ethereum_classic", {MEANS_CRYPTO, NULL, "ethereumclassic"}},
    {"litecoin", {MEANS_CRYPTO, "Litecoin", "litecoin"}},
    {"polkadot", {MEANS_CRYPTO, NULL, "polkadot"}},
    {"polygon", {MEANS_CRYPTO, NULL, "polygon"}},
    {"ripple", {MEANS_CRYPTO, "XRP Ledger", "xrp"}},
    {"solana", {MEANS_CRYPTO, NULL, "solana"}},
    {"stellar", {MEANS_CRYPTO, NULL, "stellar"}},
    {"tether", {MEANS_CRYPTO, TRON}},
    {"toncoin", {MEANS_CRYPTO, "TON", "ton"}},
    {"tron", {MEANS_CRYPTO, "Tron", "tron"}},
    {"usd_coin", {MEANS_CRYPTO, ERC20}},
    {"venom", {MEANS_CRYPTO, NULL, "venom"}},
    {"waves", {MEANS_CRYPTO, NULL, "waves"}},
    {"bank_transfer_p2p", {MEANS_TRANSFER}},
    {"card_transfer", {MEANS_TRANSFER}},
    {"interac_etransfer", {MEANS_APPROVAL}},
    {"pagomovil", {MEANS_TRANSFER}},
    {"pay_id", {MEANS_TRANSFER}},
    {"spei", {MEANS_TRANSFER}},
    {"transfer_bancaria", {MEANS_TRANSFER}},
    {"transfiya", {MEANS_APPROVAL}},
    {"binancepay", {MEANS_SCAN}},
    {"breb", {MEANS_SCAN}},
    {"codi", {MEANS_SCAN}},
    {"pix", {MEANS_SCAN}},
    {"promptpay", {MEANS_SCAN}},
    {"qris", {MEANS_SCAN}},
    {"upi", {MEANS_SCAN}},
    {"alfamart", {MEANS_VOUCHER}},
    {"barzahlen", {MEANS_VOUCHER}},
    {"boleto_bancario", {MEANS_VOUCHER}},
    {"multibanco", {MEANS_VOUCHER}},
    {"multicaja", {MEANS_VOUCHER}},
    {"pagoefectivo_cip", {MEANS_VOUCHER}},
    {"paynearme", {MEANS_VOUCHER}},
    {"paysafecash", {MEANS_VOUCHER}},
    {"privatbank_ssk", {MEANS_VOUCHER}},
    {"svyaznoy", {MEANS_VOUCHER}},
    {"terminal_rf", {MEANS_VOUCHER}},
    {"blik", {MEANS_APPROVAL}}, /* of the category bank_transfer, but confirmed in an app */
    {"nequi", {MEANS_APPROVAL}},
    {"credit_cards_by_tupay", {MEANS_APPROVAL}},
    {"paymaya", {MEANS_APPROVAL}},
};

/* The others by a word of their code, as in nequi_qr; `category` NULL: of every category. */
static const struct {
    const char *word, *category;
    enum means means;
} words[] = {
    {"qr", NULL, MEANS_SCAN},
    {"va", NULL, MEANS_TRANSFER}, /* a virtual account */
    {"cash", "invoice_payment", MEANS_VOUCHER},
};

/* The others, by category. */
static const struct {
    const char *category;
    enum means means;
} categories[] = {
    {"bank_transfer", MEANS_TRANSFER},  {"cash", MEANS_VOUCHER},
    {"cash_payment", MEANS_VOUCHER},    {"cryptocurrency", MEANS_CRYPTO},
    {"prepaid_voucher", MEANS_VOUCHER}, {"voucher", MEANS_VOUCHER},
};

/* Variants of a method that its payers do not see: pix_crypto is Pix, settled in a coin. */
static const char *const variants[] = {"_aggregated", "_crypto"};

static bool ends_with(const char *text, const char *tail)
{
    size_t n = strlen(text), m = strlen(tail);
    return n > m && text_equal(text + n - m, tail);
}

static const char *base_of(struct arena *arena, const char *code)
{
    for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
        if (ends_with(code, variants[i])) {
            return arena_printf(arena, "%.*s", (int)(strlen(code) - strlen(variants[i])), code);
        }
    }
    return code;
}

/* True if one of the words between the code's underscores is this. */
static bool has_word(struct arena *arena, const char *code, const char *word)
{
    return strstr(arena_printf(arena, "_%s_", code), arena_printf(arena, "_%s_", word));
}

struct method_means means_of(struct arena *arena, const struct payment_method *method)
{
    const char *code = base_of(arena, method->code);
    for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
        if (text_equal(methods[i].method, code)) {
            return methods[i].means;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        bool fits = !words[i].category || text_equal(words[i].category, method->category);
        if (fits && has_word(arena, code, words[i].word)) {
            return (struct method_means){.means = words[i].means};
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(categories); i++) {
        if (text_equal(categories[i].category, method->category)) {
            return (struct method_means){.means = categories[i].means, .scheme = "crypto"};
        }
    }
    return (struct method_means){.means = MEANS_APPROVAL};
}

static const struct {
    const char *tail;
    struct method_means means;
} networks[] = {
    {"BEP20", {MEANS_CRYPTO, BNB}},
    {"ERC20", {MEANS_CRYPTO, ERC20}},
    {"TRC20", {MEANS_CRYPTO, TRON}},
};

struct method_means means_of_service(struct arena *arena, const struct service *service)
{
    struct method_means means = means_of(arena, service->method);
    for (size_t i = 0; means.means == MEANS_CRYPTO && i < ARRAY_SIZE(networks); i++) {
        if (ends_with(service->currency, networks[i].tail)) {
            return networks[i].means;
        }
    }
    return means;
}

/* ------------------------------------------------------------------ names and drawings */

static const struct {
    const char *name, *logo;
} kinds[] = {
    [MEANS_APPROVAL] = {"approval", "M7 3h10v18H7zM11 18h2M9.5 10l2 2 3.5-4"},
    [MEANS_TRANSFER] = {"transfer", "M3 9l9-6 9 6zM5 9v9M10 9v9M14 9v9M19 9v9M3 21h18"},
    [MEANS_SCAN] = {"scan", "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M8 8h3v3H8zM13 13h3v3h-3z"},
    [MEANS_CRYPTO] = {"crypto", "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8 12l4-5 4 5-4 5z"},
    [MEANS_VOUCHER] = {"voucher", "M3 6h18v4a2 2 0 0 0 0 4v4H3v-4a2 2 0 0 0 0-4zM15 6v12"},
};

#define LOGO_CARD "M3 6h18v12H3zM3 10h18M6 15h4"
#define LOGO_WALLET "M4 7h15v13H4zM4 7l11-4v4M14 12h6v3h-6z"

/* Drawings of our own, not the marks of those who offer the methods. */
static const struct {
    const char *start, *logo; /* of the codes of methods */
} logos[] = {
    {"payment_card", LOGO_CARD},
    {"applepay", "M4 3h9v18H4zM7.5 18h2M16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11"},
    {"googlepay", "M2 7h12v11H2zM2 11h12M17 9.5a5 5 0 0 1 0 6M19.5 7a9 9 0 0 1 0 11"},
    {"paypal", "M3 6h18v12H3zM3 7l9 7 9-7"},
    {"test", "M9 3h6M10 3v6L4.5 19a1.5 1.5 0 0 0 1.3 2h12.4a1.5 1.5 0 0 0 1.3-2L14 9V3M7.5 14h9"},
};

/* Methods that are approved, by category. */
static const struct {
    const char *category, *logo;
} approved[] = {{"digital_wallet", LOGO_WALLET}, {"payment_card", LOGO_CARD}};

const char *means_name(enum means means)
{
    return kinds[means].name;
}

const char *means_logo(struct arena *arena, const struct payment_method *method)
{
    for (size_t i = 0; i < ARRAY_SIZE(logos); i++) {
        if (text_starts(method->code, logos[i].start)) {
            return logos[i].logo;
        }
    }
    enum means means = means_of(arena, method).means;
    for (size_t i = 0; means == MEANS_APPROVAL && i < ARRAY_SIZE(approved); i++) {
        if (text_equal(method->category, approved[i].category)) {
            return approved[i].logo;
        }
    }
    return kinds[means].logo;
}
