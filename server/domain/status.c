#include "status.h"

#include "base/attr.h"
#include "base/text.h"
#include "domain/resolution.h"

#define BIT(name) STATUS_BIT(STATUS_##name)

/* How a payment that has started may go on. */
#define PAYS                                                                                       \
    (BIT(PROCESSED) | BIT(PROCESS_FAILED) | BIT(VERIFIED) | BIT(PARTIALLY_PROCESSED) |             \
     BIT(TERMINATED) | BIT(VERIFY_FAILED) | BIT(AUTHORIZE_FAILED))

/* May follow once there is money to return. */
#define GOES_BACK                                                                                  \
    (BIT(REFUND_PENDING) | BIT(REFUNDING) | BIT(REFUNDED) | BIT(PARTIALLY_REFUNDED) |              \
     BIT(REFUND_FAILED) | BIT(CHARGED_BACK) | BIT(PARTIALLY_CHARGED_BACK))

/* How a payout that has started may go on. */
#define PAYS_OUT                                                                                   \
    (BIT(PROCESSED) | BIT(PROCESS_FAILED) | BIT(PARTIALLY_PROCESSED) | BIT(TERMINATED) |           \
     BIT(CANCELED) | BIT(PARTIALLY_CANCELED) | BIT(CANCELING))

/* How the cancellation of a payout begins, and how it ends. */
#define CANCELS (BIT(CANCELING) | BIT(CANCEL_PENDING) | BIT(CANCELED))
#define CANCEL_ENDS (BIT(CANCELED) | BIT(PARTIALLY_CANCELED) | BIT(CANCEL_FAILED))

enum {
    FINAL = 1,
    FAILURE = 2,
    PAID = 4,
    PART = 8,
    NEWER = 16,      /* not in the profile of 2020 */
    UNDER_WAY = 32,  /* the provider works on it */
    REFUNDING = 64,  /* a refund is in progress */
    CANCELING = 128, /* the cancellation of a payout is in progress */
    OPEN = 256,      /* any resolution, also ok */
    ERROR = 512,     /* a technical error, which may pass */
};

/* clang-format off */
static const struct row {
    const char *name;
    uint32_t next, payout_next; /* the sets of statuses that may follow, by kind */
    unsigned is;
    enum status_money money;
    const char *payment;
} table[STATUS_COUNT] = {
    [STATUS_CREATED] = {"created",
        BIT(PROCESS_PENDING) | BIT(EXPIRED) | BIT(TERMINATED),
        /* It fails directly if the balance does not cover it. */
        BIT(PROCESS_PENDING) | BIT(PROCESS_FAILED) | BIT(EXPIRED) | BIT(TERMINATED),
        0, STATUS_MONEY_STAYS, "created"},
    [STATUS_EXPIRED] = {"expired", 0, 0, FINAL | FAILURE, STATUS_MONEY_STAYS, "expired"},
    [STATUS_PROCESS_PENDING] = {"process_pending",
        PAYS | BIT(PROCESSING) | BIT(PROCESS_ERROR),
        PAYS_OUT | BIT(PROCESSING) | BIT(PROCESS_ERROR),
        UNDER_WAY | OPEN, STATUS_MONEY_STAYS, "invoked"},
    [STATUS_PROCESSED] = {"processed",
        GOES_BACK, CANCELS | BIT(PARTIALLY_CANCELED),
        FINAL | PAID, STATUS_MONEY_PAID, "processed"},
    [STATUS_PROCESS_FAILED] = {"process_failed",
        BIT(PROCESS_PENDING), 0, FINAL | FAILURE, STATUS_MONEY_STAYS, "process_failed"},
    [STATUS_VERIFIED] = {"verified", 0, 0, FINAL | PAID, STATUS_MONEY_STAYS, "processed"},
    [STATUS_REFUND_PENDING] = {"refund_pending",
        BIT(REFUNDING) | BIT(REFUNDED) | BIT(PARTIALLY_REFUNDED) | BIT(REFUND_FAILED), 0,
        PAID | REFUNDING, STATUS_MONEY_STAYS, "refund_pending"},
    [STATUS_PARTIALLY_REFUNDED] = {"partially_refunded",
        BIT(REFUND_PENDING) | BIT(REFUNDING) | BIT(REFUNDED) | BIT(CHARGED_BACK) |
        BIT(PARTIALLY_CHARGED_BACK), 0,
        FINAL | PAID | PART, STATUS_MONEY_REFUNDED, "partially_refunded"},
    [STATUS_REFUNDED] = {"refunded", 0, 0, FINAL | PAID, STATUS_MONEY_REFUNDED, "refunded"},
    [STATUS_REFUND_FAILED] = {"refund_failed",
        BIT(REFUND_PENDING) | BIT(REFUNDING) | BIT(REFUNDED) | BIT(CHARGED_BACK) |
        BIT(PARTIALLY_CHARGED_BACK), 0,
        FINAL | FAILURE | PAID, STATUS_MONEY_STAYS, "refund_failed"},
    [STATUS_CHARGED_BACK] = {"charged_back", 0, 0, FINAL | PAID, STATUS_MONEY_CHARGED_BACK, "charged_back"},
    [STATUS_PARTIALLY_CHARGED_BACK] = {"partially_charged_back",
        BIT(CHARGED_BACK) | BIT(REFUND_PENDING) | BIT(REFUNDING), 0,
        FINAL | PAID | PART, STATUS_MONEY_CHARGED_BACK, "partially_charged_back"},
    [STATUS_PARTIALLY_PROCESSED] = {"partially_processed",
        GOES_BACK, CANCELS | BIT(PARTIALLY_CANCELED),
        FINAL | PAID | PART, STATUS_MONEY_PAID, "processed"},
    [STATUS_TERMINATED] = {"terminated", 0, 0, FINAL | FAILURE, STATUS_MONEY_STAYS, "terminated"},
    [STATUS_CANCELED] = {"canceled",
        0, 0, FINAL, STATUS_MONEY_CANCELED, NULL},
    [STATUS_PARTIALLY_CANCELED] = {"partially_canceled",
        0, CANCELS, FINAL | PAID | PART, STATUS_MONEY_CANCELED, NULL},
    [STATUS_PROCESSING] = {"processing",
        PAYS | BIT(PROCESS_PENDING) | BIT(PROCESS_ERROR),
        PAYS_OUT | BIT(PROCESS_PENDING) | BIT(PROCESS_ERROR),
        UNDER_WAY | OPEN | NEWER, STATUS_MONEY_STAYS, "process_pending"},
    [STATUS_PROCESS_ERROR] = {"process_error",
        PAYS | BIT(PROCESS_PENDING) | BIT(PROCESSING),
        PAYS_OUT | BIT(PROCESS_PENDING) | BIT(PROCESSING),
        UNDER_WAY | OPEN | ERROR | NEWER, STATUS_MONEY_STAYS, "process_error"},
    [STATUS_VERIFY_FAILED] = {"verify_failed",
        0, 0, FINAL | FAILURE | NEWER, STATUS_MONEY_STAYS, "process_failed"},
    [STATUS_AUTHORIZE_FAILED] = {"authorize_failed",
        0, 0, FINAL | FAILURE | NEWER, STATUS_MONEY_STAYS, "process_failed"},
    [STATUS_REFUNDING] = {"refunding",
        BIT(REFUND_PENDING) | BIT(REFUNDED) | BIT(PARTIALLY_REFUNDED) | BIT(REFUND_FAILED), 0,
        PAID | REFUNDING | NEWER, STATUS_MONEY_STAYS, "refund_pending"},
    [STATUS_CANCELING] = {"canceling",
        0, CANCEL_ENDS | BIT(CANCEL_PENDING) | BIT(CANCEL_ERROR),
        CANCELING | NEWER, STATUS_MONEY_STAYS, NULL},
    [STATUS_CANCEL_PENDING] = {"cancel_pending",
        0, CANCEL_ENDS | BIT(CANCELING) | BIT(CANCEL_ERROR),
        CANCELING | NEWER, STATUS_MONEY_STAYS, NULL},
    [STATUS_CANCEL_ERROR] = {"cancel_error",
        0, CANCEL_ENDS | BIT(CANCELING) | BIT(CANCEL_PENDING),
        CANCELING | OPEN | ERROR | NEWER, STATUS_MONEY_STAYS, NULL},
    [STATUS_CANCEL_FAILED] = {"cancel_failed",
        0, CANCELS | BIT(PARTIALLY_CANCELED),
        FINAL | FAILURE | PAID | NEWER, STATUS_MONEY_STAYS, NULL},
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

/* What people call a status. */
static const struct nearest_alias aliases[] = {
    {"success", "processed"},       {"successful", "processed"},    {"succeeded", "processed"},
    {"approved", "processed"},      {"paid", "processed"},          {"completed", "processed"},
    {"pending", "process_pending"}, {"failed", "process_failed"},   {"failure", "process_failed"},
    {"rejected", "process_failed"}, {"chargeback", "charged_back"}, {"dispute", "charged_back"},
    {"timeout", "expired"},         {"cancelled", "canceled"},
};

struct nearest status_nearest(const char *name)
{
    struct nearest nearest = nearest_to(name);
    nearest_offer_aliases(&nearest, aliases, ARRAY_SIZE(aliases));
    nearest_offer_rows(&nearest, table, STATUS_COUNT, sizeof *table);
    return nearest;
}

const char *status_unknown(const char *name, struct arena *arena)
{
    const struct nearest nearest = status_nearest(name);
    return arena_printf(arena, "unknown status \"%s\"%s", name,
                        nearest_hint(&nearest, arena, STATUS_LIST));
}

bool status_may_become(enum status from, enum status to)
{
    return table[from].next & STATUS_BIT(to);
}

bool status_payout_may_become(enum status from, enum status to)
{
    return table[from].payout_next & STATUS_BIT(to);
}

bool status_is_of_payment(enum status status)
{
    uint32_t reached = BIT(CREATED);
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        reached |= table[i].next;
    }
    return reached & STATUS_BIT(status);
}

bool status_is_of_payout(enum status status)
{
    uint32_t reached = BIT(CREATED);
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        reached |= table[i].payout_next;
    }
    return reached & STATUS_BIT(status);
}

bool status_is_in(enum status status, enum profile profile)
{
    return profile != PROFILE_2020 || !(table[status].is & NEWER);
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

bool status_is_under_way(enum status status)
{
    return table[status].is & UNDER_WAY;
}

bool status_is_refunding(enum status status)
{
    return table[status].is & REFUNDING;
}

bool status_is_of_refund(enum status status)
{
    return status_is_refunding(status) || table[status].money == STATUS_MONEY_REFUNDED ||
           status == STATUS_REFUND_FAILED;
}

bool status_is_canceling(enum status status)
{
    return table[status].is & CANCELING;
}

const char *status_resolution(enum status status)
{
    return status_is_failure(status)         ? RESOLUTION_DEFAULT
           : (table[status].is & ERROR) != 0 ? RESOLUTION_ERROR
                                             : RESOLUTION_OK;
}

bool status_takes_resolution(enum status status, const char *resolution)
{
    bool good = text_equal(resolution, RESOLUTION_OK);
    return table[status].is & OPEN || good != status_is_failure(status);
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
