/*
 * Why a call is refused: the words of the header X-Mock-Reason, of the journal's explanations and
 * of the log.
 */
#pragma once

#include "call/call.h"

/* Static texts. */
struct reason {
    const char *rule;    /* a name for programs: "wrong_api_key" */
    const char *where;   /* the part of the request: "Authorization" */
    const char *message; /* what is wrong */
    const char *remedy;  /* what to do, or NULL */
};

/* The reason of a refusal, or, of REFUSAL_NONE, what the status means; never NULL. */
const struct reason *reason_of(enum journal_refusal refusal, unsigned status);

/*
 * Adds X-Mock-Reason to a refusal of the platform's endpoints, and logs those that are mistakes of
 * the set-up (401, 403, 405, 404 of a path). It is one line of at most 256 bytes of ASCII, without
 * secrets that were sent. The hint of a call that was accepted goes to the journal and to the log.
 * Called by the router when a call has been answered.
 */
void reason_give(struct call *call);

/* "the nearest is GET /payment-invoices", for an unknown path or method; if none is near, where all
 * are listed. In the arena. */
const char *reason_nearest(const struct call *call);

/*
 * route_suggest.c: the route nearest to a path (without query, as the client sent it): with another
 * prefix, another platform's word (route_words.h), a few other letters, or another method. NULL if
 * none is near. Of a long path only the beginning counts.
 */
const struct route *route_suggest(const struct route *routes, size_t n, const char *method,
                                  const char *path);
