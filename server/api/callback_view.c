#include "api/control.h"

#include "api/header_view.h"
#include "engine/outbox.h"
#include "store/store_callback.h"

#include <string.h>

#define BRIEF_ATTEMPTS 100 /* the last ones; retries end at 100 */
#define ANSWER_MOST 200    /* bytes of the first line of an answer */
#define ANSWER_READ 1024   /* bytes in which it is looked for, after blank lines */

static void write_message(struct json_out *out, const char *key, const char *line,
                          const char *headers, const char *lines, const char *body, size_t size)
{
    json_out_object(out, key);
    json_out_text(out, "line", line);
    json_out_raw(out, "headers", headers ? headers : "{}");
    header_lines_write(out, lines);
    json_out_text_sized(out, "body", body, size);
    json_out_object_end(out);
}

/* `body`: the callback's; NULL: without what was sent and answered. */
static void write_attempt(struct json_out *out, const struct attempt *attempt, const char *body)
{
    json_out_object(out, NULL);
    json_out_int(out, "number", attempt->number);
    json_out_int(out, "at", attempt->at_ms);
    json_out_int(out, "took_ms", attempt->took_ms);
    json_out_int_or_null(out, "code", attempt->code, 0);
    json_out_text(out, "error", attempt->error);
    if (attempt->fault) {
        json_out_text(out, "fault", fault_kind_name(attempt->fault));
    }
    if (!body) {
        json_out_object_end(out);
        return;
    }
    const char *sent = attempt->request_body ? attempt->request_body : body;
    write_message(out, "request", attempt->request_line, attempt->request_headers, NULL, sent,
                  strlen(sent));
    if (attempt->response_headers) {
        write_message(out, "response", attempt->response_line, attempt->response_headers,
                      attempt->response_lines, attempt->response_body ? attempt->response_body : "",
                      (size_t)attempt->response_size);
    } else {
        json_out_null(out, "response");
    }
    json_out_object_end(out);
}

/* A callback that waits for a free connection is shown as queued. */
static enum callback_state shown_state(const struct call *call, const struct callback *callback)
{
    bool sending = callback->state == CALLBACK_SENDING &&
                   deliver_is_sending(call->engine->deliver, callback->seq);
    return callback->state == CALLBACK_SENDING && !sending ? CALLBACK_QUEUED : callback->state;
}

void callback_answer(struct call *call, struct json_out *out, int64_t callback)
{
    const char *body =
        store_attempt_answer(call->engine->store, call->arena, callback, ANSWER_READ) ?: "";
    body += strspn(body, " \t\r\n");
    size_t size = strcspn(body, "\r\n");
    if (size > ANSWER_MOST) {
        size = ANSWER_MOST;
        while (size > 0 && ((unsigned char)body[size] & 0xC0) == 0x80) {
            size--; /* to the start of a character */
        }
    }
    if (size) {
        json_out_text_sized(out, "answer", body, size);
    } else {
        json_out_null(out, "answer");
    }
}

void callback_view(struct call *call, struct json_out *out, enum callback_detail detail,
                   const struct callback *callback, const struct invoice *invoice)
{
    struct store *store = call->engine->store;
    struct attempt *attempts;
    char id[IDENT_TEXT];
    size_t n =
        detail == CALLBACK_RAW
            ? store_attempt_all(store, call->arena, callback->seq, &attempts)
            : store_attempt_last(store, call->arena, callback->seq, BRIEF_ATTEMPTS, &attempts);
    ident_number("cb", callback->seq, id);
    json_out_object(out, NULL);
    json_out_text(out, "id", id);
    json_out_text(out, "invoice", invoice ? invoice->id : NULL);
    json_out_text(out, "reference_id", invoice ? invoice->reference_id : NULL);
    json_out_text(out, "transition", status_name(callback->transition));
    json_out_text(out, "url", callback->url);
    json_out_text(out, "state", callback_state_name(shown_state(call, callback)));
    json_out_int(out, "queued", callback->queued_ms);
    json_out_seconds(out, "due", callback->due_ms);
    json_out_array(out, "attempts");
    const char *body =
        n && detail == CALLBACK_RAW ? outbox_body(call->engine, call->arena, callback) : NULL;
    for (size_t i = 0; i < n; i++) {
        write_attempt(out, &attempts[i], body);
    }
    json_out_array_end(out);
    callback_answer(call, out, callback->seq);
    json_out_object_end(out);
}
