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
    snprintf(text, sizeof text, "%s %s", route->method, route->pattern);
    assert_string_equal(text, wanted);
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

static void any_path_has_a_suggestion(void **state)
{
    (void)state;
    char path[9000];
    memset(path, '/', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_non_null(route_suggest(routes, routes_count, "GET", path));
    memset(path, 'a', sizeof path - 1);
    assert_non_null(route_suggest(routes, routes_count, "GET", path));
    for (size_t i = 0; i < sizeof path - 1; i += 2) {
        path[i] = '/';
    }
    assert_non_null(route_suggest(routes, routes_count, "GET", path));
    assert_non_null(route_suggest(routes, routes_count, "", ""));
    assert_null(route_suggest(routes, 0, "GET", "/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_is_missing_or_wrong),
        cmocka_unit_test(a_word_is_missing_or_too_many),
        cmocka_unit_test(another_method_of_the_path),
        cmocka_unit_test(any_path_has_a_suggestion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
