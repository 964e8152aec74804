#include "resolution.h"

#include "base/attr.h"
#include "base/text.h"

#include <string.h>

/* clang-format off */
static const struct {
    const char *name, *text;
} known[] = {
    {RESOLUTION_OK, "Successful"},
    {RESOLUTION_EXPIRED, "The time to pay is over."},
    {RESOLUTION_DEFAULT, "The payment was declined."},
    /* the platform's published list */
    {"amount_conversion_error", "The amount could not be converted."},
    {"antifraud_error", "The payment was stopped by a security check."},
    {"auth_3ds_required", "The bank waits for a confirmation by 3-D Secure."},
    {"auth_otp_required", "The bank waits for a one-time code."},
    {"auth_fatal_error", "The bank could not confirm that it is you."},
    {"card_expired", "The card has expired."},
    {"card_3ds_enrolled", "The card needs 3-D Secure."},
    {"card_blocked_by_invalid_pin", "The card is blocked after wrong PINs."},
    {"card_lost", "The card was reported lost."},
    {"card_not_3ds_enrolled", "The card does not take part in 3-D Secure."},
    {"card_stolen", "The card was reported stolen."},
    {"card_restricted", "The card may not be used for this."},
    {"card_restricted_by_acquirer", "The shop's bank does not take this card."},
    {"invalid_card_type", "This type of card is not taken."},
    {"card_usage_limit_violation", "The card's limit is exceeded."},
    {"card_usage_issuer_limit_violation", "The bank's limit for the card is exceeded."},
    {"card_verification_failed", "The card could not be verified."},
    {"client_auth_failed", "The bank could not confirm that it is you."},
    {"customer_blocked", "The shop's customer account is blocked."},
    {"transaction_expired", "The payment took too long."},
    {"fatal_decline", "The payment was declined for good."},
    {"fatal_error", "The payment failed for a technical reason."},
    {"fatal_invalid_card", "There is no such card."},
    {"forced_captured", "The payment was captured by hand."},
    {"insufficient_funds", "There is not enough money on the card."},
    {"invalid_3ds_code", "The payment was not confirmed with the right code."},
    {"invalid_amount", "The amount is not valid."},
    {"invalid_card", "The card is not valid."},
    {"invalid_cardholder", "The name on the card does not fit."},
    {"invalid_cvv", "The security code is wrong."},
    {"invalid_details", "The card's details are wrong."},
    {"invalid_expire_date", "The expiry date is wrong."},
    {"invalid_otp_code", "The one-time code is wrong."},
    {"issuer_decline", "The card's bank declined the payment."},
    /* seen in bodies */
    {"routing_error", "The payment could not be routed."},
    {"general_fatal_error", "The payment failed."},
    {"declined_error", "The payment was declined."},
    {"no_routes_by_condition", "There is no way to make this payment."},
    {"card_type_not_supported", "This type of card is not taken."},
    {"fatal_timeout", "The bank did not answer in time."},
    {"card_is_lost", "The card was reported lost."},
    {"card_is_stolen", "The card was reported stolen."},
    {"fatal_card_expired", "The card has expired."},
    {"fatal_issuer_unavailable", "The card's bank cannot be reached."},
    /* the test cards' */
    {"access_denied", "Access was denied."},
    {"error", "The payment failed."},
    {"provider_error", "The payment provider reported an error."},
    {"unknown", "The reason is unknown."},
    {"duplicated_transaction", "The same payment was made before."},
    {"unable_to_determine_3ds_enrolment", "The bank did not say whether the card uses 3-D Secure."},
    {"card_is_3ds_enrolled", "The card needs 3-D Secure."},
    {"card_is_not_3ds_enrolled", "The card does not take part in 3-D Secure."},
    {"provider_fatal_error", "The payment provider failed."},
    {"invalid_pin", "The PIN is wrong."},
    {"unable_to_reconcile", "The payment could not be reconciled."},
    {"limit_violation", "A limit is exceeded."},
    {"functionality_is_not_permitted", "The card may not be used for this."},
    {"invalid_request", "The request was not valid."},
    {"lost_or_stolen_card", "The card was reported lost or stolen."},
    {"declined", "The payment was declined."},
    {"invalid_otp", "The one-time code is wrong."},
    {"invalid_card_status", "The card is not active."},
    {"invalid_pan", "The card number is wrong."},
    {"invalid_credentials", "The shop's access data are wrong."},
};
/* clang-format on */

const char *resolution_find(const char *name, const struct resolution_set *extra)
{
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (text_equal_nocase(name, known[i].name)) {
            return known[i].name;
        }
    }
    for (size_t i = 0; extra && i < extra->n; i++) {
        if (text_equal_nocase(name, extra->names[i])) {
            return extra->names[i];
        }
    }
    return NULL;
}

const char *resolution_text(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (text_equal(name, known[i].name)) {
            return known[i].text;
        }
    }
    return NULL;
}

bool resolution_has_form(const char *name)
{
    size_t length = strlen(name);
    return length && length < 64 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}
