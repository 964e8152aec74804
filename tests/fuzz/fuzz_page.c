/* Shows an invoice whose texts are any bytes on the payer's pages, which templates make. The texts
 * add no markup: the page has as many angle brackets and quotes as one with harmless texts. */
#include "stage.h"

#include "wire/json_out.h"

#include <string.h>

static const char *const locales[] = {"en", "ru", "uk"};

static void write_order(struct buf *out, const char *text, size_t size, const char *locale)
{
    struct json_out json = {.buf = out};
    json_out_object(&json, NULL);
    json_out_text(&json, "service", "payment_card_usd_hpp");
    json_out_text(&json, "currency", "USD");
    json_out_int(&json, "amount", 100);
    json_out_bool(&json, "test_mode", true);
    json_out_text(&json, "locale", locale);
    json_out_text_sized(&json, "description", text, size);
    json_out_object(&json, "display");
    json_out_text_sized(&json, "merchant_name", text, size);
    json_out_object_end(&json);
    json_out_object(&json, "customer");
    json_out_text(&json, "reference_id", "c");
    json_out_text_sized(&json, "name", text, size);
    json_out_object_end(&json);
    json_out_object_end(&json);
}

/* Counts the characters that make markup on the page of an order; -1 if there is no such order. */
static long marks(const char *text, size_t size, const char *locale)
{
    buf_auto order = {0}, target = {0};
    struct stage_reply reply, page;
    long n = -1;
    write_order(&order, text, size, locale);
    stage_call("POST", "/payment-invoices", "X-Mock-Outcome: process_pending\r\n", order.data,
               order.size, &reply);
    stage_check_reply("/payment-invoices", &reply, false);
    const char *id = strstr(reply.body, "cgi_");
    if (reply.status == 201 && id) {
        buf_printf(&target, "/hpp/%.*s", (int)strcspn(id, "\"\\?&/"), id);
        stage_call("GET", target.data, "", NULL, 0, &page);
        PROMISE(page.status == 200 && page.whole);
        n = 0;
        for (size_t i = 0; i < page.size; i++) {
            n += strchr("<>\"", page.body[i]) != NULL;
        }
        stage_reply_finish(&page);
    }
    stage_reply_finish(&reply);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    stage();
    const char *locale = locales[size ? data[0] % 3 : 0];
    char text[300] = "x";
    size_t length = size < 200 ? size : 200;
    memcpy(text + 1, data, length);
    long plain = marks("x", 1, locale), found = marks(text, length + 1, locale);
    PROMISE(plain > 0 && (found < 0 || found == plain));
    stage_reset();
    return 0;
}
