/*
 * The payer's side of an invoice: opening the card page, paying, cancelling. The page, the control
 * API's `pay` and (later) the card gate share it.
 */
#pragma once

#include "engine/engine.h"

enum payment_3ds {
    PAYMENT_3DS_PASS,
    PAYMENT_3DS_FAIL,
    PAYMENT_3DS_ABANDON,
};

enum payment_result {
    PAYMENT_DONE,   /* decided (or pending, as the card has it): see the invoice */
    PAYMENT_CLOSED, /* the invoice can no longer be paid */
};

/* The payer opened the page: from now on the page decides, not the timer. */
void payment_opened(struct engine *engine, struct tenant *tenant, struct invoice *invoice);

/* Whether the payer can pay now: pending, or failed with attempts and time left. */
bool payment_is_open(const struct tenant *tenant, const struct invoice *invoice);

/* Whether the invoice's service is paid by card; others are confirmed (payment_confirmed). */
bool payment_takes_cards(const struct engine *engine, const struct invoice *invoice);

/* Pays by card; the card decides (facts.md f). */
enum payment_result payment_by_card(struct engine *engine, struct tenant *tenant,
                                    struct arena *arena, struct invoice *invoice,
                                    const struct card_entry *card, enum payment_3ds three_ds,
                                    const char *client_ip);

/* Pays without a card: what was planned happens, else success. */
enum payment_result payment_confirmed(struct engine *engine, struct tenant *tenant,
                                      struct arena *arena, struct invoice *invoice,
                                      const char *client_ip);

/* The payer gave up. */
enum payment_result payment_cancelled(struct engine *engine, struct tenant *tenant,
                                      struct arena *arena, struct invoice *invoice);

/* Where the payer goes back to, NULL: nowhere (facts.md e.4). Lives in the arena. */
const char *payment_return_url(const struct tenant *tenant, struct arena *arena,
                               const struct invoice *invoice);
