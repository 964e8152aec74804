#include "scenario.h"

#include "base/text.h"

#include <fnmatch.h>

static const char *const subject_names[SUBJECT_COUNT] = {
    [SUBJECT_AMOUNT] = "amount",           [SUBJECT_CURRENCY] = "currency",
    [SUBJECT_SERVICE] = "service",         [SUBJECT_REFERENCE_ID] = "reference_id",
    [SUBJECT_DESCRIPTION] = "description", [SUBJECT_CUSTOMER_EMAIL] = "customer_email",
};

const char *scenario_subject_name(enum scenario_subject subject)
{
    return subject_names[subject];
}

bool scenario_holds(const struct scenario_condition *condition, const char *subject)
{
    bool nocase = condition->subject == SUBJECT_CURRENCY; /* as everywhere */
    if (condition->glob) {
        return subject && fnmatch(condition->text, subject, nocase ? FNM_CASEFOLD : 0) == 0;
    }
    return nocase ? text_equal_nocase(condition->text, subject)
                  : text_equal(condition->text, subject);
}

static bool holds(const struct scenario_condition *condition, const struct invoice *invoice,
                  const char *customer_email)
{
    char amount[MONEY_TEXT];
    money_format(invoice->amount, amount);
    const char *const subjects[SUBJECT_COUNT] = {
        [SUBJECT_AMOUNT] = amount,
        [SUBJECT_CURRENCY] = invoice->currency,
        [SUBJECT_SERVICE] = invoice->service,
        [SUBJECT_REFERENCE_ID] = invoice->reference_id,
        [SUBJECT_DESCRIPTION] = invoice->description,
        [SUBJECT_CUSTOMER_EMAIL] = customer_email,
    };
    return condition->subject == SUBJECT_AMOUNT && !condition->glob
               ? condition->amount == invoice->amount
               : scenario_holds(condition, subjects[condition->subject]);
}

const char *scenario_find(const struct scenario_table *table, enum outcome_kind kind,
                          const struct invoice *invoice, const char *customer_email)
{
    for (size_t i = 0; i < table->n; i++) {
        const struct scenario_rule *rule = &table->rules[i];
        size_t met = 0;
        while (met < rule->n && holds(&rule->conditions[met], invoice, customer_email)) {
            met++;
        }
        if (met == rule->n && outcome_kind(rule->outcome) == kind) {
            return rule->outcome;
        }
    }
    return NULL;
}
