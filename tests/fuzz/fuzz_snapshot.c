/* Imports any document as a snapshot, restores it and uses what it has: reads and changes all
 * invoices, lets time pass, and exports it. The database stays sound, and what is exported can be
 * imported and says the same again. */
#include "stage.h"

#include "mutate.h"

#include <string.h>

#define INVOICES_USED 4

static const char *const words[] = {"process_pending",
                                    "processed",
                                    "process_failed",
                                    "created",
                                    "refunded",
                                    "partially_refunded",
                                    "refund_pending",
                                    "charged_back",
                                    "expired",
                                    "ok",
                                    "USD",
                                    "EUR",
                                    "order-1",
                                    "payment_card_usd_hpp",
                                    "http://127.0.0.1:9000/c",
                                    "queued",
                                    "done",
                                    "failed",
                                    "pending",
                                    "{}",
                                    "[]",
                                    "null",
                                    "timer",
                                    "payer",
                                    "command",
                                    "processed@1h,refunded@2h",
                                    "milkypay-mock-snapshot",
                                    "frozen",
                                    "running",
                                    "{\"token\":\"x\"}",
                                    "2020",
                                    "2024",
                                    "2025",
                                    "",
                                    NULL};

/* Makes a call whose reply must have the form of the API. Returns its status. */
static unsigned call(const char *method, const char *target, const char *body)
{
    struct stage_reply reply;
    stage_call(method, target, "", body, body ? strlen(body) : 0, &reply);
    stage_check_reply(target, &reply, false);
    unsigned status = reply.status;
    stage_reply_finish(&reply);
    return status;
}

/* Reads an invoice in all ways, and changes it. */
static void use_one(const char *kind, const char *id)
{
    static const struct {
        const char *before, *after;
    } ways[] = {{"/_mock", ""}, {"/_mock", "/timeline"}, {"/_mock", "/document"}, {"", ""}};
    char target[200];
    for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
        snprintf(target, sizeof target, "%s/%s/%.100s%s", ways[i].before, kind, id, ways[i].after);
        call("GET", target, NULL);
    }
    snprintf(target, sizeof target, "/_mock/%s/%.100s/transition", kind, id);
    call("POST", target, "{\"status\":\"processed\",\"force\":true}");
}

static void use(const char *kind)
{
    char target[100];
    struct stage_reply reply;
    size_t i;
    json_t *invoice;
    snprintf(target, sizeof target, "/_mock/%s?limit=%d", kind, INVOICES_USED);
    stage_call("GET", target, "", NULL, 0, &reply);
    stage_check_reply(target, &reply, false);
    json_auto_t *list = stage_json(&reply);
    json_array_foreach(json_object_get(list, "items"), i, invoice)
    {
        const char *id = json_string_value(json_object_get(invoice, "id"));
        PROMISE(id);
        use_one(kind, id);
    }
    stage_reply_finish(&reply);
}

static void restore_and_use(void)
{
    PROMISE(call("POST", "/_mock/snapshots/f/restore", NULL) < 300);
    call("GET", "/payment-invoices", NULL);
    call("GET", "/account/balances", NULL);
    call("GET", "/_mock/callbacks?bodies=true", NULL);
    use("payment-invoices");
    use("payout-invoices");
    call("GET", "/_mock/report?date=2023-11-14", NULL);
    stage_pass(3600000);
    stage_turns(10);
    stage_check_database();
}

/* Imports what was exported under another name, exports that, and compares. */
static void there_and_back(void)
{
    struct stage_reply first, second;
    stage_call("GET", "/_mock/snapshots/f", "", NULL, 0, &first);
    PROMISE(first.status == 200 && first.whole);
    stage_call("PUT", "/_mock/snapshots/g", "", first.body, first.size, &second);
    if (second.status != 201) {
        fprintf(stderr, "%s\n", second.body);
    }
    PROMISE(second.status == 201);
    stage_reply_finish(&second);
    stage_call("GET", "/_mock/snapshots/g", "", NULL, 0, &second);
    json_auto_t *a = stage_json(&first), *b = stage_json(&second);
    PROMISE(a && b && json_object_size(a) == json_object_size(b));
    PROMISE(json_array_size(json_object_get(a, "invoices")) ==
            json_array_size(json_object_get(b, "invoices")));
    PROMISE(json_equal(json_object_get(a, "balances"), json_object_get(b, "balances")));
    PROMISE(json_equal(json_object_get(a, "settings"), json_object_get(b, "settings")));
    stage_reply_finish(&first);
    stage_reply_finish(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stage_reply reply;
    stage();
    stage_call("PUT", "/_mock/snapshots/f", "", (const char *)data, size, &reply);
    stage_check_reply("/_mock/snapshots/f", &reply, false);
    if (reply.status < 300) {
        there_and_back();
        restore_and_use();
    }
    stage_reply_finish(&reply);
    stage_reset();
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    return mutate_document(data, size, most, seed, words);
}
