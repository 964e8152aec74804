#include "control.h"

#include "receiver/signature_diagnosis.h"

#define SIGNATURE_LENGTH_MOST 1000

struct signature_input {
    const char *body, *body_base64, *signature, *key;
};

static const struct json_field fields[] = {
    JSON_FIELD(signature_input, "body", TEXT, body, .most = HTTP_BODY_MOST),
    JSON_FIELD(signature_input, "body_base64", TEXT, body_base64, .most = HTTP_BODY_MOST),
    JSON_FIELD(signature_input, "signature", TEXT, signature, .required = true,
               .most = SIGNATURE_LENGTH_MOST),
    JSON_FIELD(signature_input, "key", TEXT, key, .least = 1),
};

/* The body's bytes. */
static struct answer *read_body(struct call *call, const struct signature_input *input,
                                struct buf *ret_body)
{
    if (!input->body == !input->body_base64) {
        return call_invalid(call, "exactly one of body and body_base64 is required");
    }
    if (input->body_base64 && !crypt_base64_decode(input->body_base64, ret_body)) {
        return call_invalid(call, "body_base64: must be base64");
    }
    if (input->body) {
        buf_text(ret_body, input->body);
    }
    return NULL;
}

static struct answer *reply_verdict(struct call *call, const struct signature_verdict *verdict)
{
    struct json_out out = call_reply_object(call, 200);
    json_out_bool(&out, "valid", verdict->reason == SIGNATURE_RIGHT);
    json_out_text(&out, "expected", verdict->expected);
    json_out_text(&out, "reason", signature_reason_name(verdict->reason));
    json_out_text(&out, "message", verdict->message);
    return call_reply_end(&out);
}

struct answer *control_verify_signature(struct call *call)
{
    struct signature_input input = {0};
    struct signature_verdict verdict;
    buf_auto body = {0};
    struct answer *refused = control_read(call, false, fields, ARRAY_SIZE(fields), &input)
                                 ?: read_body(call, &input, &body);
    if (refused) {
        return refused;
    }
    const struct signature_case given = {
        .body = buf_str(&body),
        .body_size = body.size,
        .signature = input.signature,
        .key = input.key,
        .keys = &call->tenant->account.keys,
        .old = &call->tenant->account.old_keys,
        .now_ms = clock_now(call->tenant),
    };
    signature_examine(call->arena, &given, &verdict);
    call->tenant->verified += verdict.reason == SIGNATURE_RIGHT;
    return reply_verdict(call, &verdict);
}
