/*
 * The first items of a list, in one line of bounded length: "a, b and 3 more". For messages: what a
 * call sends can be of any number and length.
 */
#pragma once

#include "buf.h"
#include "mem.h"

#define FEW_MOST ((size_t)160) /* bytes of the items; a longer first one is shown whole */

/* Initialize it with zeroes. */
struct few {
    struct buf text;
    size_t n;         /* items that were added */
    size_t more;      /* of these, those that did not fit */
    const char *only; /* what few_message says of a single item; set it with the item */
};

void few_add(struct few *few, const char *item);

/* Ends the list. Returns its line, "" if nothing was added. In the arena. */
const char *few_end(struct few *few, struct arena *arena);

/* Ends the list. Returns `only` of a single item, "2 <what>: a, b" of several, NULL of none. In the
 * arena. */
const char *few_message(struct few *few, struct arena *arena, const char *what);
