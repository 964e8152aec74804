#include "status.h"

#include "base/attr.h"
#include "base/text.h"

#define BIT(name) STATUS_BIT(STATUS_##name)

/* clang-format off */
static const struct {
    const char *name;
    uint32_t next;            /* the set of statuses that may follow */
    bool final, failure, paid;
    const char *payment;
} table[STATUS_COUNT] = {
    [STATUS_CREATED] = {"created", BIT(PROCESS_PENDING) | BIT(EXPIRED), false, false, false, "created"},
    [STATUS_EXPIRED] = {"expired", 0, true, true, false, "expired"},
    [STATUS_PROCESS_PENDING] = {"process_pending",
        BIT(PROCESSED) | BIT(PROCESS_FAILED) | BIT(VERIFIED), false, false, false, "invoked"},
    [STATUS_PROCESSED] = {"processed",
        BIT(REFUND_PENDING) | BIT(REFUNDED) | BIT(PARTIALLY_REFUNDED) | BIT(REFUND_FAILED) |
        BIT(CHARGED_BACK) | BIT(PARTIALLY_CHARGED_BACK), true, false, true, "processed"},
    [STATUS_PROCESS_FAILED] = {"process_failed", BIT(PROCESS_PENDING), true, true, false, "process_failed"},
    [STATUS_VERIFIED] = {"verified", 0, true, false, true, "processed"},
    [STATUS_REFUND_PENDING] = {"refund_pending",
        BIT(REFUNDED) | BIT(PARTIALLY_REFUNDED) | BIT(REFUND_FAILED), false, false, true, "refund_pending"},
    [STATUS_PARTIALLY_REFUNDED] = {"partially_refunded",
        BIT(REFUND_PENDING) | BIT(REFUNDED) | BIT(CHARGED_BACK) | BIT(PARTIALLY_CHARGED_BACK),
        true, false, true, "partially_refunded"},
    [STATUS_REFUNDED] = {"refunded", 0, true, false, true, "refunded"},
    [STATUS_REFUND_FAILED] = {"refund_failed",
        BIT(REFUND_PENDING) | BIT(REFUNDED) | BIT(CHARGED_BACK) | BIT(PARTIALLY_CHARGED_BACK),
        true, true, true, "refund_failed"},
    [STATUS_CHARGED_BACK] = {"charged_back", 0, true, false, true, "charged_back"},
    [STATUS_PARTIALLY_CHARGED_BACK] = {"partially_charged_back",
        BIT(CHARGED_BACK) | BIT(REFUND_PENDING), true, false, true, "partially_charged_back"},
};
/* clang-format on */

const char *status_name(enum status status)
{
    return table[status].name;
}

bool status_parse(const char *name, enum status *ret_status)
{
    for (int i = 0; i < STATUS_COUNT; i++) {
        if (text_equal_nocase(name, table[i].name)) {
            *ret_status = (enum status)i;
            return true;
        }
    }
    return false;
}

bool status_may_become(enum status from, enum status to)
{
    return table[from].next & STATUS_BIT(to);
}

/* A payout cannot be given back, and what failed is not tried again (facts.md b.9, PG-OUT). It
 * fails without having begun when there is no money for it. */
static const uint32_t payout_next[STATUS_COUNT] = {
    [STATUS_CREATED] = BIT(PROCESS_PENDING) | BIT(PROCESS_FAILED) | BIT(EXPIRED),
    [STATUS_PROCESS_PENDING] = BIT(PROCESSED) | BIT(PROCESS_FAILED),
};

bool status_payout_may_become(enum status from, enum status to)
{
    return payout_next[from] & STATUS_BIT(to);
}

bool status_is_of_payout(enum status status)
{
    return (BIT(CREATED) | BIT(PROCESS_PENDING) | BIT(PROCESSED) | BIT(PROCESS_FAILED) |
            BIT(EXPIRED)) &
           STATUS_BIT(status);
}

bool status_is_final(enum status status)
{
    return table[status].final;
}

bool status_is_failure(enum status status)
{
    return table[status].failure;
}

bool status_is_paid(enum status status)
{
    return table[status].paid;
}

const char *status_payment_name(enum status status)
{
    return table[status].payment;
}
