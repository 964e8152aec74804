/*
 * The checkout pages of one invoice: account, language and appearance. Shared by the files of the
 * checkout.
 */
#pragma once

#include "call/call.h"
#include "engine/payment.h"
#include "view/appearance.h"
#include "view/cardgate.h"
#include "web/template.h"

struct checkout_page {
    struct call *call;
    struct invoice invoice;
    const struct service *service; /* NULL: not chosen yet, or no longer in the fixtures */
    const char *locale, *merchant;
    struct cardgate cardgate;
    struct appearance appearance;
    bool panel;     /* the mock's own panel is shown */
    bool cancelled; /* the payer cancelled the last attempt */
};

/* ------------------------------------------------------------------ checkout_page.c */

/* A page of an invoice of the call's account. */
void checkout_page_begin(struct call *call, const struct invoice *invoice,
                         struct checkout_page *ret_page);

/* The invoice's page TAIL ("" or "/challenge"), its query beginning with `query` ("" or "done=1"),
 * then what the payer chose of language and panel. */
const char *checkout_url(const struct checkout_page *page, const char *tail, const char *query);

/* Answers 422 if a form is not from this invoice's page. */
struct answer *checkout_check_csrf(const struct checkout_page *page,
                                   const json_t *form) ATTR_MUST_USE;

/* A field of a form, "" when it is not there. */
const char *posted_field(const json_t *form, const char *name);

/* A form is for one attempt. One that was sent before (a double click, the back button) is not
 * fresh. */
bool checkout_is_fresh(const struct checkout_page *page, const json_t *form);

/* In the query of the page to which a form that is not fresh leads: nothing was charged for it. */
#define CHECKOUT_STALE "stale"

/* The text of a resolution; *ret_foreign: it is not in the page's language. */
const char *checkout_resolution(const struct checkout_page *page, bool *ret_foreign);

/* "1" or NULL, as templates want it. */
const char *template_flag(bool flag);

/* A number as text, in the arena. */
const char *checkout_number(const struct checkout_page *page, int64_t n);

/* The price through a service in its currency; NULL if that is the invoice's, or there is no
 * service. */
const char *checkout_converted(const struct checkout_page *page, const struct service *service);

/* Answers with a page; the values of all pages of the checkout stand behind `values`. */
struct answer *checkout_reply(const struct checkout_page *page, unsigned status, const char *name,
                              const struct template_value *values, size_t n) ATTR_ANSWER;

/* Redirects to checkout_url by 303. */
struct answer *checkout_see_other(const struct checkout_page *page, const char *tail,
                                  const char *query) ATTR_ANSWER;

/* ------------------------------------------------------------------ checkout_form.c: by card, by a
 * status of one's choice, or by confirming */

/* The payer's input and its errors. */
struct checkout_form {
    const char *number; /* of a test card that was picked, else NULL: numbers never come back */
    const char *cvv;
    const char *expiry, *holder;
    const char *number_error, *expiry_error, *cvv_error, *holder_error,
        *choice_error;            /* message keys, or NULL */
    const json_t *service_fields; /* as typed, or NULL; borrowed from the posted form */
    bool service_tried;           /* they were sent: what is missing is wrong */
    bool other;                   /* the payer does not use the saved card */
};

/* Shows the form that fits the invoice's service. */
struct answer *checkout_form_show(const struct checkout_page *page, unsigned status,
                                  const struct checkout_form *form);

/* Checks the fields of a card and those of the service that the order left open, which go into the
 * invoice. Returns false if one is wrong. */
bool checkout_form_read_card(struct checkout_page *page, const json_t *fields,
                             struct card_entry *ret_entry, struct checkout_form *ret_form);

/*
 * Reads what a service without cards asks for: the fields that the order left open go into the
 * invoice; *ret_outcome is what the payer of a test service chose, else NULL. False when something
 * is wrong.
 */
bool checkout_form_read_service(struct checkout_page *page, const json_t *fields,
                                const char **ret_outcome, struct checkout_form *ret_form);

/* What is filled in at first: the test card of ?card=N, or nothing. */
void checkout_form_first(const struct checkout_page *page, struct checkout_form *ret_form);

/* ------------------------------------------------------------------ checkout_saved.c: the stored
 * card of an order with a token, of which the payer enters only the security code */

/* True if the payer asked for the form of another card. */
bool checkout_saved_declined(const struct call *call);

/* One row with the card; none if there is no such card, or if the payer uses another one. And the
 * way back to it, or NULL. */
struct template_rows checkout_saved_rows(const struct checkout_page *page, bool other);
const char *checkout_saved_url(const struct checkout_page *page, bool other);

/* The last digits of a masked number, NULL if it has no mask. */
const char *checkout_card_last(const char *mask);

/* Checks the security code and the fields of the service, as checkout_form_read_card. */
bool checkout_saved_read(struct checkout_page *page, const json_t *fields,
                         struct checkout_form *ret_form);

/* ------------------------------------------------------------------ checkout_methods.c: the choice
 * of a method, for an invoice that was made without a service (P363) */

/* True if the payer must choose a method first: no service yet, and time left. */
bool checkout_methods_needed(const struct checkout_page *page);

/* True if the page of methods is to be shown: a method is needed, or the payer wants another one
 * than the one chosen. */
bool checkout_methods_asked(const struct checkout_page *page);

/* Where the payer may choose another one, NULL: not any more, or the order chose it. */
const char *checkout_methods_change_url(const struct checkout_page *page);

/* The page: the account's services that can take this amount, narrowed by ?q=. */
struct answer *checkout_methods_show(const struct checkout_page *page);

/* Handles the payer's choice or cancellation. */
struct answer *checkout_methods_take(struct checkout_page *page, const json_t *fields);

/* ------------------------------------------------------------------ checkout_means.c: what the
 * page of a method without a card shows: an account, an address, a reference, a QR code */

/* One row; none for cards, the test service, and while no service is chosen. `ret_details`: it has
 * details, so the payer pays elsewhere and then says so. */
struct template_rows checkout_means(const struct checkout_page *page, bool *ret_details);

/* ------------------------------------------------------------------ checkout_panel.c: the mock's
 * own panel: it decides the payment by one click, and fills in test cards */

/* One row, none if the page has no panel. `cards`: with the test cards, unless the account refuses
 * them. */
struct template_rows checkout_panel(const struct checkout_page *page, bool cards);

/* The outcome (outcome.h) that a button of the panel sent. NULL if the page has no panel, or if it
 * is none of the panel's. */
const char *checkout_panel_outcome(const struct checkout_page *page, const json_t *fields);

#define CHECKOUT_PANEL_CVV "123"
#define CHECKOUT_PANEL_HOLDER "TEST HOLDER"

/* "5123 8172 3406 0000", "12/24" */
const char *checkout_panel_number(struct arena *arena, const char *number);
const char *checkout_panel_expiry(struct arena *arena, const char *expiry);

/* ------------------------------------------------------------------ checkout_service.c: what a
 * service asks its payer: the fields that the order left open, and the test service's outcome */

/* Rows for the page: what the order gave, and what is asked; `typed` is what the payer typed (may
 * be NULL), and `tried` whether it was sent, so that what is wrong is said. */
struct template_rows checkout_service_given(const struct checkout_page *page);
struct template_rows checkout_service_asked(const struct checkout_page *page, const json_t *typed,
                                            bool tried);

/* Copies the payer's fields into the invoice. Returns false if one is wrong. */
bool checkout_service_take(struct checkout_page *page, const json_t *typed);

/* The outcomes of the test service to choose from; no rows if the order has decided. */
struct template_rows checkout_service_choices(const struct checkout_page *page);

/* Whether the payer is asked for the outcome. */
bool checkout_service_asks_outcome(const struct checkout_page *page);

/* An outcome that the page offers, or NULL for other texts. */
const char *checkout_service_outcome(const char *text);

/* A text of the fixtures in the language of the page. */
const char *checkout_service_text(const struct checkout_page *page,
                                  const struct service_text *text);

/* ------------------------------------------------------------------ checkout_result.c: what became
 * of a payment, with the way back to the shop */

struct answer *checkout_result_show(const struct checkout_page *page);
