/*
 * The engine: the only way to change an invoice. Handlers, timers, the payment page and the control
 * API all end here. Each change saves the invoice, records the transition and queues its callback
 * in the one transaction of the turn, so a crash can neither lose nor invent a callback.
 */
#pragma once

#include "base/timers.h"
#include "deliver/deliver.h"
#include "domain/card.h"
#include "domain/invoice.h"
#include "domain/outcome.h"
#include "domain/price.h"
#include "engine/tenant.h"
#include "fixture/fixture.h"
#include "store/store.h"
#include "view/view_invoice.h"
#include "watch/journal.h"
#include "watch/metrics.h"
#include "watch/trace.h"

struct engine_options {
    int64_t settle_after_ms;         /* for accounts that do not set their own */
    int64_t first_callback_delay_ms; /* likewise */
    int64_t retention_ms;            /* 0: keep everything */
    bool seeded;
    int64_t seed;
    const char *demo_callback_url; /* the demo account's default, NULL: as it is */
    size_t journal;                /* records of the journal, 0: none */
    struct deliver_options deliver;
};

/* A callback of this turn, sent once the turn is committed. */
struct fresh_callback {
    int64_t callback, invoice, account;
    char *url;
    bool ahead; /* of what waits for the same receiver */
};

/* For calls that wait for something; `account` is a tenant.journal_id. */
struct engine_hooks {
    void (*changed)(void *arg, int64_t account, int64_t invoice); /* after the commit */
    /* Whether a call waits for callbacks of the invoice, or of all of the account's. */
    bool (*hurries)(void *arg, int64_t account, int64_t invoice);
    void *arg;
};

#define FIRST_CALLBACK_BUCKETS 1024

/* Callbacks that wait for the reply of the call that causes them (first_callback.h). */
struct first_callbacks {
    void *by_invoice;                                           /* search tree of gates */
    struct timers due;                                          /* the gates by when they open */
    LIST_HEAD(, first_item) unanswered[FIRST_CALLBACK_BUCKETS]; /* barriers, by request */
    bool hurry;                                                 /* the server ends: no delays */
};

/* A pass over all invoices for what is too old, and when the next one begins (sweep.h). */
struct sweep {
    int64_t at_ms; /* monotonic; INT64_MAX: when something changes */
    bool passing;
    int64_t account, kind, invoice; /* where the pass stands: these are done up to here */
    int64_t kept;                   /* old invoices that it found and that cannot go yet */
    int64_t calm_until_ms;          /* no pass before, only because an invoice changed */
};

struct engine {
    struct store *store;
    const struct fixture *fixture;
    struct engine_options options;
    struct engine_hooks hooks;
    struct ident_source idents;
    uint64_t saved_counter;             /* of idents, in the database */
    uint8_t token_key[CRYPT_KEY_SIZE];  /* signs card session tokens */
    uint8_t derive_key[CRYPT_KEY_SIZE]; /* derived ids (ident.h) */
    struct crypt_block *rows;           /* ids of rows (ident.h) */
    struct tenants tenants;
    struct tenant *demo; /* the account of calls that name none; NULL after its deletion */
    struct deliver *deliver;
    struct journal *journal;
    struct metrics metrics;
    struct trace trace;
    struct arena scratch; /* for events that no request owns */

    struct fresh_callback *fresh;
    size_t n_fresh, room_fresh;
    struct first_callbacks firsts;
    struct changed {
        int64_t account, invoice; /* tenant.journal_id, row or 0 */
    } * changed;
    size_t n_changed, room_changed;
    int64_t started_ms;  /* monotonic time */
    int64_t wake_ms;     /* machine time of the earliest timer of all; 0: look */
    int64_t retry_at_ms; /* after a failed commit: monotonic time before which no timer runs */
    struct sweep sweep;
    size_t n_advances;
    bool leftovers;      /* there may be rows to sweep (store_garbage.h) */
    int64_t faults_made; /* numbers them */
    int64_t awaited;     /* a callback that the call under way waits for with its answer, 0: none */
};

/*
 * Opens the engine on a store: keys, accounts (the fixtures' are made when they are not there),
 * callbacks that were under way. On an error returns the reason.
 */
const char *engine_start(struct store *store, const struct fixture *fixture,
                         const struct engine_options *options, struct arena *arena,
                         struct engine *ret_engine);
void engine_finish(struct engine *engine);

/* What must be in the turn's transaction beside its changes; before store_commit. */
void engine_before_commit(struct engine *engine);

/* The end of a turn, after store_commit: sends callbacks and tells waiters, or undoes in memory
 * what was rolled back. */
void engine_committed(struct engine *engine);
void engine_rolled_back(struct engine *engine);

/* ------------------------------------------------------------------ creation */

/* An order as a request brings it, checked. Texts must live until engine_create returns. */
struct order {
    enum invoice_kind kind;
    const struct service *service; /* NULL: the payer chooses one on the page */
    const char *currency;          /* that engine_rate knows for the service, when there is one */
    int64_t amount;
    bool test_mode;
    enum invoice_flow flow;
    enum invoice_source source;
    const char *reference_id; /* NULL: one is made */
    const char *description, *descriptor, *metadata, *customer, *customer_reference,
        *customer_email;
    const char *gateway_options, *options, *service_fields;
    const char *callback_url, *return_url, *return_success, *return_fail, *return_pending, *locale,
        *look, *base_url;
    const char *card_payload;   /* of the card whose token is charged, or NULL (engine_find_card) */
    int64_t expires_ms;         /* TIME_NONE: the account's lifetime */
    int64_t start_delay_ms;     /* of a payout (engine/payout.h), TIME_NONE: by command only */
    const char *header_outcome; /* X-Mock-Outcome, metadata.mock_outcome, service_fields.status: */
    const char *metadata_outcome;
    const char
        *service_outcome; /* an outcome text each, checked; "" of the last: the payer decides */
};

/*
 * What one of `currency` is in a service's currency: MONEY_ONE when it is the same; another only
 * for an account that converts, by the fixtures' rates. MONEY_NONE: the service does not take it.
 */
int64_t engine_rate(const struct engine *engine, const struct tenant *tenant, const char *currency,
                    const struct service *service);

/* Whether an invoice of this currency and amount can be paid through a service: it is usable, takes
 * the currency (engine_rate), and its limits hold. */
bool engine_takes(const struct engine *engine, const struct tenant *tenant,
                  const struct service *service, const char *currency, int64_t amount);

enum create_result {
    CREATE_DONE,
    CREATE_CONFLICT, /* the account has this reference_id: the earlier invoice came back */
};

/*
 * Makes an invoice and takes it to process_pending, with its plan and its first callback; without a
 * service it stays `created` and plans and reports nothing until engine_choose, or until it
 * expires. So does a payout until its start (engine/payout.h). Texts of the result live in `arena`.
 */
enum create_result engine_create(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                 const struct order *order, struct invoice *ret_invoice);

/*
 * The payer's choice: gives a created invoice its service and takes it to process_pending, with its
 * first callback. What is planned is found now, a queued outcome used up now
 * (server/docs/outcomes.md; what the order asked for was kept), and waits for the page to happen:
 * no timer runs, for the payer stands there. `service_fields` (JSON, checked against the service)
 * may be NULL, and so may `service_outcome` (struct order). False, and nothing changes: the invoice
 * is not `created` any more or its time is over, or the service does not take it (engine_takes).
 */
bool engine_choose(struct engine *engine, struct tenant *tenant, struct arena *arena,
                   struct invoice *invoice, const struct service *service,
                   const char *service_fields, const char *service_outcome);

/* ------------------------------------------------------------------ change */

struct move {
    enum status status;
    const char *resolution; /* NULL: ok, or general_decline for a failure */
    int64_t amount;         /* MONEY_NONE: all of it */
    int64_t at_ms;          /* account time */
    const char *cause;      /* timer, expiry, payer, command */
    bool force;             /* past the state table */
    bool answered;          /* a call asked for it that can wait with its answer */
    const char *payload;    /* JSON of what was paid with, NULL: the first test card */
};

/*
 * Applies a change and everything that follows from it; false when the state table forbids it, the
 * invoice waits for a service and would start without one, or there is no such money to move
 * (invoice_range). While a refund is pending, `refunded` and `partially_refunded` without an amount
 * both mean that it succeeds: which of them it is follows from what is left.
 */
bool engine_move(struct engine *engine, struct tenant *tenant, struct arena *arena,
                 struct invoice *invoice, const struct move *move);

/* True when such a change without an amount and without force would be applied, under this name. */
bool engine_may_become(const struct engine *engine, struct arena *arena,
                       const struct invoice *invoice, enum status status);

/* Saves an invoice whose plan or texts changed without a transition. */
void engine_save(struct engine *engine, struct tenant *tenant, struct invoice *invoice);

/* The delay of a planned step that names none. */
int64_t engine_settle_after(const struct engine *engine, const struct tenant *tenant);

/*
 * Plans what an outcome text (checked) says, from a status and a time on; "" and what never settles
 * plan nothing. `engine_plan_text` is the normal form of such a text.
 */
void engine_set_plan(const struct engine *engine, const struct tenant *tenant, struct arena *arena,
                     struct invoice *invoice, const char *text, enum status from, int64_t from_ms);
const char *engine_plan_text(const struct engine *engine, struct arena *arena, const char *text,
                             enum status from);

/* Whether the database's text is still an outcome: the fixtures may have lost a resolution since it
 * was stored. */
bool engine_knows_outcome(const struct engine *engine, const char *text, enum status from);

/* Takes the next outcome of this kind off the account's queue, in the arena; NULL: none waits. What
 * is no outcome any more is passed over, and the log says so. */
const char *engine_queued_outcome(struct engine *engine, struct tenant *tenant, struct arena *arena,
                                  enum outcome_kind kind);

/* The plan's steps still to come; an empty one when there are none. */
void engine_plan(const struct engine *engine, const struct invoice *invoice,
                 struct outcome *ret_outcome);

/* Takes step 0 of a plan: applies it when it is due now, and sets what comes after it. */
void engine_step(struct engine *engine, struct tenant *tenant, struct arena *arena,
                 struct invoice *invoice, const struct outcome *outcome, const struct move *how);

/* Any payment by its id, or by that of its card session; false when there is none. */
bool engine_find_any(struct engine *engine, struct arena *arena, const char *id,
                     struct invoice *ret_invoice);
bool engine_find_session(struct engine *engine, struct arena *arena, const char *session,
                         struct invoice *ret_invoice);

/* A payment of this tenant; false when there is none (others' are as good as none). */
bool engine_find(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                 const char *id, struct invoice *ret_invoice);

/* A payment or payout of this tenant, whichever the id is of; false when there is none. The two
 * above know payments only. */
bool engine_find_either(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                        const char *id, struct invoice *ret_invoice);

/* A payout by its id, of any account. */
bool engine_find_payout(struct engine *engine, struct arena *arena, const char *id,
                        struct invoice *ret_invoice);

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

/* The id of a customer: the same reference in the same account is the same customer (P1155).
 */
void engine_customer_id(const struct engine *engine, const struct tenant *tenant,
                        struct arena *arena, const char *reference, char ret_id[IDENT_TEXT]);

/* The e-mail address of the invoice's customer; NULL when it has none. In the arena. */
const char *engine_customer_email(struct arena *arena, const struct invoice *invoice);

/* The view of an invoice (view/view_invoice.h). */
struct view_invoice engine_view(const struct engine *engine, const struct tenant *tenant,
                                const struct invoice *invoice);

/* Notes that something about an invoice changed (0: about the account), for those who wait. */
void engine_note_change(struct engine *engine, const struct tenant *tenant, int64_t invoice);

/* ------------------------------------------------------------------ accounts */

/* Makes an account with fresh keys. NULL when there are too many. */
struct tenant *engine_add_account(struct engine *engine, const struct settings *settings);

/* Takes everything out of the account (tenants_empty); what is under way for it is dropped. */
void engine_empty(struct engine *engine, struct tenant *tenant);

/* Everything back to the start; fixture accounts get the fixture's settings again. */
void engine_reset(struct engine *engine, struct tenant *tenant);
void engine_delete_account(struct engine *engine, struct tenant *tenant);
