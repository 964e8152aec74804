#include "unit.h"

#include "http/framing.h"

struct line {
    const char *name, *value;
};

#define FIELDS_MOST 3

static unsigned status_of(const char *method, const char *target, const char *version,
                          const struct line fields[FIELDS_MOST])
{
    struct framing framing = {0};
    for (size_t i = 0; i < FIELDS_MOST && fields[i].name; i++) {
        framing_field(&framing, fields[i].name, fields[i].value);
    }
    const struct framing_refusal *refusal = framing_check(&framing, method, target, version);
    return refusal ? refusal->status : 0;
}

static void contradicting_fields_are_rejected(void **state)
{
    (void)state;
    static const struct {
        unsigned status;
        struct line fields[FIELDS_MOST];
    } cases[] = {
        {0, {{"Host", "x"}}},
        {0, {{"Host", ""}, {"Content-Length", "0"}}},
        {0, {{"host", "x"}, {"content-length", "999999999999999999"}}},
        {0, {{"Host", "x"}, {"Content-Length", "00000000000000000000000000001"}}},
        {0, {{"Host", "x"}, {"TRANSFER-ENCODING", "Chunked"}}},
        {0, {{"Host", "x"}, {"Expect", "100-Continue"}}},
        {0, {{"Host", "x"}, {"!#$%&'*+-.^_`|~", "a\tb\xc3\xa9"}}},
        {400, {{"Content-Length", "0"}}},
        {400, {{"Host", "x"}, {"Host", "x"}}},
        {400, {{"Host", "x"}, {"Content-Length", "1"}, {"Content-Length", "1"}}},
        {400, {{"Host", "x"}, {"Content-Length", ""}}},
        {400, {{"Host", "x"}, {"Content-Length", "1,1"}}},
        {400, {{"Host", "x"}, {"Content-Length", "+1"}}},
        {400, {{"Host", "x"}, {"Content-Length", "1 "}}},
        {413, {{"Host", "x"}, {"Content-Length", "1000000000000000000"}}},
        {413, {{"Host", "x"}, {"Content-Length", "18446744073709551616"}}},
        {400, {{"Host", "x"}, {"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}}},
        {400, {{"Host", "x"}, {"Transfer-Encoding", "chunked"}, {"Content-Length", "1"}}},
        {400, {{"Host", "x"}, {"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}},
        {501, {{"Host", "x"}, {"Transfer-Encoding", "gzip, chunked"}}},
        {501, {{"Host", "x"}, {"Transfer-Encoding", "identity"}}},
        {501, {{"Host", "x"}, {"Transfer-Encoding", ""}}},
        {400, {{"Host", "x"}, {"Transfer-Encoding", "chunked\x0b"}}},
        {400, {{"Host", "x"}, {"Content-Length ", "1"}}},
        {400, {{"Host", "x"}, {"Content-Length\t", "1"}}},
        {400, {{"Host", "x"}, {" X", "1"}}},
        {400, {{"Host", "x"}, {"", "1"}}},
        {400, {{"Host", "x"}, {"X\xc3\xa9", "1"}}},
        {400, {{"Host", "x"}, {"X", "a\rContent-Length: 1"}}},
        {400, {{"Host", "x"}, {"X", "\x7f"}}},
        {417, {{"Host", "x"}, {"Expect", "200-ok"}}},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned status = status_of("GET", "/", "HTTP/1.1", cases[i].fields);
        if (status != cases[i].status) {
            fail_msg("case %zu: %u", i, status);
        }
    }
}

static void the_first_line_is_checked_too(void **state)
{
    (void)state;
    static const struct line host[FIELDS_MOST] = {{"Host", "x"}};
    static const struct line none[FIELDS_MOST];
    static const struct line chunked[FIELDS_MOST] = {{"Transfer-Encoding", "chunked"}};
    assert_int_equal(status_of("M-SEARCH", "/\xc3\xa9?#", "HTTP/1.1", host), 0);
    assert_int_equal(status_of("", "/", "HTTP/1.1", host), 400);
    assert_int_equal(status_of("G(T", "/", "HTTP/1.1", host), 400);
    assert_int_equal(status_of("GET", "/a b", "HTTP/1.1", host), 400);
    assert_int_equal(status_of("GET", "/a\tb", "HTTP/1.1", host), 400);
    assert_int_equal(status_of("GET", "/\x01", "HTTP/1.1", host), 400);
    assert_int_equal(status_of("GET", "/", "HTTP/1.0", none), 0);
    assert_int_equal(status_of("POST", "/", "HTTP/1.0", chunked), 400);
}

static void the_length_is_returned(void **state)
{
    (void)state;
    struct framing framing = {0};
    framing_field(&framing, "Content-Length", "0016777217");
    assert_int_equal(framing.length, 16777217);
}

static void parameters_are_counted(void **state)
{
    (void)state;
    assert_int_equal(framing_parameters("/a&b"), 0);
    assert_int_equal(framing_parameters("/a?"), 1);
    assert_int_equal(framing_parameters("/a?b=1&c&&d?&e"), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contradicting_fields_are_rejected),
        cmocka_unit_test(the_first_line_is_checked_too),
        cmocka_unit_test(the_length_is_returned),
        cmocka_unit_test(parameters_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
