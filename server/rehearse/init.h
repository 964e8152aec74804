/*
 * --init: watches one purchase that a person makes by hand, and writes rehearsal.json with what it
 * recognised. Private to server/rehearse/.
 *
 * What was seen is one JSON value: {"invoice": attributes, "id", "service", "creation": "POST
 * /payment-invoices", "callback": status code that the shop answered or null, "done": bool}.
 */
#pragma once

#include "rehearse/rehearsal.h"
#include "rehearse/rehearse_keeper.h"

/* Does all of it. Returns NULL, or why nothing was written. */
const char *init_settings(struct rehearsal *rehearsal);

/* init_watch.c: the worker. It writes a line with what it has seen to `out` when there is news, or
 * a line with {"error"}, and ends when the purchase is complete. */
struct init_watch {
    const struct rehearsal *rehearsal;
    int port; /* for the shop; 0: it is not started here */
    int out;
};
keeper_worker init_watch;

/* init_recognise.c: rehearsal.json for a purchase, and its description on stdout. `port`: as above.
 * A new value. */
json_t *init_recognise(struct arena *arena, const char *shop, int port, const json_t *seen);
