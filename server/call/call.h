/*
 * One call as a handler sees it: the request, who calls, what the path named, and the engine.
 * Handlers answer with http_reply_* or park; the router has decided 404, 405 and authentication
 * before.
 */
#pragma once

#include "engine/lookup.h"
#include "http/http_reply.h"
#include "wire/json_read.h"

#define CALL_PARAMS 3
#define CALL_CONTROL_PREFIX                                                                        \
    "/_mock" /* what is under it answers in the shape of the control API                           \
              */
#define OUTCOME_HEADER "X-Mock-Outcome" /* the outcome that a request asks for */

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
    struct tenant
        *tenant; /* the account; NULL on pages and public calls until the handler finds it */
    const char *params[CALL_PARAMS];
    int64_t invoice; /* the handler says which invoice it was about, 0: none; for the journal */
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

struct route {
    const char *method, *pattern; /* target.h */
    enum route_access access;
    void (*handle)(struct call *call);
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
    /* Answers 409 with the earlier invoice that the call repeats; false: it repeats none. */
    bool (*conflict)(struct call *call);
};

/* Answers a request: http_options.handle; `arg` is the router. */
void router_handle(void *arg, struct http_request *request);

/* How much body a request may have: http_options.body_most. */
size_t router_body_most(void *arg, struct http_request *request);

/* Records what leaves: http_options.done. */
void router_done(void *arg, struct http_request *request);

/* The callbacks that the request causes may leave: http_options.over. */
void router_over(void *arg, struct http_request *request);

/*
 * The account of the call is known now, and `invoice`, the id of the one that it concerns (or NULL,
 * or any other text): called before the handler does its work; only the first time counts. False: a
 * fault of the account has answered or ended the call, or has it come again later (request->fault
 * says which): return at once.
 */
bool call_enter(struct call *call, struct tenant *tenant, const char *invoice);

/* The caller shows the control token, or in the dashboard's browser the cookie that stands for it;
 * or the server wants none. */
bool call_has_control(const struct call *call);

/* What absolute URLs start with: --public-url, else http:// and the request's Host if it is one
 * (P110). In the arena. */
const char *call_base_url(const struct call *call);

/* The body as a JSON object, borrowed from the call, which frees it. NULL if it is none: 400 was
 * answered in the shape of the API. */
json_t *call_body(struct call *call);

/* Why the body is no text in UTF-8 (a byte order mark, UTF-16, gzip), NULL if it may be. */
const char *call_why_no_text(const struct call *call);

/*
 * The same for calls that take forms: pairs, multipart/form-data, or JSON if it begins with '{'.
 * NULL if the body cannot be read: 400, 415 or 422 was answered.
 */
json_t *call_form(struct call *call);

/* The same for a call that is refused anyway: nothing is answered, and NULL is no JSON object. */
json_t *call_document(struct call *call);

/* 422 with all errors, in the style of the account's profile (view/view_errors.h). */
void call_reply_errors(struct call *call, const struct json_errors *errors);

/* The platform's error of a status, with the header that belongs to it on this route:
 * WWW-Authenticate or Allow. */
void call_error(struct call *call, unsigned status);

/* The methods of a pattern's routes, "GET, HEAD, POST", in the arena; and the header Allow with
 * them and OPTIONS. */
const char *call_methods(const struct call *call, const char *pattern);
void call_reply_allow(struct call *call, const char *pattern);

/* {"error":{"code":..,"message":..}}, the control API's shape. */
void call_control_error(struct call *call, unsigned status, const char *code, const char *format,
                        ...) ATTR_PRINTF(4, 5);
