/*
 * Calls to the account that is compared, as rows of tables. Paths and bodies may contain {id},
 * {public_key}, {service}, {currency}, {reference}, and three times for `expires` (P422): {soon} is
 * allowed, {early} and {late} are not. Private to server/compare/.
 */
#pragma once

#include "compare/compare_call.h"

/* What lists name. */
enum kept {
    KEPT_NOTHING,
    KEPT_PAYMENTS,
    KEPT_PAYMENT_SERVICES,
    KEPT_PAYOUTS,
    KEPT_PAYOUT_SERVICES,
    KEPT_COUNT,
};

struct probe {
    const char *document; /* what the mock answers */
    const char *method;
    const char *path;
    enum compare_login login;
    const char *body; /* NULL: none */
    enum kept keeps;  /* the ids of the list that comes */
    enum kept takes;  /* makes the call for each of these ids */
    bool public;      /* requires the public key */
    bool form;        /* as a browser sends it; the body that comes is not compared */
    bool creates;     /* is refused if the service is not there */
};

/* The calls of one run: what they need, and the ids that they found. */
struct run;

/* Lives as long as the comparison. */
struct run *run_new(struct comparison *comparison);

const struct compare_options *run_options(const struct run *run);

/* Makes the first call. Returns NULL, or the reason why every other call would be pointless. */
const char *run_begin(struct run *run, const struct probe *probe);

/* Makes the calls of a row, and adds what comes to the comparison. */
void run_probe(struct run *run, const struct probe *probe);

/* True once the account has refused an order that should be right. */
bool run_is_refused(const struct run *run);

/* Where a row's call goes. */
const char *run_url(const struct run *run, const struct probe *probe);

/* compare_create.c: lists the calls that create invoices, and asks whether they may be made.
 * Returns NULL, or why not. */
const char *compare_ask(struct run *run);

/* Makes them. */
void compare_create(struct run *run);
