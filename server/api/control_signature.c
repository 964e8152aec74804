#include "control.h"

#include "receiver/signature_diagnosis.h"

#define SIGNATURE_LENGTH_MOST 1000

struct signature_input {
    const char *body, *body_base64, *signature, *key;
};

static const struct json_field fields[] = {
    {.name = "body",
     .kind = JSON_KIND_TEXT,
     .offset = JSON_AT(signature_input, body),
     .most = HTTP_BODY_MOST},
    {.name = "body_base64",
     .kind = JSON_KIND_TEXT,
     .offset = JSON_AT(signature_input, body_base64),
     .most = HTTP_BODY_MOST},
    {.name = "signature",
     .kind = JSON_KIND_TEXT,
     .offset = JSON_AT(signature_input, signature),
     .required = true,
     .most = SIGNATURE_LENGTH_MOST},
    {.name = "key", .kind = JSON_KIND_TEXT, .offset = JSON_AT(signature_input, key), .least = 1},
};

/* The body's bytes; answers 422 and returns false when there is none, or two. */
static bool read_body(struct call *call, const struct signature_input *input, struct buf *ret_body)
{
    const char *why = NULL;
    if (!input->body == !input->body_base64) {
        why = "body or body_base64 is wanted";
    } else if (input->body_base64 && !crypt_base64_decode(input->body_base64, ret_body)) {
        why = "body_base64: this is no base64";
    }
    if (why) {
        call_control_error(call, 422, "invalid", "%s", why);
    } else if (input->body) {
        buf_text(ret_body, input->body);
    }
    return !why;
}

static void reply_verdict(struct call *call, const struct signature_verdict *verdict)
{
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_bool(&out, "valid", verdict->reason == SIGNATURE_RIGHT);
    json_out_text(&out, "expected", verdict->expected);
    json_out_text(&out, "reason", signature_reason_name(verdict->reason));
    json_out_text(&out, "message", verdict->message);
    json_out_object_end(&out);
}

void control_verify_signature(struct call *call)
{
    struct signature_input input = {0};
    struct signature_verdict verdict;
    buf_auto body = {0};
    if (!control_has_tenant(call) ||
        !control_read(call, false, fields, ARRAY_SIZE(fields), &input) ||
        !read_body(call, &input, &body)) {
        return;
    }
    const struct signature_case given = {
        .body = buf_str(&body),
        .body_size = body.size,
        .signature = input.signature,
        .key = input.key,
        .keys = &call->tenant->account.keys,
    };
    signature_examine(call->arena, &given, &verdict);
    call->tenant->verified += verdict.reason == SIGNATURE_RIGHT;
    reply_verdict(call, &verdict);
}
