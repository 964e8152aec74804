#include "resolution.h"

#include "base/attr.h"
#include "base/text.h"

#include <string.h>

/* clang-format off */
static const struct known {
    const char *name, *text;
} known[] = {
    {RESOLUTION_OK, "Successful"},
    {RESOLUTION_EXPIRED, "The time to pay has expired."},
    {RESOLUTION_DEFAULT, "The payment was declined."},
    /* the platform's published list */
    {"amount_conversion_error", "The amount could not be converted."},
    {"antifraud_error", "The payment was stopped by a security check."},
    {"auth_3ds_required", "The bank is waiting for 3-D Secure confirmation."},
    {"auth_otp_required", "The bank is waiting for a one-time code."},
    {"auth_fatal_error", "The bank could not confirm your identity."},
    {"card_expired", "The card has expired."},
    {"card_3ds_enrolled", "The card requires 3-D Secure."},
    {"card_blocked_by_invalid_pin", "The card is blocked because of incorrect PINs."},
    {"card_lost", "The card was reported lost."},
    {"card_not_3ds_enrolled", "The card does not support 3-D Secure."},
    {"card_stolen", "The card was reported stolen."},
    {"card_restricted", "The card cannot be used for this payment."},
    {"card_restricted_by_acquirer", "The shop's bank does not accept this card."},
    {"invalid_card_type", "This type of card is not accepted."},
    {"card_usage_limit_violation", "The card's limit is exceeded."},
    {"card_usage_issuer_limit_violation", "The bank's limit for the card is exceeded."},
    {"card_verification_failed", "The card could not be verified."},
    {"client_auth_failed", "The bank could not confirm your identity."},
    {"customer_blocked", "The shop's customer account is blocked."},
    {"transaction_expired", "The payment took too long."},
    {"fatal_decline", "The payment was permanently declined."},
    {"fatal_error", "The payment failed for a technical reason."},
    {"fatal_invalid_card", "The card does not exist."},
    {"forced_captured", "The payment was captured manually."},
    {"insufficient_funds", "The card has insufficient funds."},
    {"invalid_3ds_code", "The payment was not confirmed with the correct code."},
    {"invalid_amount", "The amount is not valid."},
    {"invalid_card", "The card is not valid."},
    {"invalid_cardholder", "The name on the card does not match."},
    {"invalid_cvv", "The security code is incorrect."},
    {"invalid_details", "The card details are incorrect."},
    {"invalid_expire_date", "The expiry date is incorrect."},
    {"invalid_otp_code", "The one-time code is incorrect."},
    {"issuer_decline", "The card's bank declined the payment."},
    /* seen in bodies */
    {"routing_error", "The payment could not be routed."},
    {"general_fatal_error", "The payment failed."},
    {"declined_error", "The payment was declined."},
    {"no_routes_by_condition", "This payment cannot be made."},
    {"card_type_not_supported", "This type of card is not accepted."},
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
    {"duplicated_transaction", "The same payment was already made."},
    {"unable_to_determine_3ds_enrolment", "The bank did not say whether the card uses 3-D Secure."},
    {"card_is_3ds_enrolled", "The card requires 3-D Secure."},
    {"card_is_not_3ds_enrolled", "The card does not support 3-D Secure."},
    {"provider_fatal_error", "The payment provider failed."},
    {"invalid_pin", "The PIN is incorrect."},
    {"unable_to_reconcile", "The payment could not be reconciled."},
    {"limit_violation", "A limit is exceeded."},
    {"functionality_is_not_permitted", "The card cannot be used for this payment."},
    {"invalid_request", "The request was not valid."},
    {"lost_or_stolen_card", "The card was reported lost or stolen."},
    {"declined", "The payment was declined."},
    {"invalid_otp", "The one-time code is incorrect."},
    {"invalid_card_status", "The card is not active."},
    {"invalid_pan", "The card number is incorrect."},
    {"invalid_credentials", "The shop's credentials are incorrect."},
};
/* clang-format on */

const char *resolution_find(const char *name, const struct resolution_set *extra)
{
    const struct known *found = text_find_nocase(name, known, ARRAY_SIZE(known), sizeof *known);
    if (found || !extra) {
        return found ? found->name : NULL;
    }
    const char *const *own = text_find_nocase(name, extra->names, extra->n, sizeof *extra->names);
    return own ? *own : NULL;
}

const char *resolution_at(size_t i, const struct resolution_set *extra)
{
    if (i < ARRAY_SIZE(known)) {
        return known[i].name;
    }
    return extra && i - ARRAY_SIZE(known) < extra->n ? extra->names[i - ARRAY_SIZE(known)] : NULL;
}

const char *resolution_unknown(const char *name, const struct resolution_set *extra,
                               struct arena *arena)
{
    struct nearest nearest = nearest_to(name);
    const char *known_name;
    for (size_t i = 0; (known_name = resolution_at(i, extra)); i++) {
        nearest_offer(&nearest, known_name);
    }
    return arena_printf(arena, "unknown resolution \"%s\"%s", name,
                        nearest_hint(&nearest, arena, "GET /_mock/resolutions lists them"));
}

const char *resolution_text(const char *name)
{
    const struct known *found = TEXT_FIND(name, known);
    return found ? found->text : NULL;
}

bool resolution_has_form(const char *name)
{
    size_t length = strlen(name);
    return length && length < 64 && strspn(name, TEXT_LOWER TEXT_DIGITS "_") == length;
}
