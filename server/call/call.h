/*
 * One call as a handler sees it: the request, the account, the parts of the path, and the engine.
 * Before a handler runs, the router has checked path, method and authentication, found the account
 * and applied its faults. A handler returns a struct answer, which only a reply or parking gives.
 */
#pragma once

#include "call/guard.h"
#include "engine/lookup.h"
#include "http/http_server.h"
#include "wire/json_out.h"
#include "wire/json_read.h"

#define CALL_PARAMS 3
/* Paths under this prefix answer in the form of the control API. */
#define CALL_CONTROL_PREFIX "/_mock"
#define OUTCOME_HEADER "X-Mock-Outcome" /* the requested outcome */
#define TOKEN_HEADER "X-Mock-Token"     /* the control token, as an alternative to Bearer */
#define LOOK_HEADER "X-Mock-Look"       /* a payer's page looks whether it is up to date */

/*
 * Proof that a call was answered or parked: only that gives an answer to return. A function that
 * checks something returns NULL if the call may continue, else the refusal, which the caller must
 * return.
 */
struct answer;
#define ATTR_ANSWER ATTR_NONNULL ATTR_MUST_USE /* for functions that always answer */

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
    /* Found by the route's finder (struct route) on the way to the account: */
    struct invoice *found; /* the invoice that the call is about, in the arena; or NULL */
    const json_t *fields;  /* the body or the query; or NULL */
    bool test_key;         /* the public key is of test mode */
    const char *params[CALL_PARAMS];
    int64_t invoice; /* the invoice of the call for the journal, 0: none */
    int64_t awaited; /* the callback whose end the reply must wait for (outbox_insert), 0: none */
    enum journal_refusal refusal; /* why the router refuses it; also for the journal */
    const char *detail;           /* what the reason adds, or the reason itself; reason.h */
    const char *remedy;           /* what to do, instead of the reason's own words; or NULL */
    const char *hint;             /* a probable mistake, also of a call that is accepted; or NULL */
    bool unrecorded;              /* the handler keeps it out of the journal */
    const char *page_base;        /* start of a page's URLs; NULL: they are relative */
    const struct json_error *errors; /* errors of the 422 that was answered, or NULL */
};

enum route_access {
    ACCESS_PUBLIC,  /* the public API: CORS, key in the body */
    ACCESS_PRIVATE, /* Basic; served at / and /api */
    ACCESS_GATE,    /* the card gate: the token of a card session, and its own style of errors */
    ACCESS_PAGE,    /* a browser's page */
    ACCESS_CONTROL, /* /_mock/: Host and Origin rules, the control token */
    ACCESS_CONTROL_OPEN,  /* as ACCESS_CONTROL without the token */
    ACCESS_CONTROL_LARGE, /* as ACCESS_CONTROL, with bodies up to HTTP_DISCARD_MOST */
    ACCESS_DASHBOARD, /* as ACCESS_CONTROL_OPEN, and of no account: the page asks for a token itself
                       */
    ACCESS_SINK,      /* the built-in receiver: everyone, with any query */
};

enum route_needs {
    NEEDS_ACCOUNT = 1 << 0, /* else 404: no ?account=, and the demo account was deleted */
    NEEDS_JOURNAL = 1 << 1, /* else 409 */
    NEEDS_PAGES = 1 << 2,   /* a browser shows the answer: errors as pages (router.error_page) */
};

struct route {
    const char *method, *pattern; /* target.h */
    enum route_access access;
    /*
     * Finds the account: sets call->tenant and the other found members. NULL: the route has no
     * account. Returns a refusal if there is no such account, or leaves that to the handler. The
     * router then records the account and applies its faults.
     */
    struct answer *(*account)(struct call *call);
    unsigned needs;
    struct answer *(*handle)(struct call *call);
    enum invoice_kind kind; /* for handlers that payments and payouts share */
    const char *query; /* control API: allowed query names besides `account`, blank-separated */
};

struct router {
    const struct route *routes;
    size_t n_routes;
    struct engine *engine;
    struct waits *waits;
    struct streams *streams;
    struct imports *imports;
    const char *control_token; /* NULL: none */
    struct guard guard;        /* without a public URL, use the Host of each request */
    const char *listen_url;
    bool tls;
    bool hide_panel;                       /* hide the mock's panel on the payer's pages */
    void (*error_page)(struct call *call); /* replaces a JSON error reply by a page */
    /* For a fault with status 409: returns it with the earlier invoice that the call repeats, or
     * NULL if it repeats none. */
    struct answer *(*conflict)(struct call *call);
    /* What the field of an error takes in this call, for the reason of a 422; or NULL. In the arena
     * or static. */
    const char *(*accepts)(struct call *call, const struct json_error *error);
};

/* Answers a request: http_options.handle; `arg` is the router. */
void router_handle(void *arg, struct http_request *request);

/* The maximum size of a request's body: http_options.body_most. */
size_t router_body_most(void *arg, struct http_request *request);

/* ------------------------------------------------------------------ whose call it is */

/* Finders of routes (struct route): the login of HTTP Basic; ?account=, else the demo account; the
 * same, and then the account of the path. */
struct answer *account_by_api_key(struct call *call);
struct answer *account_by_query(struct call *call);
struct answer *account_in_path(struct call *call);

/* 401 for a public key that is no account's, with the reason. */
struct answer *call_refuse_key(struct call *call, const char *key) ATTR_ANSWER;

/* The header Authorization (NULL: not sent). */

/* Parses "Basic base64(login:password)"; the first ':' separates them. Returns false for another
 * scheme or a malformed value. */
bool authorization_basic(struct arena *arena, const char *header, const char **ret_login,
                         const char **ret_password);

/* Returns the token of "Bearer TOKEN"; NULL for another scheme. */
const char *authorization_bearer(const char *header);

/* The account that the login names, whatever the password, or NULL. For calls that are refused
 * before authentication. */
struct tenant *account_named(struct call *call);

/*
 * Records the account, and applies its faults to calls of the platform and pages. Returns an answer
 * if a fault has answered, ended or delayed the call (see request->fault). Called by the router.
 */
struct answer *call_set_account(struct call *call) ATTR_MUST_USE;

/* rate_limit.c: counts the call, and returns 429 if the account's rate_limit is used up. Pages and
 * the control API do not count. */
struct answer *call_check_rate(struct call *call) ATTR_MUST_USE;

/* mock_headers.c: 400 for a header X-Mock-... that the mock does not have. */
struct answer *call_check_headers(struct call *call) ATTR_MUST_USE;

/* Returns 409 if the server has no journal. */
struct answer *call_check_journal(struct call *call) ATTR_MUST_USE;

/* 403 in the form of the control API if the Host is not one that the control API accepts. */
struct answer *call_check_host(struct call *call) ATTR_MUST_USE;

/* call_access.c: refuses calls of the control API from elsewhere, and those without the token. */
struct answer *call_check_origin(struct call *call) ATTR_MUST_USE;
struct answer *call_check_token(struct call *call) ATTR_MUST_USE;

/* call_query.c: a query that cannot be read is refused, never ignored: in the form of the
 * platform, as a page, and in that of the control API, which refuses unknown names too. */
struct answer *call_check_query_text(struct call *call) ATTR_MUST_USE;
struct answer *call_check_page_query(struct call *call) ATTR_MUST_USE;
struct answer *call_check_query(struct call *call) ATTR_MUST_USE;

/* True if Host and Origin are those that the control API accepts. */
bool call_is_from_here(const struct call *call);

/* True if the caller has the control token, or the dashboard's cookie for it, or if the server
 * requires none. */
bool call_has_control(const struct call *call);

/* The start of absolute URLs: --public-url, else http:// and the request's Host if it is valid
 * (P110). In the arena. */
const char *call_base_url(const struct call *call);

/* ------------------------------------------------------------------ what it sends */

/* router.c: true if a page, or a call of the platform, may have this method (NULL: any) and path,
 * which may start with /api, end in a slash, and have `*` for any text. */
bool call_has_path(const struct call *call, bool page, const char *method, const char *path);

/* Of the control API: refuses what nothing would read, the body of a GET or a DELETE. */
struct answer *call_check_no_body(struct call *call) ATTR_MUST_USE;

/* The body as a JSON object; the call owns it. Refuses other bodies with 400 in the form of the
 * API. */
struct answer *call_body(struct call *call, json_t **ret_body) ATTR_MUST_USE;

/* Why the body is not UTF-8 text (a byte order mark, UTF-16, gzip), or NULL if it may be. */
const char *call_why_no_text(const struct call *call);

/* The same as call_body for calls that take forms: pairs, multipart/form-data, or JSON if it begins
 * with '{'. Refuses it with 400, 415 or 422. */
struct answer *call_form(struct call *call, json_t **ret_form) ATTR_MUST_USE;

/* The same for a call that is refused anyway: it does not answer, and returns NULL if there is no
 * JSON object. */
json_t *call_document(struct call *call);

/*
 * The object that holds the fields of a private call's body: data.attributes, data, or the body
 * itself, because parts of the envelope {"data":{"type":..,"attributes":{..}}} may be missing
 * (P205, P207). Borrowed.
 */
json_t *call_attributes(json_t *body);

/* Reads fields as the platform does, which ignores unknown names; those that were probably meant
 * for others become the call's hint. */
void call_read_fields(struct call *call, const json_t *object, const struct json_field *fields,
                      size_t n, void *into, struct json_errors *errors);

/* ------------------------------------------------------------------ answers */

/* {"error":{"code":..,"message":..}}, the control API's form; and 422 "invalid". */
struct answer *call_control_error(struct call *call, unsigned status, const char *code,
                                  const char *format, ...) ATTR_PRINTF(4, 5) ATTR_ANSWER;
struct answer *call_invalid(struct call *call, const char *format, ...)
    ATTR_PRINTF(2, 3) ATTR_ANSWER;

/* The platform's error for a status, with its header on this route: WWW-Authenticate or Allow. */
struct answer *call_error(struct call *call, unsigned status) ATTR_ANSWER;

/* The same with the reason in X-Mock-Reason. It must live as long as the call. */
struct answer *call_error_because(struct call *call, unsigned status,
                                  const char *reason) ATTR_ANSWER;

/* The same, and what to do about it. */
struct answer *call_refuse(struct call *call, unsigned status, const char *reason,
                           const char *remedy) ATTR_ANSWER;

/* The profile of the call's account; without a known account that of the page's samples. */
enum profile call_profile(const struct call *call);

/* 422 with all errors, in the style of the account's profile (view/view_errors.h). */
struct answer *call_reply_errors(struct call *call, const struct json_errors *errors) ATTR_ANSWER;

/* A payer's page asks for itself: no fault meets it, and it is not recorded. */
bool call_is_look(const struct call *call);

/* No cache keeps the answer to a GET: where it leads depends on the state of what was asked for,
 * and the back button would go where that once was. */
struct answer *call_redirect(struct call *call, unsigned status, const char *location) ATTR_ANSWER;

/* A reply with a JSON object: begins it, then its members are written; ends it. */
struct json_out call_reply_object(struct call *call, unsigned status);
struct answer *call_reply_end(struct json_out *out) ATTR_ANSWER;

/* A list of the control API, {"items":[..],"total":..,"next":..}: begins it, then its items are
 * written; ends it. `next` NULL: this is the last page. */
struct json_out call_reply_list(struct call *call);
struct answer *call_reply_list_end(struct json_out *out, int64_t total,
                                   const char *next) ATTR_ANSWER;

/* The answer of a call that was replied to or parked in another way. */
struct answer *call_answered(const struct call *call) ATTR_ANSWER;

/* The methods of a pattern's routes, "GET, HEAD, POST", in the arena. And sets the header Allow to
 * them and OPTIONS. */
const char *call_methods(const struct call *call, const char *pattern);
void call_reply_allow(struct call *call, const char *pattern);
