/*
 * A payer's visit to the pages of one invoice: whose it is, in which language it speaks, and what
 * the merchant's options say about its looks. Shared by the pages of the checkout.
 */
#pragma once

#include "call/call.h"
#include "engine/payment.h"
#include "view/cardgate.h"
#include "web/look.h"
#include "web/template.h"

struct visit {
    struct call *call;
    struct invoice invoice;
    const struct service *service; /* NULL: not chosen yet, or no longer in the fixtures */
    const char *locale, *merchant;
    struct cardgate cardgate;
    struct look look;
    bool panel; /* the mock's own panel is shown */
};

/* Finds the invoice of the session in the path, or of an id; answers 404 and returns false when
 * there is none. */
bool visit_by_session(struct call *call, struct visit *ret_visit);
bool visit_by_id(struct call *call, const char *id, struct visit *ret_visit);

/* The page may be shown by another site, which fetched it: from here on all URLs are absolute. */
void visit_make_absolute(struct visit *visit);

/* The invoice's page TAIL ("" or "/challenge"), its query beginning with `query` ("" or "done=1"),
 * then what the payer chose of language and panel. */
const char *visit_url(const struct visit *visit, const char *tail, const char *query);

/* The form that was posted, whoever made it; borrowed from the call. NULL if it cannot be read: an
 * error page was answered. */
const json_t *visit_form(const struct visit *visit);

/* Whether a form comes from this visit's page; 422 is answered when it does not. */
bool visit_holds(const struct visit *visit, const json_t *form);

/* A field of a form, "" when it is not there. */
const char *visit_field(const json_t *form, const char *name);

/* A form is for one attempt: sent twice (a double click, the back button), it is not fresh. */
bool visit_is_fresh(const struct visit *visit, const json_t *form);

/* What the page says about a resolution, in words; *ret_foreign: there are none in its language. */
const char *visit_resolution(const struct visit *visit, bool *ret_foreign);

/* "1" or NULL, as templates want it. */
const char *visit_flag(bool flag);

/* A number as text, in the arena. */
const char *visit_number(const struct visit *visit, int64_t n);

/* What paying through a service, the chosen one or one to choose, costs in its own currency; NULL:
 * that is the invoice's, or there is no service. */
const char *visit_converted(const struct visit *visit, const struct service *service);

/* Answers with a page; the values of all pages of the checkout stand behind `values`. */
void visit_reply(const struct visit *visit, unsigned status, const char *name,
                 const struct template_value *values, size_t n);
