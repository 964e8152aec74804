/*
 * A payment invoice and a callback as the mock keeps them. Plain data: the creator of a struct owns
 * its texts, usually in an arena. Only the engine changes an invoice.
 */
#pragma once

#include "domain/fault.h"
#include "domain/ident.h"
#include "domain/money.h"
#include "domain/status.h"

#include <stdbool.h>
#include <stdint.h>

#define TIME_NONE INT64_MIN /* a time that is null */

/* Where an invoice came from (P458). Stored: append only. */
enum invoice_source {
    SOURCE_MERCHANT_API = 0,
    SOURCE_PLATFORM_PUBLIC_API = 1,
};

enum invoice_flow {
    FLOW_CHARGE = 0,
    FLOW_VERIFY = 1,
};

/* Their names, NULL behind the last. */
extern const char *const invoice_sources[], *const invoice_flows[];

/*
 * Payouts are invoices in the other direction (P609). They use the same tables, timers and
 * callbacks. Of their members, payment_amount is what the payee gets, deposit what is written off
 * the balance, service_fields the `fields`, gateway_options the `options`, and processed_ms also
 * the time of a failure. They have no page and no card.
 *
 * Their row numbers start at INVOICE_PAYOUTS, so a row number is enough to tell the kind. Stored:
 * schema/db has the same bound.
 */
enum invoice_kind {
    INVOICE_PAYMENT,
    INVOICE_PAYOUT,
};
#define INVOICE_KINDS (INVOICE_PAYOUT + 1)
#define INVOICE_PAYOUTS ((int64_t)1 << 40)

extern const struct invoice_kind_row {
    const char *prefix;  /* of ids */
    const char *type;    /* in the platform's paths: "payment-invoices" */
    const char *noun;    /* before "invoice": "payment" */
    int64_t first, last; /* its row numbers */
} invoice_kinds[INVOICE_KINDS];

struct invoice {
    int64_t seq;              /* row id: the order of insertion among its kind */
    int64_t account;          /* account.num */
    char id[IDENT_TEXT];      /* cpi_... or cpoi_... */
    char session[IDENT_TEXT]; /* cgi_..., the card page */
    const char *service;      /* its code; NULL: the payer has not chosen one yet */
    const char *reference_id, *currency, *description, *descriptor;
    bool test_mode;
    enum invoice_flow flow;
    enum invoice_source source;

    enum status status;
    uint32_t statuses_reached; /* the set of statuses it is or has been in */
    const char *resolution;
    /* in the service's currency, and the exchange rate to it (price.h); MONEY_NONE without a
     * service */
    int64_t service_amount, exchange_rate;
    int64_t amount, payment_amount, fee, deposit;               /* money.h */
    int64_t processed_amount, processed_fee, processed_deposit; /* or MONEY_NONE */
    int64_t refunded_amount, charged_back_amount; /* totals, or MONEY_NONE; see invoice_left */
    int64_t created_ms, updated_ms, expires_ms;
    int64_t processed_ms, refunded_ms, charged_back_ms; /* the last time, or TIME_NONE */
    int64_t failed_ms; /* when it failed or timed out, or TIME_NONE */
    int64_t made_ms;   /* machine time of its creation; all other times are the account's */

    /* JSON texts in the platform's spelling; NULL where the wire shows null or nothing */
    const char *metadata, *customer, *gateway_options, *service_fields, *payload, *callback_logs;
    const char *options;     /* of a payment's order (order_fields.c); a JSON text or NULL */
    const char *context;     /* of a payout's order; a JSON text or NULL */
    const char *saved_card;  /* the stored card that its payer is offered, as `payload`; or NULL */
    const char *customer_id; /* cus_..., NULL without a customer */
    const char *callback_url, *return_url, *return_success, *return_fail, *return_pending;
    const char *challenge_outcome; /* of an open 3-D Secure challenge, or NULL */
    const char *challenge_payload; /* the card of that, or of a charge by token, or NULL */
    const char *locale;
    const char *look; /* the page's JSON {"display":{..},"style":{..}} (order_fields.h), or NULL */
    const char *base_url; /* start of the absolute URLs in its bodies */

    const char *plan;    /* the remaining steps (outcome.h), or ""; they wait for a service */
    int64_t plan_due_ms; /* time of the first of them, or TIME_NONE */
    int64_t due_ms;   /* time of the next automatic change, or TIME_NONE; derived from the others */
    int64_t attempts; /* of the payer */
};

/*
 * The money of an invoice so far: its effect on the balance in parts (invoice_money_of), or the
 * change of it. A part of a change that is MONEY_NONE did not change. The active balance is paid -
 * fee - refunded - charged_back.
 */
struct invoice_money {
    int64_t paid; /* by the payer; below 0: to the payee of a payout, or reserved for him */
    int64_t fee;
    int64_t refunded, charged_back;
    int64_t reserved; /* of a payout in progress */
};

/* What happened to an invoice after its creation. */
struct transition {
    int64_t invoice, account;
    int64_t at_ms;   /* account time */
    int64_t wall_ms; /* machine time */
    enum status old, new;
    const char *resolution;
    const char *cause; /* timer, expiry, payer, command */
    struct invoice_money moved;
};

/* Stored: append only. */
enum refund_status {
    REFUND_PENDING = 0,
    REFUND_DONE = 1,
    REFUND_FAILED = 2,
};

/* A refund: requested by the merchant, or made by a planned outcome or a command. While one is
 * pending, its invoice is refund_pending or refunding. */
struct refund {
    int64_t invoice, account;
    const char *id; /* ref_...; always the same for a reference_id of an account */
    const char *reference_id;
    int64_t amount;
    const char *description; /* or NULL */
    enum refund_status status;
    int64_t created_ms, finished_ms; /* account time; or TIME_NONE */
    bool unrequested; /* no call asked for it; while it is pending its amount is not decided */
};

extern const char *const refund_statuses[]; /* their names, NULL behind the last */

/* Stored: append only. */
enum callback_state {
    CALLBACK_QUEUED = 0,  /* waits for due_ms */
    CALLBACK_SENDING = 1, /* with the sender: waiting for a connection, on the wire, or held */
    CALLBACK_DONE = 2,
    CALLBACK_FAILED = 3,
    CALLBACK_DROPPED = 4,
};
#define CALLBACK_STATES (CALLBACK_DROPPED + 1)

const char *callback_state_name(enum callback_state state);
/* True if it failed or has not ended yet. */
bool callback_is_undelivered(enum callback_state state);
bool callback_state_parse(const char *name, enum callback_state *ret_state);

struct callback {
    int64_t seq;     /* its id is ident_number("cb", seq) */
    int64_t invoice; /* 0: none of the account; made by hand */
    int64_t account;
    enum status transition; /* what it reports */
    enum callback_state state;
    int64_t queued_ms;     /* account time */
    int64_t due_ms;        /* or TIME_NONE */
    int64_t attempts;      /* made so far, as planned */
    int64_t extra;         /* additional ones: duplicates */
    int64_t ended_ms;      /* end of the last attempt, account time, or TIME_NONE */
    int64_t code;          /* of the last attempt, 0: none */
    bool manual;           /* the next attempt was requested by hand: no retries follow */
    enum fault_kind fault; /* the fault of the next attempt */
    bool test_mode;
    const char *url, *signature; /* signature "": it is not signed */
    const char *body;            /* without the part removed at body_cut: outbox_body restores it */
    int64_t body_cut;            /* place of the removed token signature, 0: nothing was removed */
    int64_t second_after_ms;     /* not stored: when the retry of FAULT_OVERLAP begins */
    bool by_payer;               /* not stored: the payer caused it, now */
};

/* Held back by the fault `reorder`; a restart sends it. */
static inline bool callback_is_held(const struct callback *callback)
{
    return callback->state == CALLBACK_SENDING && callback->fault == FAULT_REORDER;
}

static inline bool callback_is_by_hand(const struct callback *callback)
{
    return callback->fault >= FAULT_BY_HAND && callback->fault <= FAULT_BY_HAND_FORGED;
}

/* One attempt to deliver a callback, raw. */
#define HEAD_LINE_MOST 4096        /* bytes of a request line or a status line that are kept */
#define HEAD_LINES_MOST (64 << 10) /* of all lines of a head */

struct attempt {
    int64_t callback, number;                       /* from 1 */
    int64_t at_ms;                                  /* account time of its beginning */
    int64_t wall_ms, took_ms;                       /* machine time */
    int64_t code;                                   /* 0: no answer */
    enum fault_kind fault;                          /* what it met */
    const char *error;                              /* NULL when there was an answer */
    const char *request_body;                       /* NULL: the callback's */
    const char *request_headers, *response_headers; /* JSON texts of objects */
    const char *response_body;
    int64_t response_size;
    const char *request_line, *response_line; /* NULL: not sent, no answer, or not recorded */
    const char *response_lines; /* the header lines, if the object cannot show them; else NULL */
};

/* The kind of a row number, of an id, which need not exist, and of a noun. */
enum invoice_kind invoice_kind(int64_t seq);
enum invoice_kind invoice_kind_of(const char *id);
bool invoice_kind_parse(const char *noun, enum invoice_kind *ret_kind);

/* The id of a row by its kind (ident_of_row), and back; false if the id was not made with this
 * key. */
void invoice_id(struct crypt_block *rows, int64_t seq, char ret_id[IDENT_TEXT]);
bool invoice_id_read(struct crypt_block *rows, const char *id, int64_t *ret_seq);

/* True when a text could be an invoice's id of either kind. */
bool invoice_id_has_form(const char *text);

/* The state table of its kind (status.h). */
bool invoice_may_become(const struct invoice *invoice, enum status to);

/* Whether an invoice of its kind and flow can have the status at all, also by force. */
bool invoice_can_be(const struct invoice *invoice, enum status status);

/* The name of a success: a card check succeeds as `verified`, everything else as `processed`. Other
 * statuses are returned as they are. */
enum status invoice_success(const struct invoice *invoice, enum status asked);

/* Created without a service: the payer must choose one on the payment page first. */
bool invoice_awaits_choice(const struct invoice *invoice);

/*
 * Its effect on the account's balance (engine/ledger.h): the amount paid less what was returned; 0
 * if it is not paid. A payout reduces the balance by what it paid; what is canceled comes back.
 * While it is in progress its money is reserved: invoice_reserved, 0 for everything else.
 */
int64_t invoice_balance_effect(const struct invoice *invoice);
int64_t invoice_reserved(const struct invoice *invoice);

/* The same in parts; their sum is invoice_balance_effect, if no limit is reached. */
struct invoice_money invoice_money_of(const struct invoice *invoice);

/* The change from one to the other. */
struct invoice_money invoice_money_moved(const struct invoice_money *from,
                                         const struct invoice_money *to);

/* The amount paid and not returned, or the full amount if nothing was paid yet: the most that a
 * refund or a chargeback can take. */
int64_t invoice_left(const struct invoice *invoice);

/* True if less than the whole amount was paid. */
bool invoice_is_part_paid(const struct invoice *invoice);

/* How much a change moves. `most` is below `least` if it cannot move anything. */
struct money_range {
    int64_t least, most; /* both 0: the status moves no money */
    int64_t usual;       /* if no amount is given */
};

/*
 * What a change to `status` may move. A full amount is all that is left (for `processed`: anything
 * up to what the payer owes). A part is less than that and usually half of it, in whole steps of
 * the currency (currency.h) if possible.
 */
struct money_range invoice_range(const struct invoice *invoice, enum status status);

/* Whether the range has this amount. */
bool money_range_has(const struct money_range *range, int64_t amount);

/* Adds an amount to one that may be MONEY_NONE. */
void money_raise(int64_t *sum, int64_t amount);

/* Sets due_ms from status, plan and expiry. */
void invoice_schedule(struct invoice *invoice);
