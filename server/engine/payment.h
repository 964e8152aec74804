/*
 * The payer's side of an invoice: opening the card page, paying, cancelling. The page, the control
 * API's `pay` and the card gate share it.
 */
#pragma once

#include "engine/engine.h"

/* How a payer answers the bank's 3-D Secure challenge. */
enum payment_3ds {
    PAYMENT_3DS_PASS,
    PAYMENT_3DS_FAIL,    /* a wrong code, or cancelled there */
    PAYMENT_3DS_ABANDON, /* no answer: it stays pending, auth_3ds_required */
};

enum payment_result {
    PAYMENT_DONE,      /* decided (or pending, as the card has it): see the invoice */
    PAYMENT_CHALLENGE, /* the card wants 3-D Secure first: payment_answer decides */
    PAYMENT_CLOSED,    /* the invoice can no longer be paid, or has no service yet */
};

#define PAYMENT_CODE_TEXT 7 /* six digits */

/* A charge by token that is still to happen: it needs no payer. */
bool payment_is_by_token(const struct invoice *invoice);

/* The payer opened the page: from now on the page decides, not the timer. Not of a charge by token,
 * whose time nobody can stop by looking. */
void payment_opened(struct engine *engine, struct tenant *tenant, struct invoice *invoice);

/*
 * How many attempts the payer still has: the account's attempt_limit, or less where the invoice's
 * cardgate.retry_limit says so (P779, P826).
 */
int64_t payment_attempts_left(const struct tenant *tenant, struct arena *arena,
                              const struct invoice *invoice);

/* Whether the payer can pay now: pending, or failed with attempts and time left. While no service
 * is chosen, nothing can be paid. */
bool payment_is_open(const struct tenant *tenant, struct arena *arena,
                     const struct invoice *invoice);

/* Whether the invoice's service is paid by card; others are confirmed (payment_confirmed). */
bool payment_takes_cards(const struct engine *engine, const struct invoice *invoice);

/*
 * Pays by card; the card decides (P1051). A card with 3-D Secure leaves the invoice pending
 * with auth_3ds_required and a challenge; an open challenge of an earlier attempt is forgotten.
 */
enum payment_result payment_by_card(struct engine *engine, struct tenant *tenant,
                                    struct arena *arena, struct invoice *invoice,
                                    const struct card_entry *card, const char *client_ip);

/* True while a 3-D Secure challenge waits for its answer. */
bool payment_is_challenged(const struct invoice *invoice);

/* The one-time code of the invoice's open challenge: what the bank would send to the payer's phone.
 */
void payment_code(const struct engine *engine, const struct invoice *invoice,
                  char ret_code[PAYMENT_CODE_TEXT]);

/* Answers the open challenge: the card's outcome follows, or invalid_3ds_code. PAYMENT_CLOSED: none
 * is open. */
enum payment_result payment_answer(struct engine *engine, struct tenant *tenant,
                                   struct arena *arena, struct invoice *invoice,
                                   enum payment_3ds three_ds);

/* Pays without a card. `outcome` (outcome.h) is what the payer chose; NULL: what was planned
 * happens, else success. */
enum payment_result payment_confirmed(struct engine *engine, struct tenant *tenant,
                                      struct arena *arena, struct invoice *invoice,
                                      const char *outcome, const char *client_ip);

/* The payer gave up. */
enum payment_result payment_cancelled(struct engine *engine, struct tenant *tenant,
                                      struct arena *arena, struct invoice *invoice);

/* Where the payer goes back to, NULL: nowhere (P786). Lives in the arena. */
const char *payment_return_url(const struct tenant *tenant, struct arena *arena,
                               const struct invoice *invoice);
