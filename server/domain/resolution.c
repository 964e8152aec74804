#include "resolution.h"

#include "base/attr.h"
#include "base/text.h"

#include <string.h>

static const char *const known[] = {
    RESOLUTION_OK,
    RESOLUTION_EXPIRED,
    RESOLUTION_DEFAULT,
    /* the platform's published list */
    "amount_conversion_error",
    "antifraud_error",
    "auth_3ds_required",
    "auth_otp_required",
    "auth_fatal_error",
    "card_expired",
    "card_3ds_enrolled",
    "card_blocked_by_invalid_pin",
    "card_lost",
    "card_not_3ds_enrolled",
    "card_stolen",
    "card_restricted",
    "card_restricted_by_acquirer",
    "invalid_card_type",
    "card_usage_limit_violation",
    "card_usage_issuer_limit_violation",
    "card_verification_failed",
    "client_auth_failed",
    "customer_blocked",
    "transaction_expired",
    "fatal_decline",
    "fatal_error",
    "fatal_invalid_card",
    "forced_captured",
    "insufficient_funds",
    "invalid_3ds_code",
    "invalid_amount",
    "invalid_card",
    "invalid_cardholder",
    "invalid_cvv",
    "invalid_details",
    "invalid_expire_date",
    "invalid_otp_code",
    "issuer_decline",
    /* seen in bodies */
    "routing_error",
    "general_fatal_error",
    "declined_error",
    "no_routes_by_condition",
    "card_type_not_supported",
    "fatal_timeout",
    "card_is_lost",
    "card_is_stolen",
    "fatal_card_expired",
    "fatal_issuer_unavailable",
    /* the test cards' */
    "access_denied",
    "error",
    "provider_error",
    "unknown",
    "duplicated_transaction",
    "unable_to_determine_3ds_enrolment",
    "card_is_3ds_enrolled",
    "card_is_not_3ds_enrolled",
    "provider_fatal_error",
    "invalid_pin",
    "unable_to_reconcile",
    "limit_violation",
    "functionality_is_not_permitted",
    "invalid_request",
    "lost_or_stolen_card",
    "declined",
    "invalid_otp",
    "invalid_card_status",
    "invalid_pan",
    "invalid_credentials",
};

const char *resolution_find(const char *name, const struct resolution_set *extra)
{
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (text_equal_nocase(name, known[i])) {
            return known[i];
        }
    }
    for (size_t i = 0; extra && i < extra->n; i++) {
        if (text_equal_nocase(name, extra->names[i])) {
            return extra->names[i];
        }
    }
    return NULL;
}

bool resolution_has_form(const char *name)
{
    size_t length = strlen(name);
    return length && length < 64 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}
