/*
 * The movements of money in a change of an invoice: the rows of a report. A change is usually one
 * movement; one that was forced past the payment can be several.
 */
#pragma once

#include "domain/invoice.h"

#include <stddef.h>

enum movement_type {
    MOVEMENT_PAYMENT,
    MOVEMENT_REFUND,
    MOVEMENT_CHARGEBACK,
    MOVEMENT_PAYOUT,
};
#define MOVEMENT_TYPES (MOVEMENT_PAYOUT + 1)

/* Their names, "payment"; and in the plural, "payments". */
extern const char *const movement_types[MOVEMENT_TYPES], *const movement_plurals[MOVEMENT_TYPES];

/* What left or reached the active balance: amount - fee. A movement that undoes another one has its
 * type and the opposite sign. */
struct movement {
    enum movement_type type;
    int64_t amount; /* below 0: it left */
    int64_t fee;
};

/* The movements of a change in the order of their types; returns how many. Money that was only
 * reserved or released within a payout moves nothing. */
size_t movements_of(const struct transition *change, struct movement ret_movements[MOVEMENT_TYPES]);

/* A sum of movements. It has no limit. */
struct movement_sum {
    int64_t n;
    __int128 amount, fee; /* 1e-8 units */
};

void movement_add(struct movement_sum *sum, const struct movement *movement);

#define MOVEMENT_TEXT 48
/* A sum with this many decimals at least, 0 to 3: those that its currency shows (currency.h). */
void movement_format(__int128 amount, int decimals, char ret_text[MOVEMENT_TEXT]);
