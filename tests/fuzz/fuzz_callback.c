/* Answers a callback with any bytes, which libcurl and the engine read. Every attempt ends, and its
 * record says what came. The first byte says how the connection goes on. */
#include "stage.h"

#include "base/text.h"

#include <string.h>

#define ORDER                                                                                      \
    "{\"service\":\"payment_card_usd_hpp\",\"currency\":\"USD\",\"amount\":100,\"test_mode\":"     \
    "true,"                                                                                        \
    "\"callback_url\":\"http://127.0.0.1:9000/c\"}"

static void create(void)
{
    struct stage_reply reply;
    stage_call("POST", "/payment-invoices", "X-Mock-Outcome: process_pending\r\n", ORDER,
               strlen(ORDER), &reply);
    PROMISE(reply.status == 201);
    stage_reply_finish(&reply);
}

/* An attempt has a status or an error, and both only if the error explains a refusal. */
static void check_attempt(const json_t *attempt)
{
    json_int_t code = json_integer_value(json_object_get(attempt, "code"));
    bool error = json_is_string(json_object_get(attempt, "error"));
    PROMISE(code ? code >= 200 && code <= 999 : error);
    PROMISE(!error || code != 200);
    PROMISE(!code || json_is_object(json_object_get(attempt, "response")));
    PROMISE(json_is_object(json_object_get(attempt, "request")));
}

static void check_callback(const char *id)
{
    char target[100];
    struct stage_reply reply;
    size_t i;
    json_t *attempt;
    snprintf(target, sizeof target, "/_mock/callbacks/%s", id);
    stage_call("GET", target, "", NULL, 0, &reply);
    json_auto_t *callback = stage_json(&reply);
    const json_t *attempts = json_object_get(callback, "attempts");
    const char *state = json_string_value(json_object_get(callback, "state"));
    if (reply.status != 200 || !json_array_size(attempts)) {
        fprintf(stderr, "the callback is %s\n", buf_str(&reply.bytes));
    }
    PROMISE(reply.status == 200 && state && json_array_size(attempts));
    json_array_foreach(attempts, i, attempt)
    {
        check_attempt(attempt);
    }
    json_int_t code = json_integer_value(json_object_get(attempt, "code"));
    if ((strcmp(state, "done") == 0) != (code == 200)) {
        fprintf(stderr, "the callback is %s\n", reply.body);
    }
    PROMISE(strcmp(state, "sending") != 0);
    PROMISE((strcmp(state, "done") == 0) == (code == 200));
    stage_reply_finish(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stage *s = stage();
    struct stage_reply reply;
    s->answer.size = 0;
    buf_add(&s->answer, size ? data + 1 : data, size ? size - 1 : 0);
    s->hangs = size && data[0] & 1;
    create();
    stage_turns(6);
    for (int i = 0; i < 4 && deliver_running(s->engine.deliver); i++) {
        stage_pass(31000);
        stage_turns(3);
    }
    PROMISE(!deliver_running(s->engine.deliver) && s->callbacks);
    stage_call("GET", "/_mock/callbacks", "", NULL, 0, &reply);
    json_auto_t *list = stage_json(&reply);
    const json_t *first = json_array_get(json_object_get(list, "items"), 0);
    check_callback(json_string_value(json_object_get(first, "id")));
    stage_reply_finish(&reply);
    stage_reset();
    return 0;
}
