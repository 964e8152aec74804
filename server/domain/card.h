/*
 * Payment cards as a payer enters them, and the test cards that decide the outcome of a payment
 * (P1051, P1058). A full card number exists only on the stack of the request that brings it: an
 * invoice keeps the first six and last four.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define CARD_NUMBER_TEXT 20
#define CARD_MASK_TEXT 20

/* The outcome (outcome.h) of an expiry (MMYY, "*" for any other). */
struct card_outcome {
    const char *expiry, *outcome;
};

struct test_card {
    const char *number;
    const char *brand, *network, *issuer_name, *issuer_country;
    const char *expiry; /* MMYY shown when an invoice settles without a payer */
    bool three_ds;
    const struct card_outcome *outcomes; /* the last one is "*" */
    size_t n_outcomes;
};

struct card_table {
    const struct test_card *cards; /* at least one; unattended payments use the first */
    size_t n;
    const char *luhn_failure, *otherwise; /* outcomes of numbers that are not test cards */
};

/* What a payer typed, in its normal form. */
struct card_entry {
    char number[CARD_NUMBER_TEXT]; /* 12 to 19 digits */
    char expiry[5];                /* MMYY */
    char holder[201];              /* "" when not given */
};

/* The part of it that an invoice keeps: `payload.payment_card` (P503). */
struct card_shown {
    char first[7], last[5], mask[CARD_MASK_TEXT];
    char expiry_month[3], expiry_year[3];
    const char *holder;                                         /* NULL when not given */
    const char *brand, *network, *issuer_name, *issuer_country; /* NULL when unknown */
};

bool card_luhn_holds(const char *number);

/* Strips blanks and dashes; false unless 12 to 19 digits remain. */
bool card_number_read(const char *text, char ret_number[CARD_NUMBER_TEXT]);

/* "12/24", "1224", "12 / 2024" -> "1224"; false unless it names a month and a year. Past dates pass
 * (P1059). */
bool card_expiry_read(const char *text, char ret_expiry[5]);

/* 3 or 4 digits. */
bool card_cvv_holds(const char *cvv);

/* The test card of this number, or NULL. */
const struct test_card *card_find(const struct card_table *table, const char *number);

/* The test card with this mask (card_shown). Returns NULL if there is none or the mask is NULL. */
const struct test_card *card_find_shown(const struct card_table *table, const char *mask);

/* The outcome of paying with this card: a text of the outcome syntax, owned by the table. */
const char *card_outcome(const struct card_table *table, const struct card_entry *entry);

/* The same if no card is a test card: strict_test_mode. */
const char *card_outcome_unknown(const struct card_table *table, const struct card_entry *entry);

/* The part of a card that an invoice shows. `entry` must outlive the result (holder). */
void card_show(const struct card_table *table, const struct card_entry *entry,
               struct card_shown *ret_shown);

/* The entry of a payment without a payer: the first test card (P1070). */
void card_unattended(const struct card_table *table, struct card_entry *ret_entry);
