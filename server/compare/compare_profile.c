/* A profile file: the contract, changed to what was found. Of texts it has the known words only,
 * and those that errors say, because the mock says the same. */
#include "base/text.h"
#include "compare/comparison.h"

/* ------------------------------------------------------------------ shapes */

/* What is the same for a whole document. */
struct merging {
    struct arena *arena;
    const struct differences *differences; /* which words are known */
    bool words;                            /* what is said replaces what the contract says */
};

#define RESOURCE "data" /* of an error: the earlier order, whose words replace nothing */

static const struct shape no_shape;

static void merge(const struct merging *merging, const struct shape *contract,
                  const struct shape *found, struct shape *ret_shape);

/*
 * What was found takes the place of what the contract says, separately for the ways to say that
 * there is nothing, and for values: an account that showed null for [] says so wherever the
 * contract has []. Where nothing contradicts the contract, it stands.
 */
static unsigned merge_types(unsigned contract, unsigned found)
{
    unsigned nothing = found & ~contract & SHAPE_NOTHING ? found : contract;
    unsigned values = found & ~contract & ~(unsigned)SHAPE_NOTHING ? found : contract;
    values = (contract | found) & SHAPE_ANY ? contract | found : values;
    return (nothing & SHAPE_NOTHING) | (values & ~(unsigned)SHAPE_NOTHING);
}

static void add_word(struct arena *arena, struct shape *shape, const char *word)
{
    if (!shape_has_word(shape, word) && shape->n_words < SHAPE_WORDS_MOST) {
        if (!shape->room_words) {
            shape->room_words = SHAPE_WORDS_MOST;
            shape->words = arena_alloc(arena, SHAPE_WORDS_MOST * sizeof *shape->words);
        }
        shape->words[shape->n_words++] = word;
    }
}

/* The words of both; with `words` those of the contract only if nothing else was found. */
static void merge_words(const struct merging *merging, const struct shape *contract,
                        const struct shape *found, struct shape *into)
{
    bool keeps = !merging->words || !found->n_words;
    for (size_t i = 0; keeps && i < contract->n_words; i++) {
        add_word(merging->arena, into, contract->words[i]);
    }
    if (keeps && contract->types & SHAPE_TEXT && !contract->n_words) {
        return; /* any text */
    }
    for (size_t i = 0; i < found->n_words; i++) {
        const char *word = found->words[i];
        bool stays = merging->words || compare_is_known_word(merging->differences, word);
        add_word(merging->arena, into, stays ? word : SHAPE_OTHER_WORD);
    }
}

static struct shape_member *add_member(struct shape *shape, const char *key, bool optional)
{
    struct shape_member *member = &shape->members[shape->n_members++];
    *member = (struct shape_member){.key = key, .objects = !optional};
    return member;
}

/* The members of the contract behind `at` that documents may lack, up to the next one that was
 * found. */
static void keep_optional(const struct shape *contract, const struct shape *found, size_t at,
                          struct shape *into)
{
    for (; at < contract->n_members && !shape_member(found, contract->members[at].key); at++) {
        if (shape_is_optional(contract, &contract->members[at])) {
            add_member(into, contract->members[at].key, true)->shape = contract->members[at].shape;
        }
    }
}

/* The keys that were found, in their order, with the contract's that may be absent. */
static void merge_members(const struct merging *merging, const struct shape *contract,
                          const struct shape *found, struct shape *into)
{
    size_t room = contract->n_members + found->n_members;
    into->objects = 1;
    into->members = arena_alloc(merging->arena, room * sizeof *into->members);
    into->room_members = room;
    keep_optional(contract, found, 0, into);
    for (size_t i = 0; i < found->n_members; i++) {
        const struct shape_member *its = &found->members[i];
        const struct shape_member *member = shape_member(contract, its->key);
        bool optional =
            shape_is_optional(found, its) || (member && shape_is_optional(contract, member));
        struct shape_member *made = add_member(into, its->key, optional);
        struct merging inside = *merging;
        inside.words = inside.words && !text_equal(its->key, RESOURCE);
        merge(&inside, member ? &member->shape : &no_shape, &its->shape, &made->shape);
        if (member) {
            keep_optional(contract, found, (size_t)(member - contract->members) + 1, into);
        }
    }
}

/* Of two shapes of elements, either may be absent. */
static struct shape *merge_below(const struct merging *merging, const struct shape *contract,
                                 const struct shape *found)
{
    struct shape *made = arena_alloc(merging->arena, sizeof *made);
    if (found) {
        merge(merging, contract ? contract : &no_shape, found, made);
    } else {
        *made = contract ? *contract : no_shape;
    }
    return made;
}

/* The values of an object whose keys are data; keys that look like names are learned as members.
 * They have the types of all, and the parts of the last that has some. */
static const struct shape *each_of(struct arena *arena, const struct shape *shape)
{
    if (shape->each || !shape->n_members) {
        return shape->each;
    }
    struct shape *each = arena_alloc(arena, sizeof *each);
    for (size_t i = 0; i < shape->n_members; i++) {
        const struct shape *value = &shape->members[i].shape;
        unsigned types = each->types | value->types;
        bool parts = value->types & (SHAPE_LIST | SHAPE_OBJECT);
        *each = parts || !i ? *value : *each;
        each->types = types;
    }
    return each;
}

static void merge(const struct merging *merging, const struct shape *contract,
                  const struct shape *found, struct shape *ret_shape)
{
    struct shape made = {.types = merge_types(contract->types, found->types)};
    merge_words(merging, contract, found, &made);
    if (made.types & SHAPE_LIST && (contract->items || found->items)) {
        made.items = merge_below(merging, contract->items, found->items);
    }
    bool keyed = contract->each || found->each;
    if (made.types & SHAPE_OBJECT && keyed) {
        made.each = merge_below(merging, contract->each, each_of(merging->arena, found));
    } else if (made.types & SHAPE_OBJECT) {
        const struct shape *of = found->types & SHAPE_OBJECT ? found : contract;
        merge_members(merging, contract, of, &made);
    }
    *ret_shape = made;
}

/* ------------------------------------------------------------------ documents */

/* The headers that were found, and those of the contract that may be absent. */
static void merge_document(const struct comparison *comparison, struct arena *arena,
                           const struct shapes_document *contract,
                           const struct shapes_document *found, struct shapes_document *into)
{
    const struct merging merging = {arena, &comparison->differences, found->status >= 400};
    const char *name = into->name;
    *into = (struct shapes_document){.name = name, .status = found->status};
    merge_members(&merging, &contract->headers, &found->headers, &into->headers);
    if (contract->has_body && found->has_body) {
        into->has_body = true;
        merge(&merging, &contract->body, &found->body, &into->body);
    }
}

/* Why the mock cannot answer so; NULL: it can. */
static const char *why_not(const struct shapes_document *contract,
                           const struct shapes_document *found)
{
    bool refusal = compare_is_other_class(contract->status, found->status);
    bool reads = text_starts(contract->name, "GET ") && found->status >= 400;
    return refusal && !reads ? "not in the profile file: the mock cannot answer with this status"
           : found->no_json  ? "not in the profile file: the mock answers with JSON only"
                             : NULL;
}

static bool differs(struct comparison *comparison, const struct shapes_document *contract,
                    const struct shapes_document *found)
{
    struct differences differences = {.arena = &comparison->arena};
    compare_documents(&differences, contract, found);
    return differences.n;
}

static void take_document(struct comparison *comparison, const struct shapes_document *contract,
                          const struct shapes_document *found, struct shapes *profile)
{
    struct arena *arena = &comparison->arena;
    const char *why = why_not(contract, found);
    bool twice = !why && !text_equal(found->name, contract->name);
    why = twice ? "not in the profile file: the same call was answered in two ways" : why;
    if (why) {
        comparison_note(comparison, false, found->name, why);
        return;
    }
    struct shapes_document merged = {.name = contract->name};
    merge_document(comparison, arena, contract, found, &merged);
    why = shapes_document_flaw(arena, &merged);
    struct shapes_document *into = why ? NULL : shapes_add(arena, profile, contract->name);
    if (into) {
        *into = merged;
    } else {
        why = arena_printf(arena, "not in the profile file: %s", why ?: "too many documents");
        comparison_note(comparison, true, found->name, why);
    }
}

const char *compare_write_profile(struct comparison *comparison)
{
    struct shapes profile = comparison->over;
    profile.profile = comparison->contract.profile;
    for (size_t i = 0; i < comparison->found.n; i++) {
        const struct shapes_document *found = &comparison->found.documents[i];
        const struct shapes_document *contract = comparison_contract(comparison, found->name);
        if (contract && differs(comparison, contract, found)) {
            take_document(comparison, contract, found, &profile);
        }
    }
    return shapes_save(&comparison->arena, &profile, comparison->options.write_profile);
}
