#include "route_words.h"

#include "base/attr.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

#define WORD_MOST 32

#define PAYMENTS "payment-invoices"
#define PAYOUTS "payout-invoices"
#define HEALTH "_mock/health"

/* "paymentintents" is payment_intents, payment-intents and paymentIntents; of a plural, the
 * singular is known too. With a method, only for that. */
static const struct {
    const char *said, *path, *method;
} words[] = {
    {"invoices", PAYMENTS},
    {"payments", PAYMENTS},
    {"pay", PAYMENTS},
    {"payins", PAYMENTS},
    {"deposits", PAYMENTS},
    {"charges", PAYMENTS},
    {"captures", PAYMENTS},
    {"orders", PAYMENTS},
    {"purchases", PAYMENTS},
    {"transactions", PAYMENTS},
    {"checkouts", PAYMENTS},
    {"sessions", PAYMENTS},
    {"checkoutsessions", PAYMENTS},
    {"paymentintents", PAYMENTS},
    {"paymentlinks", PAYMENTS},
    {"paymentrequests", PAYMENTS},
    {"paymentorders", PAYMENTS},
    {"payouts", PAYOUTS},
    {"transfers", PAYOUTS},
    {"withdrawals", PAYOUTS},
    {"withdraws", PAYOUTS},
    {"disbursements", PAYOUTS},
    {"payoutrequests", PAYOUTS},
    {"payoutorders", PAYOUTS},
    {"refunds", PAYMENTS "/{id}/refund", "POST"},
    {"services", "payment-services"},
    {"methods", "payment-services"},
    {"paymentmethods", "payment-services"},
    {"payoutmethods", "payout-services"},
    {"prerequests", "public-api/payment-prerequest"},
    {"rates", "payment-exchange-rates"},
    {"exchangerates", "payment-exchange-rates"},
    {"balances", "account/balances"},
    {"profiles", "account/profile"},
    {"account", "account/profile"},
    {"me", "account/profile"},
    {"merchants", "account/profile"},
    {"sales", "payment/sale"},
    {"health", HEALTH},
    {"healthz", HEALTH},
    {"healthcheck", HEALTH},
    {"heartbeat", HEALTH},
    {"ping", HEALTH},
    {"status", HEALTH},
    {"live", HEALTH},
    {"livez", HEALTH},
    {"ready", HEALTH},
    {"readyz", HEALTH},
    {"version", HEALTH},
    {"webhooks", "_mock/callbacks"},
    {"notifications", "_mock/callbacks"},
    {"docs", "_mock/docs"},
    {"swagger", "_mock/openapi.yaml"},
    {"swaggerjson", "_mock/openapi.yaml"},
    {"openapi", "_mock/openapi.yaml"},
    {"openapijson", "_mock/openapi.yaml"},
};

/* Letters and digits only, in lower case. */
static void plain(const char *text, size_t size, char ret_word[WORD_MOST + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < size && n < WORD_MOST; i++) {
        if (isalnum((unsigned char)text[i])) {
            ret_word[n++] = (char)tolower((unsigned char)text[i]);
        }
    }
    ret_word[n] = '\0';
}

static bool says(const char *word, const char *known)
{
    size_t size = strlen(known);
    bool singular = known[size - 1] == 's' && strlen(word) == size - 1;
    return text_equal(word, known) || (singular && strncmp(word, known, size - 1) == 0);
}

const char *route_word(const char *text, size_t size, const char *method)
{
    char word[WORD_MOST + 1];
    plain(text, size, word);
    for (size_t i = 0; *word && i < ARRAY_SIZE(words); i++) {
        if (says(word, words[i].said) &&
            (!words[i].method || text_equal(words[i].method, method))) {
            return words[i].path;
        }
    }
    return NULL;
}

bool route_word_is_idle(const char *text, size_t size)
{
    static const char *const idle[] = {"all",    "list",    "create", "new",   "init", "get",
                                       "status", "details", "info",   "query", NULL};
    char word[WORD_MOST + 1];
    plain(text, size, word);
    return text_index(idle, word) >= 0;
}
