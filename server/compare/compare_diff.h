/* How a document differs from the contract: a list of plain statements. */
#pragma once

#include "fixture/shapes.h"

enum difference_kind {
    DIFFERENCE_STATUS,
    DIFFERENCE_NO_JSON,
    DIFFERENCE_HEADER_MISSING,
    DIFFERENCE_HEADER_ADDED,
    DIFFERENCE_KEY_MISSING,
    DIFFERENCE_KEY_SOMETIMES, /* the contract has it always, the document not */
    DIFFERENCE_KEY_ADDED,
    DIFFERENCE_ORDER,
    DIFFERENCE_TYPE,
    DIFFERENCE_WORD, /* a text has a word that the contract lacks */
    DIFFERENCE_KINDS,
};

struct difference {
    const char *document;
    enum difference_kind kind;
    const char *path;             /* "data.attributes.status"; "" for the whole */
    const char *contract, *found; /* "" if there is nothing to say */
    struct difference *next;
};

struct differences {
    struct arena *arena;
    const struct shapes *known; /* the shapes whose words may be shown */
    size_t n_known;
    struct difference *first, **tail;
    size_t n;
};

/* "key_missing", for programs; "key missing", for people. */
extern const char *const difference_codes[DIFFERENCE_KINDS];
extern const char *const difference_names[DIFFERENCE_KINDS];

/*
 * Adds the differences between what was found and what the contract says. A type or a key that the
 * contract allows and that did not occur is no difference.
 */
void compare_documents(struct differences *differences, const struct shapes_document *contract,
                       const struct shapes_document *found);

/* The same for a body alone. */
void compare_bodies(struct differences *differences, const char *document,
                    const struct shape *contract, const struct shape *found);

/*
 * True for statuses and resolutions that this server knows, and for words that the known shapes
 * have. Others may be the account's own texts: they are neither printed nor stored.
 */
bool compare_is_known_word(const struct differences *differences, const char *word);

/* True if documents of one are errors and those of the other not: their bodies cannot be compared.
 */
bool compare_is_other_class(int contract, int found);
