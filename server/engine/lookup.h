/* Finds invoices and reads what belongs to them, their cards and their accounts. Changes
 * nothing. */
#pragma once

#include "domain/card.h"
#include "domain/invoice.h"
#include "engine/engine.h"
#include "view/view_invoice.h"

/* The newest entries of callback_logs that a response shows at most: for one invoice, and for lists
 * and everything else. */
#define LOOKUP_LOGS_MOST 1000
#define LOOKUP_LOGS_USUAL 100

/* Finds an invoice of this kind, or a payment by its card session, of any account; returns false if
 * there is none. */
bool engine_find_any_account(struct engine *engine, struct arena *arena, enum invoice_kind kind,
                             const char *id, struct invoice *ret_invoice);
bool engine_find_payment_by_session(struct engine *engine, struct arena *arena, const char *session,
                                    struct invoice *ret_invoice);

/* Finds a payment or payout of this account; returns false if there is none or it belongs to
 * another account. */
bool engine_find_invoice(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                         const char *id, struct invoice *ret_invoice);

/* The profile of the account, or that of --profile-file. */
enum profile engine_profile(const struct engine *engine, const struct tenant *tenant);

/* The view of an invoice (view/view_invoice.h). */
struct view_invoice engine_view(const struct engine *engine, const struct tenant *tenant,
                                const struct invoice *invoice);

/* The services of an account (NULL: the fixtures') for a kind of invoice. */
const struct catalogue *engine_catalogue(const struct engine *engine, const struct tenant *tenant,
                                         enum invoice_kind kind);

/* The service of an invoice; NULL if it has none, or its account lost it. */
const struct service *engine_service(const struct engine *engine, const struct invoice *invoice);

/*
 * Returns the exchange rate from `currency` to the service's currency. MONEY_ONE if they are the
 * same. Other currencies use the fixtures' rates, only in accounts that convert. MONEY_NONE if the
 * service does not accept the currency.
 */
int64_t engine_rate(const struct engine *engine, const struct tenant *tenant, const char *currency,
                    const struct service *service);

/* Returns true if the account can use a service: it is usable, and it is no test service in live
 * mode with strict_test_mode. */
bool engine_service_is_usable(const struct tenant *tenant, const struct service *service,
                              bool test_mode);

/* Returns true if a service accepts the invoice's currency and amount: the account can use it in
 * this mode, it accepts the currency (engine_rate), and its limits hold. */
bool engine_service_accepts(const struct engine *engine, const struct tenant *tenant,
                            const struct service *service, const struct invoice *invoice);

/* The id of a customer: a reference always means the same customer within an account (P1155). */
void engine_customer_id(const struct engine *engine, const struct tenant *tenant,
                        struct arena *arena, const char *reference, char ret_id[IDENT_TEXT]);

/* The e-mail address of the invoice's customer, in the arena; NULL if it has none. */
const char *engine_customer_email(struct arena *arena, const struct invoice *invoice);

#define CARD_TOKEN_TEXT (2 * IDENT_SERIAL + 1)

/*
 * The token of the card that pays an invoice (P436): 32 letters and digits (P437). It is derived
 * from the invoice, so it is valid as long as the invoice exists.
 */
void engine_card_token(const struct engine *engine, const struct invoice *invoice,
                       char ret_token[CARD_TOKEN_TEXT]);

/* True if a text has the form of a token, now or in earlier versions ("card_..."). */
bool engine_is_card_token(const char *text);

/*
 * The `payload` of an invoice paid by card, in the arena. It contains the card's token if the order
 * asked for it (cardgate.tokenize). `client_ip` may be NULL.
 */
const char *engine_card_payload(const struct engine *engine, struct arena *arena,
                                const struct invoice *invoice, const struct card_entry *card,
                                const char *client_ip);

/*
 * The `payload` of an invoice paid without the entry of a card: as if with the first test card
 * (P1070), or without a card if the service charges none (P1364). `client_ip` may be NULL.
 */
const char *engine_payload(const struct engine *engine, struct arena *arena,
                           const struct invoice *invoice, const char *client_ip);

/*
 * Returns the `payload` of the card that a token stands for. Returns NULL if it is not the token of
 * a paid invoice of this account and customer (customer_id NULL: no customer given).
 */
const char *engine_find_card(struct engine *engine, const struct tenant *tenant,
                             struct arena *arena, const char *token, const char *customer_id);
