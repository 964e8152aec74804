/* Makes the calls of a script, with bodies and ids that fit. Each reply has a known status and the
 * form of its API, and at the end the books add up. */
#include "stage.h"

#include "calls.h"

#include <string.h>

/* A fault may spoil replies, and it may stay in its account. */
static bool makes_faults(const struct script_call *call)
{
    return strstr(call->target, "faults");
}

static void make_call(const struct script_call *call, struct seen_ids *seen, bool faulty)
{
    buf_auto target = {0}, headers = {0}, body = {0};
    struct stage_reply reply;
    seen_ids_put(seen, &target, call->target, strlen(call->target));
    seen_ids_put(seen, &headers, call->headers, strlen(call->headers));
    seen_ids_put(seen, &body, call->body ? call->body : "", call->body_size);
    stage_call(call->method, buf_str(&target), buf_str(&headers),
               call->body ? buf_str(&body) : NULL, body.size, &reply);
    stage_check_reply(buf_str(&target), &reply, faulty);
    seen_ids_take(seen, buf_str(&reply.bytes));
    stage_reply_finish(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct seen_ids seen = {0};
    struct script_call call;
    bool faulty = false, restored = false;
    stage();
    char *text = arena_copy(&arena, (const char *)data, size);
    for (size_t n = 0; text && n < CALLS_MOST; n++) {
        char *rest = calls_next(&arena, text, size, &size, &call);
        if (call.method && *call.method == '@') {
            stage_pass(strtoll(call.method + 1, NULL, 10) % 100000 * 1000);
            stage_turns(2);
        } else if (call.method) {
            faulty = faulty || makes_faults(&call);
            restored = restored || strstr(call.target, "snapshots");
            make_call(&call, &seen, faulty);
        }
        text = rest;
    }
    if (!restored) { /* the file of a snapshot says what its balances are */
        stage_check_books();
    }
    stage_reset();
    arena_finish(&arena);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    return mutate_calls(data, size, most, seed);
}
