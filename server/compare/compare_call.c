#include "compare/compare_call.h"

#include "base/text.h"
#include "deliver/deliver_transfer.h"
#include "fetch/fetch.h"

#include <string.h>

#define BODY_MOST ((size_t)8 << 20)

#define WRONG_LOGIN "coma_0000000000000000"
#define WRONG_KEY "0000000000000000000000000000000000000000000"

/* Over plain http the login must stay in the private network. */
static const char *objection(void *arg, const struct sockaddr *address)
{
    (void)arg;
    return address_objection(address) ? "plain http would send the API key unencrypted; use https"
                                      : NULL;
}

static void take_names(const struct comparison *comparison, struct arena *arena,
                       const struct fetch_reply *reply, json_t *headers)
{
    for (size_t i = 0; i < reply->n_fields; i++) {
        comparison_add_header(comparison, headers, arena_strdup(arena, reply->fields[i].name));
    }
}

/* What the options of the command can change about it, if they can. */
static const char *failure_of(const struct fetch_reply *reply)
{
    return reply->end == FETCH_LATE ? "no complete reply in time; see --timeout"
           : reply->end == FETCH_UNTRUSTED
               ? "its certificate is not trusted for this name; see --ca"
               : reply->failure;
}

void compare_call(const struct comparison *comparison, const struct compare_call *call,
                  struct compare_reply *ret_reply)
{
    const struct compare_options *options = &comparison->options;
    bool wrong = call->login == COMPARE_LOGIN_WRONG, none = call->login == COMPARE_LOGIN_NONE;
    const struct fetch_field fields[] = {{"Accept", call->accept}, {"Content-Type", call->type}};
    const struct fetch_call made = {
        .method = call->method,
        .url = call->url,
        .agent = "milkypay-mock-compare/" MILKYPAY_VERSION,
        .fields = fields,
        .n_fields = call->type ? 2 : 1,
        .body = call->body,
        .login = none    ? NULL
                 : wrong ? WRONG_LOGIN
                         : options->account_id,
        .password = wrong ? WRONG_KEY : options->api_key,
        .ca = options->ca,
        .timeout_ms = options->timeout_ms,
        .body_most = BODY_MOST,
        .too_long = "its body is longer than 8 MiB",
        .objection = text_starts(call->url, "https:") ? NULL : objection,
    };
    struct arena arena = {0};
    struct fetch_reply reply;
    fetch(&arena, &made, &reply);
    *ret_reply = (struct compare_reply){.status = reply.status,
                                        .headers = json_object(),
                                        .body = reply.body,
                                        .failure = failure_of(&reply)};
    take_names(comparison, &arena, &reply, ret_reply->headers);
    arena_finish(&arena);
}

void compare_reply_finish(struct compare_reply *reply)
{
    json_decref(reply->headers);
    buf_finish(&reply->body);
}
