#include "unit.h"

#include "base/attr.h"
#include "call/reason.h"
#include "routes.h"

#include <stdio.h>
#include <string.h>

static void assert_nearest(const char *method, const char *path, const char *wanted)
{
    char text[200] = "";
    const struct route *route = route_suggest(routes, routes_count, method, path);
    if (route) {
        snprintf(text, sizeof text, "%s %s", route->method, route->pattern);
    }
    assert_string_equal(text, wanted ? wanted : "");
}

static void a_letter_is_missing_or_wrong(void **state)
{
    (void)state;
    assert_nearest("POST", "/payment-invoice", "POST /payment-invoices");
    assert_nearest("GET", "/payment_invoices", "GET /payment-invoices");
    assert_nearest("GET", "/payment-invoice/cpi_HeSWMM9LvQonCcQc", "GET /payment-invoices/{id}");
    assert_nearest("GET", "/public-api/payment-invoices/cpi_1/",
                   "GET /public-api/payment-invoices/{id}");
    assert_nearest("GET", "/_mock/cloc", "GET /_mock/clock");
    assert_nearest("get", "/payment-invoices", "GET /payment-invoices");
    assert_nearest("POST", "/_mock/clock/advanced", "POST /_mock/clock/advance");
}

static void a_word_is_missing_or_too_many(void **state)
{
    (void)state;
    assert_nearest("POST", "/invoices", "POST /payment-invoices");
    assert_nearest("GET", "/v1/payment-services", "GET /payment-services");
    assert_nearest("POST", "/v1/invoices", "POST /payment-invoices");
    assert_nearest("GET", "/v2/invoices/cpi_1", "GET /payment-invoices/{id}");
    assert_nearest("GET", "/payment-invoices/cpi_1/timeline",
                   "GET /_mock/payment-invoices/{id}/timeline");
    assert_nearest("GET", "/api/payment-invoice/cpi_1", "GET /payment-invoices/{id}");
    assert_nearest("POST", "/api/public-api/payment-prerequests",
                   "POST /public-api/payment-prerequest");
}

static void another_method_of_the_path(void **state)
{
    (void)state;
    assert_nearest("PUT", "/payment-invoices/cpi_1", "GET /payment-invoices/{id}");
    assert_nearest("POST", "/_mock/health", "GET /_mock/health");
}

struct said {
    const char *method, *path, *wanted;
};

static void assert_all(const struct said *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_nearest(list[i].method, list[i].path, list[i].wanted);
    }
}

static void other_platforms_words(void **state)
{
    static const struct said list[] = {
        {"GET", "/v1/payments", "GET /payment-invoices"},
        {"GET", "/v1/charges", "GET /payment-invoices"},
        {"POST", "/v1/payment_intents", "POST /payment-invoices"},
        {"GET", "/v1/payment_intents/pi_3MtwBw", "GET /payment-invoices/{id}"},
        {"POST", "/v1/checkout/sessions", "POST /payment-invoices"},
        {"POST", "/v2/checkout/orders", "POST /payment-invoices"},
        {"GET", "/v2/checkout/orders/5O190127TN364715T", "GET /payment-invoices/{id}"},
        {"POST", "/payments", "POST /payment-invoices"},
        {"POST", "/orders/create", "POST /payment-invoices"},
        {"GET", "/transactions/list", "GET /payment-invoices"},
        {"GET", "/payments/1/status", "GET /payment-invoices/{id}"},
        {"POST", "/payments/v1/sessions", "POST /payment-invoices"},
        {"POST", "/v71/paymentLinks", "POST /payment-invoices"},
        {"POST", "/v71/paymentMethods", "GET /payment-services"},
        {"GET", "/v2/methods", "GET /payment-services"},
        {"POST", "/v2/payments/tr_7UhSN1zuXS/refunds", "POST /payment-invoices/{id}/refund"},
        {"POST", "/v2/payments/captures/2GG279541U471931P/refund",
         "POST /payment-invoices/{id}/refund"},
        {"POST", "/v1/refunds", "POST /payment-invoices/{id}/refund"},
        {"GET", "/v1/refunds/re_1", "GET /refunds/{id}"},
        {"GET", "/v1/payouts", "GET /payout-invoices"},
        {"GET", "/payouts", "GET /payout-invoices"},
        {"POST", "/v1/payments/payouts", "POST /payout-invoices"},
        {"POST", "/v1/transfers", "POST /payout-invoices"},
        {"POST", "/withdrawal", "POST /payout-invoices"},
        {"GET", "/payouts/7", "GET /payout-invoices/{id}"},
        {"GET", "/v1/balance", "GET /account/balances"},
        {"GET", "/v3/me", "GET /account/profile"},
        {"GET", "/rates/USD/EUR", "GET /payment-exchange-rates/{from}/{to}"},
        {"GET", "/health", "GET /_mock/health"},
        {"HEAD", "/api/v1/ping", "GET /_mock/health"},
        {"GET", "/status", "GET /_mock/health"},
        {"GET", "/_mock/invoices", "GET /_mock/payment-invoices"},
        {"POST", "/sale", "POST /payment/sale"},
        {"POST", "/payments/sale", "POST /payment/sale"},
    };
    (void)state;
    assert_all(list, ARRAY_SIZE(list));
}

static void another_prefix_stays_in_its_api(void **state)
{
    static const struct said list[] = {
        {"POST", "/api/api/payment-invoices", "POST /payment-invoices"},
        {"GET", "/private-api/payment-invoices", "GET /payment-invoices"},
        {"POST", "/private-api/payment-invoices", "POST /payment-invoices"},
        {"GET", "/merchant/payment-invoices/cpi_1", "GET /payment-invoices/{id}"},
        {"POST", "/public-api/public-api/payment-invoices", "POST /public-api/payment-invoices"},
        {"POST", "/v1/public-api/payments", "POST /public-api/payment-invoices"},
        {"POST", "/shop/public-api/v1/invoices", "POST /public-api/payment-invoices"},
        {"POST", "/payment-prerequest", "POST /public-api/payment-prerequest"},
        {"GET", "/public-api/payment-services", "GET /payment-services"},
        {"POST", "/clock/advance", "POST /_mock/clock/advance"},
        {"GET", "/mock/accounts", "GET /_mock/accounts"},
        {"GET", "/_mock", "GET /_mock/"},
        {"POST", "/_mock/rest", "POST /_mock/reset"},
    };
    (void)state;
    assert_all(list, ARRAY_SIZE(list));
}

static void what_is_near_nothing_has_no_suggestion(void **state)
{
    static const struct said list[] = {
        {"GET", "/v1"},
        {"GET", "/api"},
        {"GET", "/favicon.ico"},
        {"POST", "/oauth/token"},
        {"POST", "/login"},
        {"GET", "/v1/customers"},
        {"GET", "/foo/bar"},
        {"POST", "/payouts/batch"},
        {"POST", "/v1/payment_intents/pi_1/capture"},
        {"POST", "/payment-invoices/cpi_1/cancel"},
        {"GET", "/wp-login.php"},
    };
    (void)state;
    assert_all(list, ARRAY_SIZE(list));
}

static void any_path_can_be_read(void **state)
{
    (void)state;
    char path[9000];
    memset(path, '/', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_nearest("GET", path, "GET /");
    memset(path, 'a', sizeof path - 1);
    assert_nearest("GET", path, NULL);
    for (size_t i = 0; i < sizeof path - 1; i += 2) {
        path[i] = '/';
    }
    assert_nearest("GET", path, NULL);
    assert_nearest("", "", "GET /");
    assert_null(route_suggest(routes, 0, "GET", "/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_is_missing_or_wrong),
        cmocka_unit_test(a_word_is_missing_or_too_many),
        cmocka_unit_test(another_method_of_the_path),
        cmocka_unit_test(other_platforms_words),
        cmocka_unit_test(another_prefix_stays_in_its_api),
        cmocka_unit_test(what_is_near_nothing_has_no_suggestion),
        cmocka_unit_test(any_path_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
