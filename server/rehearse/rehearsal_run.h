/*
 * The result of a run as JSON (server/docs/rehearse.md): what the verdict and the reports read of
 * it. Private to server/rehearse/.
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define RUN_JSON_MOST ((size_t)64 << 20)

/* What became of a scenario. */
struct outcome_word {
    const char *name;  /* in the JSON and for people: "NOT TESTED" */
    const char *tone;  /* its colour: a class of theme.css */
    const char *junit; /* the element of its case: a value of rehearsal_case.xml; NULL: none */
    bool look;         /* people should look at it, the first of the table first */
};

#define OUTCOME_FAIL "FAIL"
#define OUTCOME_ACCEPTED "ACCEPTED" /* a FAIL that the baseline lists */
#define OUTCOME_NOT_TESTED "NOT TESTED"
#define OUTCOME_PASS "PASS"
#define OUTCOME_WARN "WARN"

/* Of a scenario's result. */
const struct outcome_word *run_outcome(const json_t *result);

/* The words of all outcomes in the order of the verdict; ends in a row without a name. */
extern const struct outcome_word outcome_words[];

/* Reads a saved run and checks that it is one. Returns NULL or the reason, in the arena. The caller
 * owns the run. */
const char *run_load(struct arena *arena, const char *file, json_t **ret_run);

/* ------------------------------------------------------------------ its values */

/* A member that is a text; "" if it is not there or null. */
const char *run_text(const json_t *object, const char *name);

/* Returns NULL for "" too. */
const char *run_text_or_none(const json_t *object, const char *name);

int64_t run_int(const json_t *object, const char *name); /* 0 if it is not there */

const json_t *run_results(const json_t *run);

/* Whether nothing but the reason of two results is known, and it is the same. */
bool run_is_alike(const json_t *a, const json_t *b);

/* Whether there is such a one from here up to there. */
bool run_has_alike(const json_t *results, size_t from, size_t to, const json_t *result);

/* The line that says why a scenario did not pass: what it costs, or the reason; "" if it passed. */
const char *run_told(const json_t *result);

/*
 * Appends what people need to know about a scenario that did not pass, each on a line: its cost,
 * its failures with what was expected and observed, how to run it alone, where it is explained.
 */
void run_explain(struct buf *out, const json_t *result, const char *indent);
