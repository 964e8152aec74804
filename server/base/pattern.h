/*
 * Regular expressions, in the dialect of PCRE2: the platform's own (P1254).
 *
 * A set owns its patterns. Equal ones are stored once, and one is compiled when it is first used.
 */
#pragma once

#include "attr.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct pattern;

/* A zeroed one is empty. */
struct pattern_set {
    struct pattern *first;
};

#define PATTERN_WHY 128 /* bytes of a reason, with its NUL */

/*
 * Returns the pattern for a text, valid until pattern_set_finish. The text is an expression
 * (`^\p{L}+$`), which is read as UTF-8, or one between slashes with the flags i, m, s, u and x
 * (`/^\p{L}+$/u`), which is read as bytes unless it has the flag u.
 */
struct pattern *pattern_add(struct pattern_set *set, const char *text) ATTR_NONNULL;

/* The expression without slashes and flags, and as it was given. */
const char *pattern_text(const struct pattern *pattern) ATTR_NONNULL;
const char *pattern_given(const struct pattern *pattern) ATTR_NONNULL;

/* Compiles it. Returns true, or false with the reason. */
bool pattern_check(struct pattern *pattern, char ret_why[PATTERN_WHY]);

/* Compiles all patterns, and logs those that cannot be compiled. */
void pattern_set_check(struct pattern_set *set);

/* False also if the pattern cannot be compiled, or if the search took too many steps; both are
 * logged. */
bool pattern_matches(struct pattern *pattern, const char *text);

/*
 * Returns the first group of the first match, or the whole match if the expression has no group, in
 * the arena. NULL if it does not match, or as above. May take a thousand times as long: for texts
 * of a size that the caller bounds, and patterns of the person who starts the program.
 */
char *pattern_group(struct pattern *pattern, struct arena *arena, const char *text, size_t size);

/* How many groups an expression has; 0 also if it cannot be compiled. */
unsigned pattern_groups(struct pattern *pattern);

void pattern_set_finish(struct pattern_set *set);

/* The version of the library, e.g. "10.42 2022-12-11". */
const char *pattern_library(void);
