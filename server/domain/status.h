/*
 * The statuses of payment and payout invoices and which may follow which (P801, P822). The
 * numbers are stored in the database: append only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum status {
    STATUS_CREATED = 0,
    STATUS_EXPIRED = 1,
    STATUS_PROCESS_PENDING = 2,
    STATUS_PROCESSED = 3,
    STATUS_PROCESS_FAILED = 4,
    STATUS_VERIFIED = 5,
    STATUS_REFUND_PENDING = 6,
    STATUS_PARTIALLY_REFUNDED = 7,
    STATUS_REFUNDED = 8,
    STATUS_REFUND_FAILED = 9,
    STATUS_CHARGED_BACK = 10,
    STATUS_PARTIALLY_CHARGED_BACK = 11,
    STATUS_PARTIALLY_PROCESSED = 12, /* a different amount was paid */
    STATUS_TERMINATED = 13,          /* a moderator rejected it */
    STATUS_COUNT,
};

/* The bit of a status in a set of statuses. */
#define STATUS_BIT(status) ((uint32_t)1 << (status))

const char *status_name(enum status status);

/* Looks a name up, any letter case; false when there is no such status. */
bool status_parse(const char *name, enum status *ret_status);

/* The state table. A status never follows itself. */
bool status_may_become(enum status from, enum status to);

/* The same for a payout invoice, and whether a payout can have this status. */
bool status_payout_may_become(enum status from, enum status to);
bool status_is_of_payout(enum status status);

/* Nothing more happens automatically; "only final" callbacks report these (P801, P955). */
bool status_is_final(enum status status);

/* A failure, which carries a resolution other than ok (P851). */
bool status_is_failure(enum status status);

/* The effect of this status on an invoice's money (invoice.h). */
enum status_money {
    STATUS_MONEY_STAYS,
    STATUS_MONEY_PAID,
    STATUS_MONEY_REFUNDED,
    STATUS_MONEY_CHARGED_BACK,
};
enum status_money status_money(enum status status);

/* It moves a part of the money, never all. */
bool status_is_part(enum status status);

/* Money was taken: payload, original_data and the processed fields are filled. */
bool status_is_paid(enum status status);

/* The payment attempt's own status, as `active_payment.status` shows it (P830, P831). */
const char *status_payment_name(enum status status);
