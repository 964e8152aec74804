/* Finding invoices, and what is read off them, their cards and their accounts. Nothing here changes
 * anything. */
#pragma once

#include "domain/card.h"
#include "domain/invoice.h"
#include "engine/engine.h"
#include "view/view_invoice.h"

/* Entries of callback_logs that answers show at most, the newest: of one invoice that is read, and
 * of those in lists and all else. */
#define LOOKUP_LOGS_MOST 1000
#define LOOKUP_LOGS_USUAL 100

/* A payment of any account, by its id or by that of its card session; false if there is none. */
bool engine_find_payment_any_account(struct engine *engine, struct arena *arena, const char *id,
                                     struct invoice *ret_invoice);
bool engine_find_payment_by_session(struct engine *engine, struct arena *arena, const char *session,
                                    struct invoice *ret_invoice);

/* A payment of this account; false if there is none, or it is another account's. */
bool engine_find_payment(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                         const char *id, struct invoice *ret_invoice);

/* A payment or payout of this account, whichever the id is of. */
bool engine_find_invoice(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                         const char *id, struct invoice *ret_invoice);

/* A payout of any account. */
bool engine_find_payout_any_account(struct engine *engine, struct arena *arena, const char *id,
                                    struct invoice *ret_invoice);

/* The view of an invoice (view/view_invoice.h). */
struct view_invoice engine_view(const struct engine *engine, const struct tenant *tenant,
                                const struct invoice *invoice);

/*
 * What one of `currency` is in a service's currency: MONEY_ONE when it is the same; another only
 * for an account that converts, by the fixtures' rates. MONEY_NONE: the service does not take it.
 */
int64_t engine_rate(const struct engine *engine, const struct tenant *tenant, const char *currency,
                    const struct service *service);

/* Whether an invoice of this currency and amount can be paid through a service: it is usable, takes
 * the currency (engine_rate), and its limits hold. */
bool engine_service_accepts(const struct engine *engine, const struct tenant *tenant,
                            const struct service *service, const char *currency, int64_t amount);

/* The id of a customer: the same reference in the same account is the same customer (P1155). */
void engine_customer_id(const struct engine *engine, const struct tenant *tenant,
                        struct arena *arena, const char *reference, char ret_id[IDENT_TEXT]);

/* The e-mail address of the invoice's customer; NULL when it has none. In the arena. */
const char *engine_customer_email(struct arena *arena, const struct invoice *invoice);

/*
 * The token of the card that pays an invoice (P436): it leads back to that
 * invoice, so a token is good as long as its invoice stands.
 */
void engine_card_token(const struct engine *engine, const struct invoice *invoice,
                       char ret_token[IDENT_TEXT]);

/*
 * The `payload` of paying an invoice with a card, in the arena; with the card's token where the
 * order asked for one (cardgate.tokenize). `client_ip` may be NULL.
 */
const char *engine_card_payload(const struct engine *engine, struct arena *arena,
                                const struct invoice *invoice, const struct card_entry *card,
                                const char *client_ip);

/*
 * The `payload` of the card that a token stands for; NULL when it is no token of a paid invoice of
 * this account and customer (customer_id NULL: none was named).
 */
const char *engine_find_card(struct engine *engine, const struct tenant *tenant,
                             struct arena *arena, const char *token, const char *customer_id);
