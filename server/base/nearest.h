/*
 * The name that somebody probably meant. Every refusal of an unknown name asks here: offer the
 * names that there are, then print nearest_hint.
 */
#pragma once

#include "mem.h"

#include <stdbool.h>
#include <stdint.h>

struct nearest {
    const char *said;
    bool letters_only; /* ignore words in common: for names that may belong to somebody else */
    const char *name;  /* the nearest one so far; NULL: none is near */
    size_t cost;
};

/* A word that people say for a name. */
struct nearest_alias {
    const char *said, *name;
};

struct nearest nearest_to(const char *said);

/*
 * Offers a name. It is near if at most a third of the letters of what was said differ; failing
 * that, if a word of one begins with the other ("insufficient", "insufficient_funds"). The first of
 * equally near names wins. Letter case does not count. More than 63 letters are near nothing.
 */
void nearest_offer(struct nearest *nearest, const char *name);

/* Offers `name` to those who say `word` for it. */
void nearest_offer_as(struct nearest *nearest, const char *word, const char *name);

void nearest_offer_aliases(struct nearest *nearest, const struct nearest_alias *aliases, size_t n);

/* The list ends in NULL, or is NULL. */
void nearest_offer_list(struct nearest *nearest, const char *const *names);

/* Offers the first member, a `const char *`, of each of `n` rows of `size` bytes. */
void nearest_offer_rows(struct nearest *nearest, const void *rows, size_t n, size_t size);

/* "; did you mean X?". If no name is near: "; " and `otherwise`, or "" if that is NULL. */
const char *nearest_hint(const struct nearest *nearest, struct arena *arena, const char *otherwise);

/* The same behind a name in a list: " (did you mean X?)". */
const char *nearest_aside(const struct nearest *nearest, struct arena *arena,
                          const char *otherwise);

/* "one of charge, verify" for a list that ends in NULL: the hint where there are few names. */
const char *nearest_choices(struct arena *arena, const char *const *names);

/* The edit distance of two names: how many letters must be inserted, removed, changed or swapped
 * with the next one. Compares only the first 63 bytes, and ignores letter case. */
size_t nearest_distance(const char *a, const char *b);
