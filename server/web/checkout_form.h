/* The form on which a payer pays: by card, by a status of one's choice, or by confirming. */
#pragma once

#include "web/visit.h"

/* What the payer typed and what was wrong with it. */
struct checkout_form {
    const char *number; /* of a test card that was picked, else NULL: numbers never come back */
    const char *cvv;
    const char *expiry, *holder;
    const char *number_error, *expiry_error, *cvv_error, *holder_error,
        *choice_error;            /* message keys, or NULL */
    const json_t *service_fields; /* as typed, or NULL; borrowed from the posted form */
    bool service_tried;           /* they were sent: what is missing is wrong */
};

/* Shows the form that fits the invoice's service. */
void checkout_form_show(const struct visit *visit, unsigned status,
                        const struct checkout_form *form);

/* The server's own word on the fields of a card; false when one is wrong. */
bool checkout_form_read_card(const json_t *fields, struct card_entry *ret_entry,
                             struct checkout_form *ret_form);

/*
 * Reads what a service without cards asks for: the fields that the order left open go into the
 * invoice; *ret_outcome is what the payer of a test service chose, else NULL. False when something
 * is wrong.
 */
bool checkout_form_read_service(struct visit *visit, const json_t *fields, const char **ret_outcome,
                                struct checkout_form *ret_form);

/* What is filled in at first: the test card of ?card=N, or nothing. */
void checkout_form_first(const struct visit *visit, struct checkout_form *ret_form);
