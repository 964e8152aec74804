/* The changes of an account's invoices that moved money, in the order of their times. Errors: see
 * store.h. */
#pragma once

#include "domain/invoice.h"
#include "store/store.h"

struct report_change {
    int64_t seq;                  /* of its row */
    struct transition transition; /* invoice, at_ms and moved are set */
    /* of the invoice, as it is now */
    const char *id, *reference_id, *service, *currency, *description;
    bool test_mode;
    enum status status;
    const char *refund_reference; /* of the requested refund that it ended, or NULL */
};

/* The changes in [from_ms, to_ms) after the change at from_ms with the row number `after` (0: all
 * at from_ms too). */
struct report_range {
    int64_t account, from_ms, to_ms, after;
};

/* Calls `each` until it returns false. Texts are valid until it returns; it may not call this
 * function. */
void store_report(struct store *store, const struct report_range *range,
                  bool (*each)(void *arg, const struct report_change *change), void *arg);

/* The same with only seq, transition and currency set; it takes less time. */
void store_report_money(struct store *store, const struct report_range *range,
                        bool (*each)(void *arg, const struct report_change *change), void *arg);
