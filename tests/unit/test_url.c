#include "unit.h"

#include "base/url.h"
#include "deliver/deliver_transfer.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>

static const char *const good[] = {
    "http://shop.example",
    "HTTP://SHOP.example/callback",
    "hTTps://shop.example:8443/a/../b?x=%2F&y=%00#part",
    "http://127.0.0.1:8080/",
    "http://127.1/",
    "http://0x7f000001/",
    "http://[::1]:65535/",
    "http://[::ffff:127.0.0.1]/",
    "http://[fe80::1%25eth0]/",
    "http://user:pass%40word@shop.example/",
    "http://localhost:/",
    "http://localhost:00080/",
    "http://shop.example./",
    "http://shop_1.internal?x",
    "http://xn--bcher-kva.example/",
    "http://b\303\274cher.example/\303\244",
    "http://1.example/",
    "http://user%20name:p%3a@shop.example/",
    "http://[fe80::1%25a-b_c.d~1]/",
};

static const char *const bad[] = {
    "",
    "http://",
    "http:///x",
    "http:/shop.example",
    "//shop.example/",
    "shop.example",
    "ftp://shop.example/",
    "http:shop.example",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:65536/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:+80/",
    "http://127.0.0.1:80x/",
    "http://127.0.0.1:99999999999999999999/",
    "http://shop.example:80:80/",
    "http://:80:80",
    "http://:80/",
    "http://[::1",
    "http://[::1/",
    "http://::1/",
    "http://[::1]x/",
    "http://[::1]:99999/",
    "http://[]/",
    "http://[127.0.0.1]/",
    "http://[::1%eth0]/",
    "http://[::1%25]/",
    "http://[::1%2]/",
    "http://[::1%25eth0!]/",
    "http://[::g%25eth0]/",
    "http://[fe80::1%25an-interface-of-a-name-that-is-much-too-long]/",
    "http://user%10@shop.example/",
    "http://us[er@shop.example/",
    "http://[::g]/",
    "http://a b/",
    "http://a/b c",
    "http://a\tb/",
    "http://a/\r\nX: y",
    "http://a\\b/",
    "http://a\177/",
    "http://a%00b/",
    "http://%31/",
    "http://a..b/",
    "http://.a/",
    "http://256.256.256.256/",
    "http://1.2.3.4.5/",
    "http://shop.123/",
    "http://a@b@c/",
    "http://user%00@shop.example/",
    "http://user%0a@shop.example/",
    "http://@/",
    "http://user@/",
    "http://user@:80/",
    "http://sh!op/",
    "http://a,b/",
    "http://{a}/",
    "http://<a>/",
};

static void curl_accepts_every_valid_url(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        CURLU *parts = curl_url();
        char *host = NULL;
        if (!url_is_good(good[i]) || curl_url_set(parts, CURLUPART_URL, good[i], 0) ||
            curl_url_get(parts, CURLUPART_HOST, &host, 0)) {
            fail_msg("%s", good[i]);
        }
        curl_free(host);
        curl_url_cleanup(parts);
    }
}

static void a_url_that_cannot_be_called_is_invalid(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (url_is_good(bad[i])) {
            fail_msg("%s", bad[i]);
        }
    }
}

static void a_name_has_at_most_253_characters(void **state)
{
    (void)state;
    char *most = repeat('a', 253), url[512];
    snprintf(url, sizeof url, "http://%s/", most);
    assert_true(url_is_good(url));
    snprintf(url, sizeof url, "http://%sa/", most);
    assert_false(url_is_good(url));
    free(most);
}

static void a_shown_url_contains_no_secret(void **state)
{
    static const char *const rows[][2] = {
        {"http://user:secret@shop.example:80/a?token=x#y", "http://shop.example:80/a"},
        {"HTTPS://shop.example?token=x", "HTTPS://shop.example"},
        {"http://[::1]/", "http://[::1]/"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char shown[64];
        url_shown(rows[i][0], shown, sizeof shown);
        assert_string_equal(shown, rows[i][1]);
    }
}

static const char *objection(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
        return address_objection((struct sockaddr *)&in);
    }
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    return address_objection((struct sockaddr *)&in6);
}

static void the_kind_of_a_special_address_is_named(void **state)
{
    static const char *const rows[][2] = {
        {"127.0.0.1", NULL},
        {"127.255.255.255", NULL},
        {"10.1.2.3", NULL},
        {"172.16.0.1", NULL},
        {"172.31.255.255", NULL},
        {"192.168.0.1", NULL},
        {"::1", NULL},
        {"fc00::1", NULL},
        {"fdff::1", NULL},
        {"::ffff:10.0.0.1", NULL},
        {"93.184.216.34", "a public address"},
        {"172.32.0.1", "a public address"},
        {"172.15.255.255", "a public address"},
        {"192.167.0.1", "a public address"},
        {"2606:4700:4700::1111", "a public address"},
        {"::ffff:8.8.8.8", "a public address"},
        {"::2", "a public address"},
        {"0.0.0.0", "an unspecified address"},
        {"::", "an unspecified address"},
        {"100.64.0.1", "a shared address (RFC 6598)"},
        {"100.128.0.1", "a public address"},
        {"169.254.169.254", "a link-local address"},
        {"fe80::1", "a link-local address"},
        {"febf::1", "a link-local address"},
        {"fec0::1", "a site-local address"},
        {"192.0.2.1", "a public address"},
        {"198.51.100.1", "a public address"},
        {"203.0.113.9", "a public address"},
        {"2001:db8::1", "a public address"},
        {"3fff:0fff::1", "a public address"},
        {"3fff:1000::1", "a public address"},
        {"198.19.0.1", "an address for benchmarks"},
        {"2001:2::1", "an address for benchmarks"},
        {"224.0.0.1", "a multicast address"},
        {"239.1.1.1", "a multicast address"},
        {"ff02::1", "a multicast address"},
        {"255.255.255.255", "the broadcast address"},
        {"240.0.0.1", "a reserved address"},
        {"64:ff9b::a00:1", "a NAT64 address"},
        {"64:ff9b:1::1", "a NAT64 address"},
        {"100::1", "an address that discards"},
        {"2001::1", "a Teredo address"},
        {"2002:a00:1::", "a 6to4 address"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *is = objection(rows[i][0]);
        if ((is == NULL) != (rows[i][1] == NULL) || (is && strcmp(is, rows[i][1]) != 0)) {
            fail_msg("%s: %s", rows[i][0], is ? is : "private");
        }
    }
}

static void only_internet_addresses_are_reached(void **state)
{
    const struct sockaddr local = {.sa_family = AF_UNIX};
    (void)state;
    assert_string_equal(address_objection(&local), "not an internet address");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curl_accepts_every_valid_url),
        cmocka_unit_test(a_url_that_cannot_be_called_is_invalid),
        cmocka_unit_test(a_name_has_at_most_253_characters),
        cmocka_unit_test(a_shown_url_contains_no_secret),
        cmocka_unit_test(the_kind_of_a_special_address_is_named),
        cmocka_unit_test(only_internet_addresses_are_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
