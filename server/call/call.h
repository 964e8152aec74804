/*
 * One call as a handler sees it: the request, who calls, what the path named, and the engine.
 * Before a handler runs, the router has decided 404, 405 and authentication, found the account and
 * asked for its faults. A handler returns a struct answer, which only replying or parking gives.
 */
#pragma once

#include "engine/lookup.h"
#include "http/http_reply.h"
#include "wire/json_out.h"
#include "wire/json_read.h"

#define CALL_PARAMS 3
#define CALL_CONTROL_PREFIX                                                                        \
    "/_mock" /* what is under it answers in the shape of the control API                           \
              */
#define OUTCOME_HEADER "X-Mock-Outcome" /* the outcome that a request asks for */

/*
 * Proof that a call was answered or parked: what does neither has none to return. A function that
 * checks something returns NULL if the call may go on, else the refusal, which the caller returns.
 */
struct answer;
#define ATTR_ANSWER ATTR_NONNULL ATTR_MUST_USE /* of what answers in any case */

struct route;
struct router;
struct waits;
struct streams;
struct imports;

struct call {
    struct http_request *request;
    struct arena *arena; /* of the request */
    struct engine *engine;
    const struct router *router;
    const struct route *route;
    struct tenant *tenant; /* the account; NULL: the route needs none, or none was found */
    /* What the route's finder (struct route) came by on its way to the account: */
    struct invoice *found; /* the invoice that the call is about, in the arena; or NULL */
    const json_t *fields;  /* the body or the query; or NULL */
    bool test_key;         /* the public key is of test mode */
    const char *params[CALL_PARAMS];
    int64_t invoice; /* which invoice the call was about, 0: none; for the journal */
    int64_t awaited; /* the callback whose end the reply must wait for (outbox_insert), 0: none */
    enum journal_refusal refusal; /* why the router refuses it, for the journal too */
    const char *detail;           /* what belongs to that: a login */
    bool unrecorded;              /* the handler wants it left out of the journal */
    const char *page_base; /* what a page's URLs start with; NULL: the page is shown here, and its
                              URLs are relative */
    const struct json_error *errors; /* what a 422 has told so far, NULL: none was answered */
};

enum route_access {
    ACCESS_PUBLIC,  /* the public API: CORS, key in the body */
    ACCESS_PRIVATE, /* Basic; served at / and /api */
    ACCESS_GATE,    /* the card gate: the token of a card session, and its own style of errors */
    ACCESS_PAGE,    /* a browser's page */
    ACCESS_CONTROL, /* /_mock/: Host and Origin rules, the control token */
    ACCESS_CONTROL_OPEN,  /* the same without the token */
    ACCESS_CONTROL_LARGE, /* as ACCESS_CONTROL, with bodies up to HTTP_DISCARD_MOST */
    ACCESS_DASHBOARD, /* as ACCESS_CONTROL_OPEN, and of no account: the page asks for a token itself
                       */
    ACCESS_SINK,      /* the built-in receiver: anybody, with any query */
};

enum route_needs {
    NEEDS_ACCOUNT = 1 << 0, /* else 404: the demo account, which is meant without one, is gone */
    NEEDS_JOURNAL = 1 << 1, /* else 409 */
    NEEDS_PAGES = 1 << 2,   /* a browser shows the answer: errors as pages (router.error_page) */
};

struct route {
    const char *method, *pattern; /* target.h */
    enum route_access access;
    /*
     * Finds whose call it is: sets call->tenant and what else it learns. NULL: the call is
     * nobody's. Returns a refusal when there is no such account, or leaves that to the handler. The
     * router then notes the account and asks for its faults.
     */
    struct answer *(*account)(struct call *call);
    unsigned needs;
    struct answer *(*handle)(struct call *call);
    enum invoice_kind kind; /* of what it is about, for handlers that payments and payouts share */
    const char *query; /* control API: the query's names beside `account`, blank between; others are
                          refused */
};

struct router {
    const struct route *routes;
    size_t n_routes;
    struct engine *engine;
    struct waits *waits;
    struct streams *streams;
    struct imports *imports;
    const char *control_token; /* NULL: none */
    const char *public_url;    /* NULL: from each request's Host */
    const char *listen_url;
    const char *const *allow_hosts;
    int n_allow_hosts;
    bool tls;
    bool hide_panel;                       /* the payer's pages go without the mock's own panel */
    void (*error_page)(struct call *call); /* replaces the JSON error that stands by a page */
    /* 409 with the earlier invoice that the call repeats; NULL: it repeats none. */
    struct answer *(*conflict)(struct call *call);
};

/* Answers a request: http_options.handle; `arg` is the router. */
void router_handle(void *arg, struct http_request *request);

/* How much body a request may have: http_options.body_most. */
size_t router_body_most(void *arg, struct http_request *request);

/* Records what leaves: http_options.done. */
void router_done(void *arg, struct http_request *request);

/* The callbacks that the request causes may leave: http_options.over. */
void router_over(void *arg, struct http_request *request);

/* ------------------------------------------------------------------ whose call it is */

/* Finders of routes (struct route): the login of HTTP Basic; ?account=, else the demo account; the
 * same, and then the account of the path. */
struct answer *account_by_api_key(struct call *call);
struct answer *account_by_query(struct call *call);
struct answer *account_in_path(struct call *call);

/* The account that the call names as its login, whatever the password; NULL: none. For calls that
 * are refused before anybody asks. */
struct tenant *account_named(struct call *call);

/*
 * Notes the account that was found and asks for its faults, of calls of the platform and pages.
 * Returns an answer if a fault has answered or ended the call, or has it come again later
 * (request->fault says which). The router's.
 */
struct answer *call_set_account(struct call *call) ATTR_MUST_USE;

/* 409 when the server keeps no journal. */
struct answer *call_check_journal(struct call *call) ATTR_MUST_USE;

/* The caller shows the control token, or in the dashboard's browser the cookie that stands for it;
 * or the server wants none. */
bool call_has_control(const struct call *call);

/* What absolute URLs start with: --public-url, else http:// and the request's Host if it is one
 * (P110). In the arena. */
const char *call_base_url(const struct call *call);

/* ------------------------------------------------------------------ what it sends */

/* The body as a JSON object, borrowed from the call, which frees it. Refuses it with 400 in the
 * shape of the API. */
struct answer *call_body(struct call *call, json_t **ret_body) ATTR_MUST_USE;

/* Why the body is no text in UTF-8 (a byte order mark, UTF-16, gzip), NULL if it may be. */
const char *call_why_no_text(const struct call *call);

/* The same as call_body for calls that take forms: pairs, multipart/form-data, or JSON if it begins
 * with '{'. Refuses it with 400, 415 or 422. */
struct answer *call_form(struct call *call, json_t **ret_form) ATTR_MUST_USE;

/* The same for a call that is refused anyway: nothing is answered, and NULL is no JSON object. */
json_t *call_document(struct call *call);

/* ------------------------------------------------------------------ answers */

/* {"error":{"code":..,"message":..}}, the control API's shape; and 422 "invalid". */
struct answer *call_control_error(struct call *call, unsigned status, const char *code,
                                  const char *format, ...) ATTR_PRINTF(4, 5) ATTR_ANSWER;
struct answer *call_invalid(struct call *call, const char *format, ...)
    ATTR_PRINTF(2, 3) ATTR_ANSWER;

/* The platform's error of a status, with the header that belongs to it on this route:
 * WWW-Authenticate or Allow. */
struct answer *call_error(struct call *call, unsigned status) ATTR_ANSWER;

/* The same with the reason in a header (http_reply_error_because). */
struct answer *call_error_because(struct call *call, unsigned status,
                                  const char *reason) ATTR_ANSWER;

/* 422 with all errors, in the style of the account's profile (view/view_errors.h). */
struct answer *call_reply_errors(struct call *call, const struct json_errors *errors) ATTR_ANSWER;

struct answer *call_redirect(struct call *call, unsigned status, const char *location) ATTR_ANSWER;

/* A JSON object: begins the reply, whose members are then written; ends it. */
struct json_out call_reply_object(struct call *call, unsigned status);
struct answer *call_reply_end(struct json_out *out) ATTR_ANSWER;

/* A list of the control API, {"items":[..],"total":..,"next":..}: begins it, and its items are then
 * written; ends it. `next` NULL: this is the last page. */
struct json_out call_reply_list(struct call *call);
struct answer *call_reply_list_end(struct json_out *out, int64_t total,
                                   const char *next) ATTR_ANSWER;

/* For what replies or parks otherwise, once that is done. */
struct answer *call_answered(const struct call *call) ATTR_ANSWER;

/* The methods of a pattern's routes, "GET, HEAD, POST", in the arena; and the header Allow with
 * them and OPTIONS. */
const char *call_methods(const struct call *call, const char *pattern);
void call_reply_allow(struct call *call, const char *pattern);
