/* Payment services and methods: the ways to pay an invoice. Data of the fixtures, immutable while
 * serving. */
#pragma once

#include "base/pattern.h"
#include "base/sorted.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text in the platform's three languages. */
struct service_text {
    const char *en, *ru, *uk;
};

/* A field that a service requires in service_fields (P309). */
struct service_field {
    const char *key, *type;
    struct service_text label, hint;
    const char *example;     /* NULL: null */
    struct pattern *pattern; /* the fixture's; shown without slashes and flags */
    bool required;
    int64_t position;
};

struct payment_method {
    const char *code, *category, *description;
    struct service_text name;
    const char *logo, *icon;
    const char *metadata; /* JSON text, "null" */
    const char *position, *hide;
};

struct service {
    const char *id; /* comcps_... */
    const char *code;
    const struct payment_method *method;
    const char *currency, *flow, *account_currency;
    bool available, active, enabled, test_mode;
    bool posts;                     /* the browser is sent to the payment by POST, not GET (P754) */
    int64_t amount_min, amount_max; /* money.h */
    int64_t fee_min, fee_max, fee_rate, fee_fix, reserve_lifetime, reserve_rate;
    const struct service_field *fields;
    size_t n_fields;
};

/*
 * Services and methods, in the order in which they are listed. A catalogue that changes another one
 * has only the services that it adds, and then those that replace one of the other's with the same
 * code; read it by the functions below.
 */
struct catalogue {
    const struct catalogue *base; /* what it changes; NULL: nothing */
    const struct service *services;
    size_t n_services;
    size_t n_added; /* with a base: how many it adds */
    const struct payment_method *methods;
    size_t n_methods;
    struct sorted codes, ids, method_codes;
};

/* How many services it has, and the one at a place below that. */
size_t catalogue_size(const struct catalogue *catalogue);
const struct service *catalogue_at(const struct catalogue *catalogue, size_t place);

/* Sorts the services and methods, so that the functions below find them. */
void catalogue_sort(struct arena *arena, struct catalogue *catalogue);

/* NULL: none, or the text is NULL. */
const struct service *service_find(const struct catalogue *catalogue, const char *code);
const struct service *service_find_id(const struct catalogue *catalogue, const char *id);
const struct payment_method *method_find(const struct catalogue *catalogue, const char *code);

/* Available and enabled: creation and the prerequest require it; `active` is only shown (P323). */
bool service_is_usable(const struct service *service);

/* Whether a text is valid for a field of a service: short enough and matching its regexp. */
bool service_field_holds(const struct service_field *field, const char *text);
/* Paid by card: a card's number or its token. Others are confirmed by the payer. */
bool service_takes_cards(const struct service *service);

/* Paid by a card that is entered, or that a wallet keeps. */
bool service_charges_cards(const struct service *service);

/* True if an amount (money.h) in the service's currency is within its limits. */
bool service_limits_hold(const struct service *service, int64_t amount);

/* The services of test connectors, whose `status` field decides the outcome (P1064). */
bool service_is_test(const struct service *service);

/* The services of test connectors, of payments and of payouts. */
bool service_is_for_tests(const struct service *service);
