/*
 * The payer's side of an invoice: opening the card page, paying and cancelling. Used by the page,
 * the control API's `pay` and the card gate.
 */
#pragma once

#include "engine/engine.h"

/* How a payer answers the bank's 3-D Secure challenge. */
enum payment_3ds {
    PAYMENT_3DS_PASS,
    PAYMENT_3DS_FAIL,    /* a wrong code, or the payer cancelled */
    PAYMENT_3DS_ABANDON, /* no answer: it stays pending, auth_3ds_required */
};

enum payment_result {
    PAYMENT_DONE,      /* decided, or pending if the card says so: see the invoice */
    PAYMENT_CHALLENGE, /* the card requires 3-D Secure first: payment_answer decides */
    PAYMENT_CLOSED,    /* the invoice can no longer be paid, or has no service yet */
};

#define PAYMENT_CODE_TEXT 7 /* six digits */

/* The payer opened the page: from now on the page decides, not the timer. A charge by token keeps
 * its timer. */
void payment_opened(struct engine *engine, struct tenant *tenant, struct invoice *invoice);

/*
 * The number of attempts left: the account's attempt_limit, or the invoice's cardgate.retry_limit
 * if lower (P779, P826).
 */
int64_t payment_attempts_left(const struct tenant *tenant, struct arena *arena,
                              const struct invoice *invoice);

/* Returns true if the payer can pay now: the invoice is pending, or failed with attempts and time
 * left, but not by an outcome that ended its time. An invoice without a service cannot be paid. */
bool payment_is_open(const struct tenant *tenant, struct arena *arena,
                     const struct invoice *invoice);

/* Returns true if the invoice's service is paid by card; others use payment_confirmed. */
bool payment_takes_cards(const struct engine *engine, const struct invoice *invoice);

/*
 * Pays by card; the card decides the result (P1051). Test cards are declined like unknown ones if
 * the account does not accept them in this mode (account_refuses_tests). A card with 3-D Secure
 * leaves the invoice pending with auth_3ds_required and a challenge, which replaces one of an
 * earlier attempt.
 */
enum payment_result payment_by_card(struct engine *engine, struct tenant *tenant,
                                    struct arena *arena, struct invoice *invoice,
                                    const struct card_entry *card, const char *client_ip);

/* The stored card that an invoice offers. */
struct payment_saved {
    const char *mask;
    const char *network; /* or NULL */
    char expiry[5];      /* MMYY */
};

/* Returns false if the invoice offers none. */
bool payment_saved_card(const struct invoice *invoice, struct arena *arena,
                        struct payment_saved *ret_saved);

/* Pays with that card, which decides the result as when it is typed. PAYMENT_CLOSED also if there
 * is none. */
enum payment_result payment_by_saved_card(struct engine *engine, struct tenant *tenant,
                                          struct arena *arena, struct invoice *invoice,
                                          const char *client_ip);

/* Returns true while a 3-D Secure challenge waits for its answer. */
bool payment_is_challenged(const struct invoice *invoice);

/* The one-time code of the open challenge, as the bank would send it to the payer's phone. */
void payment_code(const struct engine *engine, const struct invoice *invoice,
                  char ret_code[PAYMENT_CODE_TEXT]);

/* Answers the open challenge: the card's outcome follows, or invalid_3ds_code. Returns
 * PAYMENT_CLOSED if none is open. */
enum payment_result payment_answer(struct engine *engine, struct tenant *tenant,
                                   struct arena *arena, struct invoice *invoice,
                                   enum payment_3ds three_ds);

/* Pays without a card. `outcome` (outcome.h) is the payer's choice; NULL: the planned outcome, else
 * success. */
enum payment_result payment_confirmed(struct engine *engine, struct tenant *tenant,
                                      struct arena *arena, struct invoice *invoice,
                                      const char *outcome, const char *client_ip);

/* Ends an attempt that is still pending, as a bank does later: it is not another attempt. Returns
 * PAYMENT_CLOSED if none is pending. */
enum payment_result payment_settled(struct engine *engine, struct tenant *tenant,
                                    struct arena *arena, struct invoice *invoice,
                                    const char *outcome, const char *client_ip);

/* The payer cancels. */
enum payment_result payment_cancelled(struct engine *engine, struct tenant *tenant,
                                      struct arena *arena, struct invoice *invoice);

/* Returns true if the last attempt failed because the payer cancelled it: the platform has no code
 * for that (P856). */
bool payment_was_cancelled(const struct engine *engine, const struct invoice *invoice);

/* The URL that the payer returns to, in the arena; NULL if there is none (P786). */
const char *payment_return_url(const struct tenant *tenant, struct arena *arena,
                               const struct invoice *invoice);
