/* Reads any text as an outcome in each status. What is accepted is written in its normal form,
 * which reads back and is written the same. */
#include "fuzz.h"

#include "base/mem.h"
#include "domain/outcome.h"

#include <string.h>

static void check(struct arena *arena, const char *text, enum status from)
{
    static const struct resolution_set none;
    struct outcome outcome, again;
    char first[OUTCOME_TEXT], second[OUTCOME_TEXT];
    if (outcome_parse(text, from, &none, NULL, &outcome)) {
        return;
    }
    PROMISE(!outcome_parse(text, from, &none, arena, &outcome));
    PROMISE(outcome.n > 0 && outcome.n <= OUTCOME_STEPS);
    outcome_format(&outcome, 0, first);
    PROMISE(!outcome_parse(first, from, &none, arena, &again));
    outcome_format(&again, 0, second);
    PROMISE(strcmp(first, second) == 0);
    for (int profile = 0; profile < PROFILE_COUNT; profile++) {
        const struct outcome_subject subject = {from, INVOICE_PAYMENT, FLOW_CHARGE,
                                                (enum profile)profile};
        bool in = !outcome_is_in(&outcome, (enum profile)profile, arena);
        PROMISE(in || outcome_fits(&outcome, &subject, arena));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    const char *text = arena_copy(&arena, (const char *)data, size);
    /* The long sentence looks for the nearest name, which takes most of the time. */
    static const struct resolution_set none;
    struct outcome outcome;
    const char *why =
        outcome_parse(text, outcome_start(outcome_kind(text)), &none, &arena, &outcome);
    PROMISE(!why || *why);
    for (int from = 0; from < STATUS_COUNT; from++) {
        check(&arena, text, (enum status)from);
    }
    arena_finish(&arena);
    return 0;
}
