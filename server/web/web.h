/* The handlers of the pages and the finders of their accounts (struct route). */
#pragma once

#include "call/call.h"

/* checkout.c, checkout_challenge.c: the payer's way from the redirect to the payment page, the
 * bank's challenge, the result and back to the shop (P752, P786). */
struct answer *checkout_redirect(struct call *call);       /* GET /redirect/hpp/?cpi= */
struct answer *checkout_order(struct call *call);          /* GET and POST /hpp/ (P263, P761) */
struct answer *checkout_process(struct call *call);        /* /public-api/.../process */
struct answer *checkout_show(struct call *call);           /* GET /hpp/{cgi} */
struct answer *checkout_submit(struct call *call);         /* POST /hpp/{cgi} */
struct answer *checkout_appearance(struct call *call);     /* GET /hpp/{cgi}/look.css */
struct answer *checkout_challenge_show(struct call *call); /* GET /hpp/{cgi}/challenge */
struct answer *checkout_challenge_open(struct call *call); /* POST /acs/{cgi}, auth_payload */
struct answer *checkout_challenge_submit(struct call *call);
struct answer *checkout_return(struct call *call); /* GET /return?id= */

/* By the card session of the path, by ?cpi= and by ?id=. If there is no such payment, answers with
 * a page. */
struct answer *account_by_session(struct call *call);
struct answer *account_by_cpi(struct call *call);
struct answer *account_by_id(struct call *call);

/* page.c: GET /_mock/assets/{name}: style, script and pictures of the pages */
struct answer *page_asset(struct call *call);
struct answer *page_asset_versioned(struct call *call);

/* GET /: redirects a browser to the dashboard; 404 for other clients (server/docs/dashboard.md). */
struct answer *dashboard_root(struct call *call);

/* GET /_mock/: the dashboard, one page, which lives on the control API; with --control-token a form
 * that asks for the token, and `?token=` traded for a cookie. */
struct answer *dashboard_show(struct call *call);

/*
 * Returns NULL if the caller may see the dashboard's page at `path`; else a page that asks for the
 * token, or a redirect to `path` after `?token=` was exchanged for the cookie.
 */
struct answer *dashboard_admit(struct call *call, const char *path) ATTR_MUST_USE;

/* GET /_mock/docs/ and /_mock/docs/{page}: server/docs/, rendered when the program is built, as
 * HTML and, with .md, as Markdown. They need the same access as the dashboard. */
struct answer *docs_show(struct call *call);
