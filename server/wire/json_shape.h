/*
 * The shape of JSON: keys, their order and the types of values, without the values. Learned from
 * documents, and read from and written to a notation in JSON.
 *
 * The notation: a text lists the types of a value ("null|number"), and the words that a text was
 * seen to be ("text:created,processed"). {"key": SHAPE} is an object with these keys, where
 * "key?" may be absent and "*" stands for any key; further types of the value stand under "|".
 * [SHAPE] is a list, ["null|[]", SHAPE] a list or one of these types. "any" is not compared.
 */
#pragma once

#include "base/mem.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum shape_type {
    SHAPE_NULL = 1 << 0,
    SHAPE_NO_ITEMS = 1 << 1,   /* [] */
    SHAPE_NO_MEMBERS = 1 << 2, /* {} */
    SHAPE_BOOL = 1 << 3,
    SHAPE_NUMBER = 1 << 4,
    SHAPE_TEXT = 1 << 5,
    SHAPE_LIST = 1 << 6,   /* with elements */
    SHAPE_OBJECT = 1 << 7, /* with members */
    SHAPE_ANY = 1 << 8,    /* not compared */
};

/* The ways to say that there is nothing. */
#define SHAPE_NOTHING (SHAPE_NULL | SHAPE_NO_ITEMS | SHAPE_NO_MEMBERS)

struct shape {
    unsigned types;
    struct shape_member *members; /* in their order */
    size_t n_members, room_members;
    uint8_t *order; /* which keys stood before which: json_shape_order.c */
    size_t room_order;
    size_t objects;      /* how many objects were learned: a member of fewer may be absent */
    struct shape *items; /* of a list; NULL: none */
    struct shape *each;  /* of an object whose keys are data; NULL: its keys are the members */
    const char **words;  /* sorted; of a text from a small set */
    size_t n_words, room_words;
};

struct shape_member {
    const char *key;
    unsigned id; /* of the shape's: how many were there before */
    size_t objects;
    struct shape shape;
};

/* Stands for every text that is no word. A shape that has it is written as a text of any words. */
#define SHAPE_OTHER_WORD "other"

#define SHAPE_WORDS_MOST 200
#define SHAPE_MEMBERS_MOST 300
#define SHAPE_DEPTH_MOST 24
#define SHAPE_VALUES_MOST 200000

/* Learns shapes from documents that others wrote. Everything is kept in the arena. */
struct shape_learner {
    struct arena *arena;
    const char *const *secrets; /* no name or word that contains one of them is kept */
    size_t n_secrets;
    size_t values;    /* how many were learned */
    const char *flaw; /* why a document cannot be learned, NULL: it could; static */
};

/*
 * Adds what a document looks like. Keeps names of keys and the words of the fields that
 * json_shape.c lists (statuses, types); if a key does not look like a name, all keys of its object
 * count as data.
 */
void shape_learn(struct shape_learner *learner, struct shape *shape, const json_t *value);

/* True for a short identifier that contains no secret. */
bool shape_is_name(const struct shape_learner *learner, const char *text);

/* The member of a key, or NULL. */
const struct shape_member *shape_member(const struct shape *shape, const char *key);

/* True if documents may lack the member. */
bool shape_is_optional(const struct shape *shape, const struct shape_member *member);

/* json_shape_order.c: true if an object that was learned had key `a` before key `b`. */
bool shape_saw_before(const struct shape *shape, const struct shape_member *a,
                      const struct shape_member *b);

/* Adds the order of an object's keys, as ids of members, and sorts the members by all objects. */
void shape_learn_order(struct arena *arena, struct shape *shape, const unsigned *ids, size_t n);

bool shape_has_word(const struct shape *shape, const char *word);

/*
 * json_shape_impose.c: a copy of the value that looks like the shape, a new value. Keys stand in
 * the shape's order; those that it lacks are left out, those that only it has get null, or an empty
 * value. A value of another type is converted, or made up. With `words`, texts become words of the
 * shape. A resource whose `type` the shape does not have stays as it is.
 */
json_t *shape_impose(const struct shape *shape, const json_t *value, bool words);

/* ------------------------------------------------------------------ the notation */

/* json_shape_text.c: "null|number"; "nothing" for no type. In the arena. */
const char *shape_types_text(struct arena *arena, unsigned types);

/* Returns NULL, or the reason why the notation is wrong, in the arena. */
const char *shape_read(struct arena *arena, const json_t *notation, struct shape *ret_shape);

/* A new value. */
json_t *shape_write(struct arena *arena, const struct shape *shape);
