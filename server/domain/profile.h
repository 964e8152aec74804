/*
 * The formats of an account's bodies: the samples of the payment page, and what the platform has
 * answered since (P472, P481). Each profile has everything of the one before it.
 */
#pragma once

#include "base/mem.h"

#include <stdbool.h>

enum profile {
    PROFILE_2020, /* the page's samples */
    PROFILE_2024, /* newer bodies and statuses (P472, P993, P815) */
    PROFILE_2025, /* refunds are resources (P571) */
    PROFILE_COUNT,
};

extern const char *const profile_names[]; /* NULL behind the last */

/* The reason why a name is refused. */
const char *profile_unknown(const char *name, struct arena *arena);

/* Returns false if there is no such profile. */
bool profile_parse(const char *name, enum profile *ret_profile);

/* The profile of this name; the first one if there is none. */
enum profile profile_of(const char *name);
