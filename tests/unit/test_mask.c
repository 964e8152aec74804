#include "unit.h"

#include "base/buf.h"
#include "mask/mask.h"

#include <stdio.h>
#include <string.h>

static void assert_masked(const char *body, const char *wanted)
{
    char text[2048];
    snprintf(text, sizeof text, "%s", body);
    mask_body(text, strlen(text));
    assert_string_equal(text, wanted);
    mask_body(text, strlen(text));
    assert_string_equal(text, wanted); /* masking again changes nothing */
}

static void a_card_number_keeps_its_first_six_and_last_four_digits(void **state)
{
    (void)state;
    assert_masked("{\"card_number\":\"4111111111111111\"}",
                  "{\"card_number\":\"411111******1111\"}");
    assert_masked("{\"card_number\":\"4111 1111 1111 1111\"}",
                  "{\"card_number\":\"4111 11** **** 1111\"}");
    assert_masked("card_number=4111+1111+1111+1111&x=1", "card_number=4111+11**+****+1111&x=1");
    assert_masked("{\"Card_Number\" : \"4111111111111112\"}",
                  "{\"Card_Number\" : \"411111******1112\"}");
}

static void a_number_that_is_too_short_shows_nothing(void **state)
{
    (void)state;
    assert_masked("{\"card_number\":\"411111111\"}", "{\"card_number\":\"*********\"}");
    assert_masked("card_number=41", "card_number=**");
}

static void codes_and_keys_show_nothing(void **state)
{
    (void)state;
    assert_masked("{\"cvv\":\"123\",\"a\":\"123\"}", "{\"cvv\":\"***\",\"a\":\"123\"}");
    assert_masked("cvv=1234&expiry=1234", "cvv=****&expiry=1234");
    assert_masked("card[cvv]=123", "card[cvv]=***");
    assert_masked("card%5Bcvv%5D=123", "card%5Bcvv%5D=***");
    assert_masked("%63vv=123", "%63vv=***");
    assert_masked("cvv[]=123", "cvv[]=***");
    assert_masked("{\"api_key\":\"secret value\"}", "{\"api_key\":\"************\"}");
    assert_masked("{\"api_key\":null,\"password\":true}", "{\"api_key\":null,\"password\":true}");
}

static void bare_numbers_stay_json(void **state)
{
    (void)state;
    assert_masked("{\"card_number\":4111111111111111,\"cvv\":123}",
                  "{\"card_number\":4111110000001111,\"cvv\":100}");
    assert_masked("{\"cvv\": 7}", "{\"cvv\": 0}");
    assert_masked("[4111111111111111]", "[4111110000001111]");
}

static void cards_and_secret_keys_are_found_anywhere(void **state)
{
    (void)state;
    assert_masked("{\"note\":\"my card is 4111-1111-1111-1111.\"}",
                  "{\"note\":\"my card is 4111-11**-****-1111.\"}");
    assert_masked("note=4111111111111111", "note=411111******1111");
    assert_masked("note=4111%201111%201111%201111", "note=4111%2011**%20****%201111");
    assert_masked("{\"key\":\"sk_test_abcDEF-_1\"}", "{\"key\":\"sk_test_*********\"}");
    assert_masked("key=sk_live_abc&b=2", "key=sk_live_***&b=2");
    assert_masked("just text with sk_test_abc and more", "just text with sk_test_*** and more");
}

static void numbers_beside_a_card_do_not_hide_it(void **state)
{
    (void)state;
    assert_masked("{\"a\":\"4111111111111111 12/30\"}", "{\"a\":\"411111******1111 12/30\"}");
    assert_masked("{\"a\":\"2030 4111 1111 1111 1111 123\"}",
                  "{\"a\":\"2030 4111 11** **** 1111 123\"}");
    assert_masked("a=4111111111111111+5555555555554444", "a=411111******1111+555555******4444");
}

static void other_numbers_do_not_change(void **state)
{
    (void)state;
    assert_masked("{\"phone\":\"+380987654321\",\"at\":1597833098000,\"id\":\"4111111111111112\"}",
                  "{\"phone\":\"+380987654321\",\"at\":1597833098000,\"id\":\"4111111111111112\"}");
    assert_masked("{\"id\":\"x4111111111111111\"}", "{\"id\":\"x4111111111111111\"}");
    assert_masked("[0.4111111111111111,4111111111111111.5]",
                  "[0.4111111111111111,4111111111111111.5]");
    assert_masked("51111111-1111-4111-8111-111111111111 41111111-1111-1111-a111-111111111111",
                  "51111111-1111-4111-8111-111111111111 41111111-1111-1111-a111-111111111111");
    assert_masked("+628123456789018 2026112912345678", "+628123456789018 2026112912345678");
    assert_masked("{\"public_key\":\"pk_test_abc\"}", "{\"public_key\":\"pk_test_abc\"}");
    assert_masked("{\"long\":\"41111111111111111111111111111111\"}",
                  "{\"long\":\"41111111111111111111111111111111\"}");
}

static void escapes_hide_nothing(void **state)
{
    (void)state;
    assert_masked("{\"cv\\u0076\":\"123\"}", "{\"cv\\u0076\":\"***\"}");
    assert_masked("{\"card_number\":\"\\u0034111111111111111\"}",
                  "{\"card_number\":\"*********************\"}");
    assert_masked("card_number=%34111111111111111", "card_number=******************");
}

static void broken_json_is_masked_as_far_as_it_goes(void **state)
{
    (void)state;
    assert_masked("{\"cvv\":\"123", "{\"cvv\":\"***");
    assert_masked("{\"cvv\":", "{\"cvv\":");
    assert_masked("{\"cvv\"", "{\"cvv\"");
    assert_masked("{\"a\\", "{\"a\\");
    assert_masked("{\"cvv\\", "{\"cvv\\");
    assert_masked("{\"a\":\"4111111111111111\\", "{\"a\":\"411111******1111\\");
    assert_masked("{\"cvv\":[\"123\"", "{\"cvv\":[\"***\"");
    assert_masked("{cvv:123,'cvc':'77'}", "{cvv:100,'cvc':****}");
    assert_masked("", "");
}

static void a_harmless_name_does_not_change_in_any_spelling(void **state)
{
    (void)state;
    const char *const bodies[] = {
        "{\"a\\/b\":\"123\",\"\\u0417\":\"x\",\"c\\u0076x\":5}",
        "{\"cvv_result\":\"M\",\"cvv\\u0417\":1,\"\\u0063v\":2,\"\":\"x\"}",
        "a%2Fb=123&cvx=5&%D0%97=x&my[cvx]=1",
        "<a cvx=\"123\"><b>123</b></a>",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        assert_masked(bodies[i], bodies[i]);
    }
}

static void everything_under_a_secret_name_is_hidden(void **state)
{
    (void)state;
    assert_masked("{\"cvv\":[\"123\",{\"a\":\"45\",\"b\":[6,true,null]}],\"c\":\"7\"}",
                  "{\"cvv\":[\"***\",{\"a\":\"**\",\"b\":[0,true,null]}],\"c\":\"7\"}");
    assert_masked("{\"cvv\":-12.5e3,\"api_key\":1234567890123456}",
                  "{\"cvv\":-10.0e0,\"api_key\":1000000000000000}");
    assert_masked("cvv[a][b]=1&cvv[0]=2&x[cvv][]=3", "cvv[a][b]=*&cvv[0]=*&x[cvv][]=*");
    assert_masked("{\"cardNumber\":\"4111111111111111\",\"Card-Number\":\"41\"}",
                  "{\"cardNumber\":\"411111******1111\",\"Card-Number\":\"**\"}");
}

static void urls_in_json(void **state)
{
    (void)state;
    assert_masked("{\"return_url\":\"https:\\/\\/shop.example\\/?a=1&cvv=123&b=2\",\"c\":\"3\"}",
                  "{\"return_url\":\"https:\\/\\/shop.example\\/?a=1&cvv=***&b=2\",\"c\":\"3\"}");
    assert_masked("{\"u\":\"/?order=5\\u0026card%5Bcvv%5D=77\\u0026password=x\"}",
                  "{\"u\":\"/?order=5\\u0026card%5Bcvv%5D=**\\u0026password=*\"}");
    assert_masked("{\"u\":\"/?q=4111111111111111&&=&cvv\",\"v\":\"what? cvv: 12\"}",
                  "{\"u\":\"/?q=411111******1111&&=&cvv\",\"v\":\"what? cvv: **\"}");
    assert_masked("{\"u\":\"/?\",\"v\":\"?cvv=1", "{\"u\":\"/?\",\"v\":\"?cvv=*");
    assert_masked("{\"u\":\"4111111111111111?token=abc\"}",
                  "{\"u\":\"411111******1111?token=abc\"}");
}

static void cards_in_names_lists_and_escapes(void **state)
{
    (void)state;
    assert_masked("{\"4111111111111111\":[\"5555555555554444\",[4111111111111111]]}",
                  "{\"411111******1111\":[\"555555******4444\",[4111110000001111]]}");
    assert_masked("{\"a\":\"\\u0034111 1111 1111 1111\",\"b\":\"\\n4111111111111111\"}",
                  "{\"a\":\"************************\",\"b\":\"\\n411111******1111\"}");
    assert_masked("4111111111111111=1&%34111111111111111", "411111******1111=1&******************");
    assert_masked("order-4111111111111111", "order-411111******1111");
}

static void a_multipart_form(void **state)
{
    (void)state;
    assert_masked("--b\r\nContent-Disposition: form-data; name=\"cvv\"\r\n\r\n123\r\n"
                  "--b\r\nContent-Disposition: form-data; filename=\"cvv\"; name=note\r\n\r\n"
                  "4111 1111 1111 1111\r\n--b\r\nContent-Disposition: form-data; "
                  "name=\"card[card_number]\"\r\n\r\n4111111111111111\r\n--b--\r\n",
                  "--b\r\nContent-Disposition: form-data; name=\"cvv\"\r\n\r\n***\r\n"
                  "--b\r\nContent-Disposition: form-data; filename=\"cvv\"; name=note\r\n\r\n"
                  "4111 11** **** 1111\r\n--b\r\nContent-Disposition: form-data; "
                  "name=\"card[card_number]\"\r\n\r\n411111******1111\r\n--b--\r\n");
    assert_masked("--b\nContent-Disposition: form-data; name=cvv\n\n12\n--b\n\n{\"cvv\":\"1\"}\n",
                  "--b\nContent-Disposition: form-data; name=cvv\n\n**\n--b\n\n{\"cvv\":\"*\"}\n");
    /* the boundary within a line ends no part */
    assert_masked("--b\nContent-Disposition: form-data; name=cvv\n\n1--b2\n--b--\n",
                  "--b\nContent-Disposition: form-data; name=cvv\n\n*****\n--b--\n");
    /* whichever name the reader takes */
    static const char *const heads[] = {
        "X: name=a\nContent-Disposition: form-data; name=cvv",
        "Content-Disposition: form-data; b=\"; name=c\"; name=cvv",
        "Content-Disposition: form-data; b=\"; name=\"; name=cvv;\"; c=d",
        "Content-Disposition: form-data; b=\"name=c\",name=cvv , d=e",
        "Content-Disposition: form-data; name=card [cvv]",
        "Content-Disposition: form-data; name=name= ;NAME=cvv",
    };
    for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
        buf_auto text = {0}, masked = {0};
        buf_printf(&text, "--b\n%s\n\n12\n--b--\n", heads[i]);
        buf_printf(&masked, "--b\n%s\n\n**\n--b--\n", heads[i]);
        assert_masked(buf_str(&text), buf_str(&masked));
    }
    assert_masked("--", "--");
    assert_masked("--b\r\n", "--b\r\n");
}

static void hide(void *arg, const struct mask_span *span)
{
    mask_hide(arg, span->start + span->size, span);
}

/* The Content-Type says where parts begin, as it says it to those who read them. */
static void parts_begin_where_the_content_type_says(void **state)
{
    static const char *const bodies[] = {
        "\n--b\nContent-Disposition: form-data; name=cvv\n\n98\n--b--\n",
        "cvv: 98\n--b\nContent-Disposition: form-data; name=cvv\n\n98\n--b--\ncvv=98",
        "--x\r\n--b\r\nContent-Disposition: form-data; name=cvv\r\n\r\n98\r\n--b--\r\n",
        "--b \r\nContent-Disposition: form-data; name=cvv\r\n\r\n98\r\n--b--\r\n",
        "--b x\nContent-Disposition: form-data; name=cvv\n\n98\n--b--\n",
        "--b\r\nContent-Disposition: form-data; name=cvv\n\r\n98\r\n--b--",
        "<a>\n--b\nContent-Disposition: form-data; name=cvv\n\n98\n--b--\n",
        "{\n--b\nContent-Disposition: form-data; name=cvv\n\n98\n--b--\n",
        "--b\nContent-Disposition: form-data; name=cvv\n\nx\n--bx\n\n98\n--b--\n",
        "--b\nContent-Disposition: form-data; name= 'cvv'\n\n98\n--b--\n",
        "--b\nContent-Disposition: form-data;\n name=cvv x\n\n98\n--b--\n",
        "--b\nContent-Disposition: form-data; name=\"card\\\"[cvv]\"\n\n98\n--b--\n",
        "--b\nContent-Disposition: form-data; name=a\n\na=b&cvv=98\n--b--\n",
        "--b\nContent-Disposition: form-data; name=cvv\n\n98",
        "--b\nContent-Disposition: form-data; name=cvv; cvv=98",
        "--c\nContent-Disposition: form-data; name=cvv\n\n98\n--c--\n", /* another boundary */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        buf_auto text = {0};
        buf_text(&text, bodies[i]);
        mask_find("multipart/form-data; boundary=b", bodies[i], text.size, hide, text.data);
        assert_row(bodies[i], !strstr(buf_str(&text), "98"));
    }
}

static void pairs_in_the_value_of_a_pair(void **state)
{
    (void)state;
    assert_masked("x=1\r\ncvv=98125", "x=1\r\ncvv=*****");
    assert_masked("x=1; cvv=98124&y=2", "x=1; cvv=*****&y=2");
    assert_masked("cvv%00=98", "cvv%00=**");
}

/* Each of these bodies is searched once, not once from each place. */
static void long_texts_cost_their_size(void **state)
{
    static const char *const units[] = {"a:", "cvv:",  "cvv ", "cvv\"",
                                        "-",  "name=", "--\n", "a=b;"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        buf_auto text = {0}, dashes = {0};
        for (int k = 0; k < 100000; k++) {
            buf_text(&text, units[i]);
        }
        mask_body(text.data, text.size);
        for (int k = 0; k < 300000; k++) {
            buf_text(&dashes, k == 60000 ? "\n" : "-");
        }
        mask_body(dashes.data, dashes.size);
    }
}

static void xml(void **state)
{
    (void)state;
    assert_masked("<?xml version=\"1.0\"?><p:sale cvv='123'><p:cvv> 456 </p:cvv><n>7</n></p:sale>",
                  "<?xml version=\"1.0\"?><p:sale cvv='***'><p:cvv> *** </p:cvv><n>7</n></p:sale>");
    assert_masked("<card_number><part>4111</part><![CDATA[1111]]></card_number>4",
                  "<card_number><part>****</part><![CDATA[****]]></card_number>4");
    assert_masked("<param name=\"cvv\">123</param><param name=\"x\" value=\"4111111111111111\"/>",
                  "<param name=\"cvv\">***</param><param name=\"x\" value=\"411111******1111\"/>");
    assert_masked("<a>&#52;111111111111111</a><!-- cvv: 123 --><cvv/><b>1</b>",
                  "<a>********************</a><!-- cvv: *** --><cvv/><b>1</b>");
}

static void broken_xml_is_masked_as_far_as_it_goes(void **state)
{
    static const char *const rows[][2] = {
        {"<a cvv=123>1</a>", "<a cvv=***>1</a>"}, /* without quotes */
        {"<a cvv=123 b=4>1</a>", "<a cvv=*** b=4>1</a>"},
        {"<a cvv=123", "<a cvv=***"},
        {"<a cvv=", "<a cvv="},
        {"<a cvv = '123'/>", "<a cvv = '***'/>"},
        {"<a cvv='123", "<a cvv='***"},
        {"<a cvv b='1'/>", "<a cvv b='1'/>"},
        {"<a =\"1\" cvv='2'/>", "<a =\"1\" cvv='*'/>"},
        {"<cvv>123", "<cvv>***"},
        {"<cvv>\t12\r\n</cvv>3", "<cvv>\t**\r\n</cvv>3"},
        {"<cvv> </cvv>3", "<cvv> </cvv>3"},
        {"</a><cvv>1</cvv>", "</a><cvv>*</cvv>"},
        {"<cvv>1</cvv", "<cvv>*</cvv"},
        {"<cvv><![CDATA[12", "<cvv><![CDATA[**"},
        {"<a><!-- cvv: 12", "<a><!-- cvv: **"},
        {"<?x cvv: 12?><!DOCTYPE a><cvv>3</cvv>", "<?x cvv: **?><!DOCTYPE a><cvv>*</cvv>"},
        {"<", "<"},
        {"<a", "<a"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_masked(rows[i][0], rows[i][1]);
    }
}

static void entities_hide_nothing(void **state)
{
    static const char *const rows[][2] = {
        {"<a>&#x34;111111111111111</a>", "<a>*********************</a>"},
        {"<a>&#X34;111111111111111</a>", "<a>*********************</a>"},
        /* these are not entities, and the digits after them are not a card number */
        {"<a>&#;411111111111111</a>", "<a>&#;411111111111111</a>"},
        {"<a>&#52 11111111111111</a>", "<a>&#52 11111111111111</a>"},
        {"<a>&#x;</a>", "<a>&#x;</a>"},
        {"<a>1 &#52", "<a>1 &#52"},
        {"<a>1 &#5", "<a>1 &#5"},
        {"<a>1 &lt; 2 &", "<a>1 &lt; 2 &"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_masked(rows[i][0], rows[i][1]);
    }
}

static void text_of_no_format(void **state)
{
    (void)state;
    assert_masked("my cvv: 123, please; cvv_ok: 5", "my cvv: ***, please; cvv_ok: 5");
    assert_masked("card-number: 4111111111111111\ncvc : 9",
                  "card-number: 411111******1111\ncvc : *");
}

static void the_query_of_a_target(void **state)
{
    (void)state;
    char text[] = "/hpp/cgi_1?token=abc&card_number=4111111111111111&cvv=123&x=token";
    mask_target(text, strlen(text));
    assert_string_equal(text, "/hpp/cgi_1?token=***&card_number=411111******1111&cvv=***&x=token");
    char path[] = "/payment-invoices/4111111111111111";
    mask_target(path, strlen(path));
    assert_string_equal(path, "/payment-invoices/411111******1111");
    char referer[] = "https://shop.test/pay/4111-1111-1111-1111?card%5Bcvv%5D=123";
    mask_target(referer, strlen(referer));
    assert_string_equal(referer, "https://shop.test/pay/4111-11**-****-1111?card%5Bcvv%5D=***");
}

static void headers(void **state)
{
    (void)state;
    assert_true(mask_hides_header("authorization"));
    assert_true(mask_hides_header("Cookie"));
    assert_true(mask_hides_header("X-MOCK-TOKEN"));
    assert_false(mask_hides_header("Content-Type"));
}

struct found {
    char text[256];
};

static void note(void *arg, const struct mask_span *span)
{
    struct found *found = arg;
    size_t at = strlen(found->text);
    snprintf(found->text + at, sizeof found->text - at, "%zu+%zu:%d ", span->start, span->size,
             (int)span->kind);
}

static void spans_are_the_same_before_and_after(void **state)
{
    (void)state;
    char text[] = "{\"card_number\":\"4111111111111111\",\"k\":\"sk_test_abc\",\"cvv\":\"123\"}";
    struct found before = {""}, after = {""};
    mask_find(NULL, text, strlen(text), note, &before);
    mask_body(text, strlen(text));
    mask_find(NULL, text, strlen(text), note, &after);
    assert_string_equal(before.text, "16+16:0 47+3:3 59+3:1 ");
    assert_string_equal(after.text, before.text);
}

static void a_text_that_was_cut_is_hidden_as_far_as_it_goes(void **state)
{
    const struct mask_span half = {.start = 2, .size = 10, .kind = MASK_SECRET};
    const struct mask_span none = {.start = 4, .size = 1, .kind = MASK_SECRET};
    char text[] = "abcd";
    (void)state;
    mask_hide(text, 4, &none);
    assert_string_equal(text, "abcd");
    mask_hide(text, 4, &half);
    assert_string_equal(text, "ab**");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_number_keeps_its_first_six_and_last_four_digits),
        cmocka_unit_test(a_number_that_is_too_short_shows_nothing),
        cmocka_unit_test(codes_and_keys_show_nothing),
        cmocka_unit_test(bare_numbers_stay_json),
        cmocka_unit_test(cards_and_secret_keys_are_found_anywhere),
        cmocka_unit_test(numbers_beside_a_card_do_not_hide_it),
        cmocka_unit_test(other_numbers_do_not_change),
        cmocka_unit_test(escapes_hide_nothing),
        cmocka_unit_test(broken_json_is_masked_as_far_as_it_goes),
        cmocka_unit_test(a_harmless_name_does_not_change_in_any_spelling),
        cmocka_unit_test(everything_under_a_secret_name_is_hidden),
        cmocka_unit_test(cards_in_names_lists_and_escapes),
        cmocka_unit_test(a_multipart_form),
        cmocka_unit_test(parts_begin_where_the_content_type_says),
        cmocka_unit_test(pairs_in_the_value_of_a_pair),
        cmocka_unit_test(long_texts_cost_their_size),
        cmocka_unit_test(xml),
        cmocka_unit_test(broken_xml_is_masked_as_far_as_it_goes),
        cmocka_unit_test(entities_hide_nothing),
        cmocka_unit_test(text_of_no_format),
        cmocka_unit_test(the_query_of_a_target),
        cmocka_unit_test(headers),
        cmocka_unit_test(a_text_that_was_cut_is_hidden_as_far_as_it_goes),
        cmocka_unit_test(spans_are_the_same_before_and_after),
        cmocka_unit_test(urls_in_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
