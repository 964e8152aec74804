#include "unit.h"

#include "call/guard.h"

static const char *const allowed[] = {"mock.test", "203.0.113.7", NULL};
static const struct guard plain;
static const struct guard with_all = {"https://pay.test:8443/base", allowed};

static void a_host_is_an_address_localhost_or_known(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        bool plain, with_all;
    } rows[] = {
        {"127.0.0.1", true, true},
        {"10.1.2.3:8080", true, true},
        {"[::1]", true, true},
        {"[2001:db8::1]:80", true, true},
        {"localhost", true, true},
        {"LOCALHOST:1", true, true},
        {"mock.test", false, true},
        {"MOCK.test:99", false, true},
        {"pay.test", false, true},
        {"pay.test:1", false, true},
        {"203.0.113.7", true, true},
        {"shop.example", false, false},
        {"localhost.shop.example", false, false},
        {"127.0.0.1.shop.example", false, false},
        {"127.1", false, false},
        {"0x7f000001", false, false},
        {"127.0.0.1:80:80", false, false},
        {"127.0.0.1:", false, false},
        {"127.0.0.1:123456", false, false},
        {"[::1", false, false},
        {"[::1]x", false, false},
        {"user@127.0.0.1", false, false},
        {"127.0.0.1/", false, false},
        {" 127.0.0.1", false, false},
        {"", false, false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_row(rows[i].host, guard_host_passes(&plain, rows[i].host) == rows[i].plain);
        assert_row(rows[i].host, guard_host_passes(&with_all, rows[i].host) == rows[i].with_all);
    }
    assert_false(guard_host_passes(&with_all, NULL));
}

static void an_origin_is_the_server_loopback_or_allowed(void **state)
{
    (void)state;
    static const struct {
        const char *origin, *host;
        bool plain, with_all;
    } rows[] = {
        /* loopback, with any port */
        {"http://localhost:3000", "127.0.0.1:8086", true, true},
        {"https://LOCALHOST", "127.0.0.1:8086", true, true},
        {"http://127.0.0.1:1", "192.0.2.1", true, true},
        {"http://127.9.9.9", "192.0.2.1", true, true},
        {"http://[::1]:5173", "192.0.2.1", true, true},
        /* the server itself */
        {"http://192.0.2.1:8086", "192.0.2.1:8086", true, true},
        {"https://192.0.2.1:8086", "192.0.2.1:8086", true, true},
        {"http://192.0.2.1:80", "192.0.2.1", true, true},
        {"https://192.0.2.1:443", "192.0.2.1", true, true},
        {"http://[2001:db8::1]:8086", "[2001:db8::1]:8086", true, true},
        {"https://pay.test:8443", "127.0.0.1:8086", false, true},
        /* allowed */
        {"http://mock.test:5", "127.0.0.1:8086", false, true},
        {"http://203.0.113.7", "127.0.0.1:8086", false, true},
        /* anything else */
        {"http://203.0.113.9", "127.0.0.1:8086", false, false},
        {"http://[2001:db8::1]", "127.0.0.1:8086", false, false},
        {"http://192.0.2.1:81", "192.0.2.1:8086", false, false},
        {"http://192.0.2.1", "192.0.2.1:8086", false, false},
        {"http://192.0.2.1:443", "192.0.2.1", false, false},
        {"https://pay.test", "127.0.0.1:8086", false, false},
        {"http://shop.example", "127.0.0.1:8086", false, false},
        {"http://localhost.shop.example", "127.0.0.1:8086", false, false},
        {"http://127.0.0.1.shop.example", "127.0.0.1:8086", false, false},
        {"http://127.shop.example", "127.0.0.1:8086", false, false},
        {"http://127.0.0.1@shop.example", "127.0.0.1:8086", false, false},
        {"http://shop.example@127.0.0.1", "127.0.0.1:8086", false, false},
        {"http://0.0.0.0", "127.0.0.1:8086", false, false},
        {"chrome-extension://localhost", "127.0.0.1:8086", false, false},
        {"file://", "127.0.0.1:8086", false, false},
        {"null", "127.0.0.1:8086", false, false},
        {"localhost", "127.0.0.1:8086", false, false},
        {"http://", "127.0.0.1:8086", false, false},
        {"", "127.0.0.1:8086", false, false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *origin = rows[i].origin, *host = rows[i].host;
        assert_row(origin, guard_origin_passes(&plain, origin, host) == rows[i].plain);
        assert_row(origin, guard_origin_passes(&with_all, origin, host) == rows[i].with_all);
    }
    assert_true(guard_origin_passes(&plain, NULL, "127.0.0.1:8086"));
}

static void a_cookie_counts_only_for_the_server_itself(void **state)
{
    (void)state;
    assert_true(guard_origin_is_own(&plain, NULL, "127.0.0.1:8086"));
    assert_true(guard_origin_is_own(&plain, "http://127.0.0.1:8086", "127.0.0.1:8086"));
    assert_false(guard_origin_is_own(&plain, "http://127.0.0.1:1", "127.0.0.1:8086"));
    assert_false(guard_origin_is_own(&with_all, "http://mock.test", "127.0.0.1:8086"));
    assert_true(guard_origin_is_own(&with_all, "https://pay.test:8443", "127.0.0.1:8086"));
    assert_false(guard_origin_is_own(&plain, "null", ""));
    assert_false(guard_origin_is_own(&plain, "", ""));
}

static void the_cookie_follows_from_the_token(void **state)
{
    (void)state;
    char value[GUARD_COOKIE_TEXT], header[200];
    guard_cookie("token", value);
    snprintf(header, sizeof header, "a=b; " GUARD_COOKIE "=%s; c", value);
    assert_true(guard_cookie_passes(header, "token"));
    assert_false(guard_cookie_passes(header, "other"));
    assert_false(guard_cookie_passes(GUARD_COOKIE "=token", "token"));
    assert_false(guard_cookie_passes("", "token"));
    assert_false(guard_cookie_passes(NULL, "token"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_is_an_address_localhost_or_known),
        cmocka_unit_test(an_origin_is_the_server_loopback_or_allowed),
        cmocka_unit_test(a_cookie_counts_only_for_the_server_itself),
        cmocka_unit_test(the_cookie_follows_from_the_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
