#include "wire/json_shape.h"

#include "base/text.h"

#include <string.h>

#define NAME_MOST 64

/* ------------------------------------------------------------------ what is data, and what not */

enum manner {
    MANNER_PLAIN,
    MANNER_ANY,   /* the merchant's own: not compared */
    MANNER_KEYED, /* the keys are data, e.g. codes or languages */
    MANNER_WORD,  /* a text from a small set */
};

/* How the value of a key is learned; `parent` NULL: in any object. The first match applies. */
static const struct {
    const char *parent, *key;
    enum manner manner;
} manners[] = {
    {"flow_data", "metadata", MANNER_PLAIN},
    {"payload", "metadata", MANNER_PLAIN},
    {"methods", "metadata", MANNER_PLAIN},
    {NULL, "metadata", MANNER_ANY},
    {"attributes", "fields", MANNER_ANY}, /* where a payout goes */
    {NULL, "callback_logs", MANNER_KEYED},
    {NULL, "currency_accounts", MANNER_KEYED},
    {NULL, "errors", MANNER_KEYED},
    {"data", "services", MANNER_KEYED},
    {"data", "methods", MANNER_KEYED},
    {NULL, "label", MANNER_KEYED},
    {NULL, "hint", MANNER_KEYED},
    {"methods", "name", MANNER_KEYED},
    {"errors", "code", MANNER_WORD},
    {"errors", "title", MANNER_WORD},
    {"flow_data", "method", MANNER_WORD},
    {NULL, "status", MANNER_WORD},
    {NULL, "transaction_status", MANNER_WORD},
    {NULL, "resolution", MANNER_WORD},
    {NULL, "type", MANNER_WORD},
    {NULL, "flow", MANNER_WORD},
    {NULL, "service_flow", MANNER_WORD},
    {NULL, "payment_flow", MANNER_WORD},
    {NULL, "source", MANNER_WORD},
};

/* Where a value stands. Elements of a list, and of an object whose keys are data, have no key. */
struct place {
    const char *parent; /* the last key above the object that holds it */
    const char *key;
    const char *above; /* the last key, of the value itself or above it */
    int depth;
};

static struct place place_of_member(const struct place *object, const char *key)
{
    return (struct place){object->above, key, key, object->depth + 1};
}

static struct place place_of_element(const struct place *list)
{
    return (struct place){list->parent, NULL, list->above, list->depth + 1};
}

static enum manner manner_of(const struct place *place)
{
    for (size_t i = 0; place->key && i < ARRAY_SIZE(manners); i++) {
        if (text_equal(manners[i].key, place->key) &&
            (!manners[i].parent || text_equal(manners[i].parent, place->parent))) {
            return manners[i].manner;
        }
    }
    return MANNER_PLAIN;
}

/* ------------------------------------------------------------------ names and words */

static bool has_secret(const struct shape_learner *learner, const char *text)
{
    for (size_t i = 0; i < learner->n_secrets; i++) {
        if (strcasestr(text, learner->secrets[i])) {
            return true;
        }
    }
    return false;
}

#define LETTERS TEXT_LETTERS "_"

static bool is_made_of(const char *text, const char *first, const char *rest)
{
    size_t size = strlen(text);
    return size && size <= NAME_MOST && strchr(first, text[0]) && strspn(text, rest) == size;
}

bool shape_is_name(const struct shape_learner *learner, const char *text)
{
    return is_made_of(text, LETTERS, LETTERS "0123456789-") && !has_secret(learner, text);
}

/* Also "Not Found" and "422". */
static bool is_word(const struct shape_learner *learner, const char *text)
{
    return is_made_of(text, LETTERS "0123456789", LETTERS "0123456789- ") &&
           !has_secret(learner, text);
}

bool shape_has_word(const struct shape *shape, const char *word)
{
    for (size_t i = 0; i < shape->n_words; i++) {
        if (text_equal(shape->words[i], word)) {
            return true;
        }
    }
    return false;
}

static void learn_word(struct shape_learner *learner, struct shape *shape, const char *word)
{
    const char *kept = is_word(learner, word) ? word : SHAPE_OTHER_WORD;
    size_t at = 0;
    if (shape_has_word(shape, kept) || shape->n_words == SHAPE_WORDS_MOST) {
        return;
    }
    shape->words = arena_grow(learner->arena, shape->words, shape->n_words, &shape->room_words,
                              sizeof *shape->words);
    while (at < shape->n_words && strcmp(shape->words[at], kept) < 0) {
        at++;
    }
    memmove(shape->words + at + 1, shape->words + at, (shape->n_words - at) * sizeof *shape->words);
    shape->words[at] = arena_strdup(learner->arena, kept);
    shape->n_words++;
}

/* ------------------------------------------------------------------ objects */

static void learn(struct shape_learner *learner, struct shape *shape, const json_t *value,
                  const struct place *place);

const struct shape_member *shape_member(const struct shape *shape, const char *key)
{
    for (size_t i = 0; i < shape->n_members; i++) {
        if (text_equal(shape->members[i].key, key)) {
            return &shape->members[i];
        }
    }
    return NULL;
}

bool shape_is_optional(const struct shape *shape, const struct shape_member *member)
{
    return member->objects < shape->objects;
}

/* Makes room for a new member at `at`. */
static struct shape_member *insert_member(struct shape_learner *learner, struct shape *shape,
                                          size_t at, const char *key)
{
    if (shape->n_members == SHAPE_MEMBERS_MOST) {
        learner->flaw = "an object has too many keys";
        return NULL;
    }
    shape->members = arena_grow(learner->arena, shape->members, shape->n_members,
                                &shape->room_members, sizeof *shape->members);
    struct shape_member *member = shape->members + at;
    memmove(member + 1, member, (shape->n_members - at) * sizeof *member);
    *member = (struct shape_member){.key = arena_strdup(learner->arena, key),
                                    .id = (unsigned)shape->n_members++};
    return member;
}

/* A key that is new stands behind the one that it followed. */
static void learn_members(struct shape_learner *learner, struct shape *shape, const json_t *object,
                          const struct place *place)
{
    unsigned ids[SHAPE_MEMBERS_MOST];
    size_t after = 0, n = 0;
    const char *key;
    json_t *value;
    shape->objects++;
    json_object_foreach((json_t *)object, key, value)
    {
        struct shape_member *member = (struct shape_member *)shape_member(shape, key);
        member = member ? member : insert_member(learner, shape, after, key);
        if (!member) {
            return;
        }
        ids[n++] = member->id;
        member->objects++;
        after = (size_t)(member - shape->members) + 1;
        const struct place inside = place_of_member(place, key);
        learn(learner, &member->shape, value, &inside);
    }
    shape_learn_order(learner->arena, shape, ids, n);
}

static bool has_names_only(const struct shape_learner *learner, const json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        if (!shape_is_name(learner, key)) {
            return false;
        }
    }
    return true;
}

static void learn_each(struct shape_learner *learner, struct shape *shape, const json_t *object,
                       const struct place *place)
{
    const struct place inside = place_of_element(place);
    const char *key;
    json_t *value;
    shape->each = shape->each ? shape->each : arena_alloc(learner->arena, sizeof *shape->each);
    shape->n_members = 0;
    json_object_foreach((json_t *)object, key, value)
    {
        learn(learner, shape->each, value, &inside);
    }
}

static void learn_object(struct shape_learner *learner, struct shape *shape, const json_t *object,
                         const struct place *place)
{
    if (json_object_size(object) == 0) {
        shape->types |= SHAPE_NO_MEMBERS;
        return;
    }
    shape->types |= SHAPE_OBJECT;
    bool keyed =
        shape->each || manner_of(place) == MANNER_KEYED || !has_names_only(learner, object);
    (keyed ? learn_each : learn_members)(learner, shape, object, place);
}

/* ------------------------------------------------------------------ values */

static void learn_list(struct shape_learner *learner, struct shape *shape, const json_t *list,
                       const struct place *place)
{
    const struct place inside = place_of_element(place);
    shape->types |= json_array_size(list) ? SHAPE_LIST : SHAPE_NO_ITEMS;
    for (size_t i = 0; i < json_array_size(list); i++) {
        shape->items =
            shape->items ? shape->items : arena_alloc(learner->arena, sizeof *shape->items);
        learn(learner, shape->items, json_array_get(list, i), &inside);
    }
}

static void learn_scalar(struct shape_learner *learner, struct shape *shape, const json_t *value,
                         const struct place *place)
{
    static const unsigned types[] = {
        [JSON_STRING] = SHAPE_TEXT, [JSON_INTEGER] = SHAPE_NUMBER, [JSON_REAL] = SHAPE_NUMBER,
        [JSON_TRUE] = SHAPE_BOOL,   [JSON_FALSE] = SHAPE_BOOL,     [JSON_NULL] = SHAPE_NULL,
    };
    shape->types |= types[json_typeof(value)];
    if (json_is_string(value) && manner_of(place) == MANNER_WORD) {
        learn_word(learner, shape, json_string_value(value));
    }
}

static void learn(struct shape_learner *learner, struct shape *shape, const json_t *value,
                  const struct place *place)
{
    if (place->depth > SHAPE_DEPTH_MOST || ++learner->values > SHAPE_VALUES_MOST) {
        learner->flaw =
            place->depth > SHAPE_DEPTH_MOST ? "it is nested too deeply" : "it has too many values";
        return;
    }
    if (manner_of(place) == MANNER_ANY && (json_object_size(value) || json_array_size(value))) {
        shape->types |= SHAPE_ANY;
    } else if (json_is_object(value)) {
        learn_object(learner, shape, value, place);
    } else if (json_is_array(value)) {
        learn_list(learner, shape, value, place);
    } else {
        learn_scalar(learner, shape, value, place);
    }
}

void shape_learn(struct shape_learner *learner, struct shape *shape, const json_t *value)
{
    const struct place root = {0};
    learn(learner, shape, value, &root);
}
