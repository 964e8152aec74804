/* One HTTP call, to the server or to the shop. */
#pragma once

#include "base/buf.h"
#include "base/mem.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct rehearse_call {
    const char *method, *url;
    const json_t *headers; /* an object of texts; NULL: none */
    const char *type;      /* Content-Type of the body; NULL: none, or in `headers` */
    const char *body;      /* NULL: none */
    int64_t timeout_ms;
};

struct rehearse_reply {
    int status;      /* 0: none came */
    json_t *headers; /* names as sent; of a repeated one the last */
    struct buf body;
    const char *failure; /* NULL: the reply is complete; else why not, in the arena or static */
    bool refused;        /* the address is a public one: a repetition would not help */
};

/* Makes the call and waits for its reply. Follows no redirect, uses no proxy, and connects to
 * loopback, private and link-local addresses only. */
void rehearse_call(struct arena *arena, const struct rehearse_call *call,
                   struct rehearse_reply *ret_reply);

/* The value of a header in any letter case; NULL: there is none. `headers`: as in a reply. */
const char *rehearse_header(const json_t *headers, const char *name);

void rehearse_reply_finish(struct rehearse_reply *reply);
