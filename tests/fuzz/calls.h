/*
 * A grammar of scripts of calls to the API.
 *
 * A script is a list of calls with the byte CALLS_NEXT between them. A call is a line with method
 * and target, lines of headers, an empty line, and the body:
 *
 *     POST /payment-invoices
 *     X-Mock-Outcome: process_pending
 *
 *     {"service":"payment_card_usd_hpp","currency":"USD","amount":100,"test_mode":true}
 *
 * "<cpi_>" stands for the last id of this kind that a reply has named. A target of "@SECONDS" lets
 * time pass.
 */
#pragma once

#include "mutate.h"

#include "base/buf.h"
#include "base/mem.h"

#define CALLS_NEXT '\x1e'
#define CALLS_MOST 24
#define CALL_HEADERS_TEXT 2000

struct script_call {
    const char *method, *target;
    const char *headers; /* whole lines, each ending in CR LF; or "" */
    const char *body;    /* NULL: none */
    size_t body_size;
};

/* Splits a text at its first CALLS_NEXT; returns the rest, NULL at the end. Writes into the text.
 * `ret_call->method` is NULL if the call cannot be read. */
char *calls_next(struct arena *arena, char *text, size_t size, size_t *ret_rest_size,
                 struct script_call *ret_call);

/* The ids that replies have named, by kind. */
struct seen_ids {
    char ids[24][80];
};

/* Takes the ids out of a reply. */
void seen_ids_take(struct seen_ids *seen, const char *text);

/* Appends a text, with ids in place of "<cpi_>". */
void seen_ids_put(const struct seen_ids *seen, struct buf *out, const char *text, size_t size);

/* Mutates a script: adds a call of a route of the server with a body that fits, repeats, moves or
 * removes one, or changes its target, its headers or a value of its body. */
size_t mutate_calls(uint8_t *data, size_t size, size_t most, unsigned seed);
