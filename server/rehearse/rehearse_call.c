#include "rehearse/rehearse_call.h"

#include "base/text.h"
#include "deliver/deliver_transfer.h"
#include "fetch/fetch.h"

#include <arpa/inet.h>
#include <string.h>

#define BODY_MOST ((size_t)16 << 20)

static bool is_link_local(const struct sockaddr *address)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    if (address->sa_family == AF_INET) {
        memcpy(&in, address, sizeof in);
        return (ntohl(in.sin_addr.s_addr) >> 16) == 0xa9fe; /* 169.254/16 */
    }
    memcpy(&in6, address, sizeof in6);
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr);
}

static const char *objection(void *arg, const struct sockaddr *address)
{
    const char *why = is_link_local(address) ? NULL : address_objection(address);
    return why ? arena_printf(arg,
                              "its host is %s; a rehearsal calls this machine and private "
                              "networks only",
                              why)
               : NULL;
}

/* The fields of the head: the type of the body, then the call's own. */
static struct fetch_field *fields_of(struct arena *arena, const struct rehearse_call *call,
                                     size_t *ret_n)
{
    size_t n = 0;
    const char *name;
    json_t *value;
    struct fetch_field *fields =
        arena_alloc(arena, (json_object_size(call->headers) + 1) * sizeof *fields);
    if (call->type) {
        fields[n++] = (struct fetch_field){"Content-Type", call->type};
    }
    json_object_foreach((json_t *)call->headers, name, value)
    {
        fields[n++] = (struct fetch_field){name, json_string_value(value)};
    }
    *ret_n = n;
    return fields;
}

void rehearse_call(struct arena *arena, const struct rehearse_call *call,
                   struct rehearse_reply *ret_reply)
{
    struct fetch_reply reply;
    struct fetch_call made = {
        .method = call->method,
        .url = call->url,
        .agent = "milkypay-mock-rehearse/" MILKYPAY_VERSION,
        .body = call->body,
        .unverified = true, /* servers of this machine or network */
        .timeout_ms = call->timeout_ms,
        .body_most = BODY_MOST,
        .too_long = "its body is longer than 16 MiB",
        .objection = objection,
        .arg = arena,
    };
    made.fields = fields_of(arena, call, &made.n_fields);
    fetch(arena, &made, &reply);
    *ret_reply = (struct rehearse_reply){.status = reply.status,
                                         .headers = json_object(),
                                         .body = reply.body,
                                         .failure = reply.failure,
                                         .refused = reply.end == FETCH_OBJECTED};
    for (size_t i = 0; i < reply.n_fields; i++) {
        json_object_set_new_nocheck(ret_reply->headers, reply.fields[i].name,
                                    json_string(reply.fields[i].value));
    }
}

const char *rehearse_header(const json_t *headers, const char *name)
{
    const char *each;
    json_t *value;
    json_object_foreach((json_t *)headers, each, value)
    {
        if (text_equal_nocase(each, name)) {
            return json_string_value(value);
        }
    }
    return NULL;
}

void rehearse_reply_finish(struct rehearse_reply *reply)
{
    json_decref(reply->headers);
    buf_finish(&reply->body);
    *reply = (struct rehearse_reply){0};
}
