/* Reads an account: a table of calls that change nothing. */
#include "base/text.h"
#include "compare/probe.h"

#define NOT_THERE "cpi_0000000000000000"

/* clang-format off */
static const struct probe probes[] = {
    {"GET /payment-invoices", "GET", "/payment-invoices?page%5Bsize%5D=100", .keeps = KEPT_PAYMENTS},
    {"GET /payment-invoices/{id}", "GET", "/payment-invoices/{id}", .takes = KEPT_PAYMENTS},
    {"GET /public-api/payment-invoices/{id}", "GET", "/public-api/payment-invoices/{id}", COMPARE_LOGIN_NONE,
     .takes = KEPT_PAYMENTS},
    {"GET /payment-services", "GET", "/payment-services", .keeps = KEPT_PAYMENT_SERVICES},
    {"GET /payment-services", "GET", "/payment-services?page%5Bsize%5D=100"},
    {"GET /payment-services/{id}", "GET", "/payment-services/{id}", .takes = KEPT_PAYMENT_SERVICES},
    {"GET /payout-invoices", "GET", "/payout-invoices?page%5Bsize%5D=100", .keeps = KEPT_PAYOUTS},
    {"GET /payout-invoices/{id}", "GET", "/payout-invoices/{id}", .takes = KEPT_PAYOUTS},
    {"GET /public-api/payout-invoices/{id}", "GET", "/public-api/payout-invoices/{id}", COMPARE_LOGIN_NONE,
     .takes = KEPT_PAYOUTS},
    {"GET /payout-services", "GET", "/payout-services", .keeps = KEPT_PAYOUT_SERVICES},
    {"GET /payout-services", "GET", "/payout-services?page%5Bsize%5D=100"},
    {"GET /payout-services/{id}", "GET", "/payout-services/{id}", .takes = KEPT_PAYOUT_SERVICES},
    {"GET /account/profile", "GET", "/account/profile"},
    {"GET /account/balances", "GET", "/account/balances"},
    {"private 401", "GET", "/payment-invoices", COMPARE_LOGIN_NONE},
    {"private 401", "GET", "/payment-invoices", COMPARE_LOGIN_WRONG},
    {"private 404", "GET", "/payment-invoices/" NOT_THERE},
    {"private 405", "PUT", "/payment-services", .body = ""},
    {"POST /public-api/payment-prerequest", "POST", "/public-api/payment-prerequest", COMPARE_LOGIN_NONE,
     "{\"public_key\":\"{public_key}\",\"currency\":\"USD\"}", .public = true},
    {"public 422", "POST", "/public-api/payment-prerequest", COMPARE_LOGIN_NONE,
     "{\"public_key\":\"{public_key}\",\"currency\":\"?\"}", .public = true},
    {"public 401", "POST", "/public-api/payment-prerequest", COMPARE_LOGIN_NONE,
     "{\"public_key\":\"pk_test_0000000000000000000000000000000000000000000\",\"currency\":\"USD\"}"},
    {"public 400", "POST", "/public-api/payment-prerequest", COMPARE_LOGIN_NONE, "{"},
    {"public 404", "GET", "/public-api/payment-invoices/" NOT_THERE, COMPARE_LOGIN_NONE},
    {"public 405", "GET", "/public-api/payment-prerequest", COMPARE_LOGIN_NONE},
};
/* clang-format on */

const char *compare_run(struct comparison *comparison)
{
    struct run *run = run_new(comparison);
    bool creates = comparison->options.create;
    const char *why = creates ? compare_ask(run) : NULL;
    why = why ? why : run_begin(run, &probes[0]);
    if (!why && creates) {
        compare_create(run);
    }
    for (size_t i = !creates; !why && i < ARRAY_SIZE(probes); i++) {
        run_probe(run, &probes[i]);
    }
    return why;
}
