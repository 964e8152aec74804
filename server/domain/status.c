#include "status.h"

#include "base/text.h"

#define BIT(name) STATUS_BIT(STATUS_##name)

/* May follow once there is money to return. */
#define GOES_BACK                                                                                  \
    (BIT(REFUND_PENDING) | BIT(REFUNDED) | BIT(PARTIALLY_REFUNDED) | BIT(REFUND_FAILED) |          \
     BIT(CHARGED_BACK) | BIT(PARTIALLY_CHARGED_BACK))

enum { FINAL = 1, FAILURE = 2, PAID = 4, PART = 8 };

/* clang-format off */
static const struct row {
    const char *name;
    uint32_t next;            /* the set of statuses that may follow */
    unsigned is;
    enum status_money money;
    const char *payment;
} table[STATUS_COUNT] = {
    [STATUS_CREATED] = {"created",
        BIT(PROCESS_PENDING) | BIT(EXPIRED) | BIT(TERMINATED), 0, STATUS_MONEY_STAYS, "created"},
    [STATUS_EXPIRED] = {"expired", 0, FINAL | FAILURE, STATUS_MONEY_STAYS, "expired"},
    [STATUS_PROCESS_PENDING] = {"process_pending",
        BIT(PROCESSED) | BIT(PROCESS_FAILED) | BIT(VERIFIED) | BIT(PARTIALLY_PROCESSED) | BIT(TERMINATED),
        0, STATUS_MONEY_STAYS, "invoked"},
    [STATUS_PROCESSED] = {"processed", GOES_BACK, FINAL | PAID, STATUS_MONEY_PAID, "processed"},
    [STATUS_PROCESS_FAILED] = {"process_failed",
        BIT(PROCESS_PENDING), FINAL | FAILURE, STATUS_MONEY_STAYS, "process_failed"},
    [STATUS_VERIFIED] = {"verified", 0, FINAL | PAID, STATUS_MONEY_STAYS, "processed"},
    [STATUS_REFUND_PENDING] = {"refund_pending",
        BIT(REFUNDED) | BIT(PARTIALLY_REFUNDED) | BIT(REFUND_FAILED), PAID, STATUS_MONEY_STAYS, "refund_pending"},
    [STATUS_PARTIALLY_REFUNDED] = {"partially_refunded",
        BIT(REFUND_PENDING) | BIT(REFUNDED) | BIT(CHARGED_BACK) | BIT(PARTIALLY_CHARGED_BACK),
        FINAL | PAID | PART, STATUS_MONEY_REFUNDED, "partially_refunded"},
    [STATUS_REFUNDED] = {"refunded", 0, FINAL | PAID, STATUS_MONEY_REFUNDED, "refunded"},
    [STATUS_REFUND_FAILED] = {"refund_failed",
        BIT(REFUND_PENDING) | BIT(REFUNDED) | BIT(CHARGED_BACK) | BIT(PARTIALLY_CHARGED_BACK),
        FINAL | FAILURE | PAID, STATUS_MONEY_STAYS, "refund_failed"},
    [STATUS_CHARGED_BACK] = {"charged_back", 0, FINAL | PAID, STATUS_MONEY_CHARGED_BACK, "charged_back"},
    [STATUS_PARTIALLY_CHARGED_BACK] = {"partially_charged_back",
        BIT(CHARGED_BACK) | BIT(REFUND_PENDING), FINAL | PAID | PART, STATUS_MONEY_CHARGED_BACK,
        "partially_charged_back"},
    [STATUS_PARTIALLY_PROCESSED] = {"partially_processed",
        GOES_BACK, FINAL | PAID | PART, STATUS_MONEY_PAID, "processed"},
    [STATUS_TERMINATED] = {"terminated", 0, FINAL | FAILURE, STATUS_MONEY_STAYS, "terminated"},
};
/* clang-format on */

const char *status_name(enum status status)
{
    return table[status].name;
}

bool status_parse(const char *name, enum status *ret_status)
{
    const struct row *found = text_find_nocase(name, table, STATUS_COUNT, sizeof *table);
    if (found) {
        *ret_status = (enum status)(found - table);
    }
    return found;
}

bool status_may_become(enum status from, enum status to)
{
    return table[from].next & STATUS_BIT(to);
}

/* A payout cannot be refunded, and a failed one is not retried (P832). It fails directly if the
 * balance does not cover it. */
static const uint32_t payout_next[STATUS_COUNT] = {
    [STATUS_CREATED] = BIT(PROCESS_PENDING) | BIT(PROCESS_FAILED) | BIT(EXPIRED) | BIT(TERMINATED),
    [STATUS_PROCESS_PENDING] =
        BIT(PROCESSED) | BIT(PARTIALLY_PROCESSED) | BIT(PROCESS_FAILED) | BIT(TERMINATED),
};

bool status_payout_may_become(enum status from, enum status to)
{
    return payout_next[from] & STATUS_BIT(to);
}

bool status_is_of_payout(enum status status)
{
    return STATUS_BIT(status) &
           (BIT(CREATED) | payout_next[STATUS_CREATED] | payout_next[STATUS_PROCESS_PENDING]);
}

bool status_is_final(enum status status)
{
    return table[status].is & FINAL;
}

bool status_is_failure(enum status status)
{
    return table[status].is & FAILURE;
}

bool status_is_paid(enum status status)
{
    return table[status].is & PAID;
}

enum status_money status_money(enum status status)
{
    return table[status].money;
}

bool status_is_part(enum status status)
{
    return table[status].is & PART;
}

const char *status_payment_name(enum status status)
{
    return table[status].payment;
}
