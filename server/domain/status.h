/*
 * The statuses of payment and payout invoices and which may follow which (P801, P822,
 * P832). The numbers are stored in the database: append only.
 */
#pragma once

#include "base/nearest.h"
#include "domain/profile.h"

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
    STATUS_TERMINATED = 13,          /* a moderator rejected it, or the user ended it */
    STATUS_CANCELED = 14,            /* a payout that paid nothing after all */
    STATUS_PARTIALLY_CANCELED = 15,  /* a part of a payout came back */
    /* The rest is of newer brands (P619, P815, P816). */
    STATUS_PROCESSING = 16,
    STATUS_PROCESS_ERROR = 17, /* a technical error: the result is not known */
    STATUS_VERIFY_FAILED = 18, /* the failure of `flow: verify` */
    STATUS_AUTHORIZE_FAILED = 19,
    STATUS_REFUNDING = 20,
    STATUS_CANCELING = 21, /* of payouts, from here on */
    STATUS_CANCEL_PENDING = 22,
    STATUS_CANCEL_ERROR = 23, /* a technical error: the payout may still be canceled */
    STATUS_CANCEL_FAILED = 24,
    STATUS_COUNT,
};

/* The bit of a status in a set of statuses. */
#define STATUS_BIT(status) ((uint32_t)1 << (status))

const char *status_name(enum status status);

/* Looks a name up, any letter case; false when there is no such status. */
bool status_parse(const char *name, enum status *ret_status);

/* The statuses like this name, and the reason why it is refused. */
#define STATUS_LIST "GET /_mock/statuses lists them"
struct nearest status_nearest(const char *name);
const char *status_unknown(const char *name, struct arena *arena);

/* The state table. A status never follows itself. */
bool status_may_become(enum status from, enum status to);

/* The same for a payout invoice. */
bool status_payout_may_become(enum status from, enum status to);

/* Whether a payment, or a payout, can have this status. */
bool status_is_of_payment(enum status status);
bool status_is_of_payout(enum status status);

/* Whether accounts of this profile have the status. */
bool status_is_in(enum status status, enum profile profile);

/* The reason if they do not: a format for the names of the status and of the profile. */
#define STATUS_NEWER_REASON                                                                        \
    "%s is not a status of the profile %s: set the account's profile to 2024 or later"

/* Nothing more happens automatically; "only final" callbacks report these (P801, P955). */
bool status_is_final(enum status status);

/* A failure, which carries a resolution other than ok (P851). */
bool status_is_failure(enum status status);

/* The resolution if none is given, and whether the status can have this one (P851, P863). */
const char *status_resolution(enum status status);
bool status_takes_resolution(enum status status, const char *resolution);

/* The provider works on the invoice, and its result is not known. */
bool status_is_under_way(enum status status);

/* A refund of the payment, or a cancellation of the payout, has begun and not ended. */
bool status_is_refunding(enum status status);
/* A refund is in progress, or it was the last thing that happened. */
bool status_is_of_refund(enum status status);
bool status_is_canceling(enum status status);

/* The effect of this status on an invoice's money (invoice.h). */
enum status_money {
    STATUS_MONEY_STAYS,
    STATUS_MONEY_PAID,
    STATUS_MONEY_REFUNDED,
    STATUS_MONEY_CHARGED_BACK,
    STATUS_MONEY_CANCELED, /* of a payout: it comes back */
};
enum status_money status_money(enum status status);

/* It moves a part of the money, never all. */
bool status_is_part(enum status status);

/* Money was taken: payload, original_data and the processed fields are filled. */
bool status_is_paid(enum status status);

/* The payment attempt's own status, as `active_payment.status` shows it (P830, P831); NULL
 * for statuses of payouts. */
const char *status_payment_name(enum status status);
