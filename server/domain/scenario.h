/*
 * Rules that plan an invoice's outcome from what was ordered (server/docs/test-data.md; the amount
 * rules are fixtures/scenarios.json). The first rule whose conditions all hold decides.
 */
#pragma once

#include "domain/invoice.h"
#include "domain/outcome.h"

#include <stddef.h>

enum scenario_subject {
    SUBJECT_AMOUNT,
    SUBJECT_CURRENCY,
    SUBJECT_SERVICE,
    SUBJECT_REFERENCE_ID,
    SUBJECT_DESCRIPTION,
    SUBJECT_CUSTOMER_EMAIL,
    SUBJECT_COUNT,
};

const char *scenario_subject_name(enum scenario_subject subject);

struct scenario_condition {
    enum scenario_subject subject;
    const char *text; /* equals or glob */
    bool glob;        /* `*`, `?` and [..] as in a shell */
    int64_t amount;   /* SUBJECT_AMOUNT without glob */
};

struct scenario_rule {
    const char *name, *outcome;
    struct scenario_condition conditions[SUBJECT_COUNT];
    size_t n;
};

struct scenario_table {
    const struct scenario_rule *rules;
    size_t n;
};

/* Whether the condition, of another subject than an exact amount, holds for this text, or NULL. */
bool scenario_holds(const struct scenario_condition *condition, const char *subject);

/* The outcome text of the first rule of this kind that fits, or NULL. `customer_email` may be NULL.
 * For a refund, amount, reference_id and description are those of the refund. */
const char *scenario_find(const struct scenario_table *table, enum outcome_kind kind,
                          const struct invoice *invoice, const char *customer_email);
