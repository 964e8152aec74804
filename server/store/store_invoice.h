/* Invoices, their transitions and their refunds in the database. Errors: see store.h. */
#pragma once

#include "domain/invoice.h"
#include "store/store.h"

/* A row number for a new invoice of a kind. Numbers are never reused, even after the last rows were
 * deleted. */
int64_t store_invoice_next_seq(struct store *store, enum invoice_kind kind);

/* Inserts under invoice->seq. Returns false if the account has that reference_id already (or the
 * turn is poisoned). */
bool store_invoice_insert(struct store *store, struct invoice *invoice);

/* Saves the fields of an invoice that may change. */
void store_invoice_update(struct store *store, const struct invoice *invoice);

/* Reading: true when there is one. Texts go to the arena. */
bool store_invoice_get(struct store *store, struct arena *arena, int64_t seq,
                       struct invoice *ret_invoice);
bool store_invoice_by_reference(struct store *store, struct arena *arena, int64_t account,
                                enum invoice_kind kind, const char *reference_id,
                                struct invoice *ret_invoice);

/* The columns by which a list can be filtered. */
enum invoice_column {
    COLUMN_SEQ,
    COLUMN_STATUS,
    COLUMN_SERVICE,
    COLUMN_CURRENCY,
    COLUMN_TEST_MODE,
    INVOICE_COLUMNS,
};

/* The values that a column may have, or may not have. A null column has none of them. */
struct invoice_values {
    const char *list; /* a JSON array of numbers or texts; NULL: the column may have any value */
    bool negated;     /* the column must have none of them */
};

/* What a list shows. */
struct invoice_list {
    struct invoice_values values[INVOICE_COLUMNS];
    int64_t created_from_ms, created_before_ms; /* from inclusive, before exclusive; TIME_NONE */
    int64_t first_seq, last_seq;                /* inclusive */
    bool upward; /* the rows nearest to first_seq instead of those nearest to last_seq */
    int64_t limit;
};

/* The matching rows of an account, newest first, at most list->limit. Returns how many; the array
 * is in the arena. */
size_t store_invoice_list(struct store *store, struct arena *arena, int64_t account,
                          const struct invoice_list *list, struct invoice **ret_invoices);

/* Reads the next invoice of the account that is due at or before `by_ms`. Returns false if there is
 * none. */
bool store_invoice_next_due(struct store *store, struct arena *arena, int64_t account,
                            int64_t by_ms, struct invoice *ret_invoice);

/* The earliest due time in the account; TIME_NONE if nothing is due. */
int64_t store_invoice_first_due(struct store *store, int64_t account);

/* Of all accounts and both kinds. */
int64_t store_invoice_count(struct store *store);
/* How many of a kind the account has, counted up to `most`. */
int64_t store_invoice_count_of(struct store *store, int64_t account, enum invoice_kind kind,
                               int64_t most);

/* Whether an invoice of the account has the service. */
bool store_invoice_uses(struct store *store, int64_t account, enum invoice_kind kind,
                        const char *service);

/* The invoices of an account that have the same service. */
struct service_use {
    int64_t account;
    enum invoice_kind kind;
    const char *service;
    int64_t n;
};

/* Calls `each` for every service of every account that the newest invoices of a kind have. */
void store_invoice_services(struct store *store, enum invoice_kind kind, int64_t newest,
                            void (*each)(void *arg, const struct service_use *use), void *arg);

int64_t store_invoice_due_count(struct store *store);

/* How many of the account were due before a time. */
int64_t store_invoice_overdue(struct store *store, int64_t account, int64_t before_ms);

/* ------------------------------------------------------------------ transitions and refunds */

void store_transition_insert(struct store *store, const struct transition *transition);

/* Calls `each` for every transition of an invoice in order; texts are valid until it returns. */
void store_transition_all(struct store *store, int64_t invoice,
                          void (*each)(void *arg, const struct transition *row), void *arg);

/* The status that creation left an invoice in: `created` if it waited for its service or for
 * /process, otherwise the one it started in. */
enum status store_invoice_start(struct store *store, const struct invoice *invoice);

/* Inserts. Returns false if the account has a refund with that reference_id (or the turn is
 * poisoned). */
bool store_refund_insert(struct store *store, const struct refund *refund);

/* Saves amount, status and finished_ms of the refund with this account and reference_id. */
void store_refund_update(struct store *store, const struct refund *refund);

/* Returns true if it exists. Texts go to the arena. */
bool store_refund_by_reference(struct store *store, struct arena *arena, int64_t account,
                               const char *reference_id, struct refund *ret_refund);
bool store_refund_by_id(struct store *store, struct arena *arena, int64_t account, const char *id,
                        struct refund *ret_refund);
bool store_refund_pending(struct store *store, struct arena *arena, int64_t invoice,
                          struct refund *ret_refund);

/* All refunds of the invoice that were done count as failed: its payment was taken back. */
void store_refund_undo(struct store *store, int64_t invoice);

/* All refunds of an invoice in the order of creation, in the arena; returns how many. */
size_t store_refund_all(struct store *store, struct arena *arena, int64_t invoice,
                        struct refund **ret_refunds);
