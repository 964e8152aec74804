/* Searches a few invoices with any line of terms, or any query. Whatever is found is an invoice of
 * the account, and a count is the number of all that is found. */
#include "stage.h"

#include "base/url.h"

#include <ctype.h>
#include <string.h>

static const char *const orders[] = {
    ("{\"service\":\"payment_card_usd_hpp\",\"currency\":\"USD\",\"amount\":100,\"test_mode\":true,"
     "\"reference_id\":\"order-1\",\"description\":\"red shoes\","
     "\"customer\":{\"reference_id\":\"c\",\"email\":\"a@b.cd\"}}"),
    ("{\"service\":\"payment_card_eur_hpp\",\"currency\":\"EUR\",\"amount\":5.5,\"test_mode\":true,"
     "\"callback_url\":\"http://127.0.0.1:9000/c\"}"),
    "{\"service\":\"payment_card_usd_hpp\",\"currency\":\"USD\",\"amount\":4000.91,\"test_mode\":"
    "true,\"description\":\"\\u00e9 100% "
    "_\"}"};

#define POPULATION (sizeof orders / sizeof *orders)

static void begin(void)
{
    static bool begun;
    for (size_t i = 0; !begun && i < POPULATION; i++) {
        struct stage_reply reply;
        stage_call("POST", "/payment-invoices", "", orders[i], strlen(orders[i]), &reply);
        PROMISE(reply.status == 201);
        stage_reply_finish(&reply);
    }
    begun = true;
}

/* Only the characters of a query; others are escaped. */
static void add_query(struct buf *out, const uint8_t *data, size_t size, bool raw)
{
    for (size_t i = 0; i < size; i++) {
        bool plain = isalnum(data[i]) || (raw && data[i] > ' ' && data[i] < 0x7f && data[i] != '#');
        buf_printf(out, plain ? "%c" : "%%%02X", data[i]);
    }
}

/* Returns how many were found, or -1 if the search was refused. With ?count=true nothing is found,
 * and `matching` is the number. */
static json_int_t find(const char *target, const char *query)
{
    struct stage_reply reply;
    buf_auto whole = {0};
    buf_printf(&whole, "%s%s", target, query);
    stage_call("GET", whole.data, "", NULL, 0, &reply);
    stage_check_reply(whole.data, &reply, false);
    json_auto_t *list = stage_json(&reply);
    const json_t *items = json_object_get(list, "items");
    json_int_t n = reply.status == 200 ? (json_int_t)json_array_size(items) : -1;
    const json_t *matching = json_object_get(list, "matching");
    n = json_is_integer(matching) ? json_integer_value(matching) : n;
    PROMISE(n <= (json_int_t)POPULATION || !strstr(target, "invoices"));
    stage_reply_finish(&reply);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const places[] = {"/_mock/payment-invoices?limit=100&count=true&q=",
                                         "/_mock/payment-invoices?count=true&",
                                         "/payment-invoices?",
                                         "/_mock/callbacks?",
                                         "/_mock/requests?",
                                         "/_mock/report?"};
    const size_t n_places = sizeof places / sizeof *places;
    buf_auto query = {0};
    stage();
    begin();
    size_t place = size ? data[0] % n_places : 0;
    add_query(&query, data + (size > 0), size - (size > 0), place > 0);
    json_int_t found = find(places[place], buf_str(&query));
    if (place == 0 && found >= 0) {
        PROMISE(find("/_mock/payment-invoices?count=true&q=", buf_str(&query)) == found);
        if (!strstr(buf_str(&query), "%22")) { /* in a quoted term that has no end a blank counts */
            buf_text(&query, "%20");
            PROMISE(find(places[0], query.data) == found);
        }
    }
    return 0;
}
