/*
 * Resolutions: why an invoice failed, "ok" otherwise (P851, P852, P1058). The wire takes any
 * snake_case name; the mock refuses unknown names, so that a typo in a test is noticed.
 */
#pragma once

#include "base/nearest.h"

#include <stdbool.h>
#include <stddef.h>

#define RESOLUTION_OK "ok"
#define RESOLUTION_EXPIRED "expired"
#define RESOLUTION_DEFAULT "general_decline" /* a failure without a name (P856) */
#define RESOLUTION_ERROR "provider_error"    /* a technical error without a name (P863) */

/* Names that fixtures add; the array and its texts belong to the caller and must stay. */
struct resolution_set {
    const char *const *names;
    size_t n;
};

/* The name in its lower-case form, or NULL when neither the built-in list nor `extra` (may be NULL)
 * has it. */
const char *resolution_find(const char *name, const struct resolution_set *extra);

/* The reason why a name is refused. */
const char *resolution_unknown(const char *name, const struct resolution_set *extra,
                               struct arena *arena);

/* Name `i` of the list, built-in ones first, then those of `extra`. NULL: there are no more. */
const char *resolution_at(size_t i, const struct resolution_set *extra);

/*
 * Its meaning in English: `resolution_message` of a body, and the payer's page in that language
 * (server/web/messages.json has the others). NULL for a name that fixtures add.
 */
const char *resolution_text(const char *name);

/* A name that could be one: snake_case, at most 63 characters. */
bool resolution_has_form(const char *name);
