#include "compare/compare_diff.h"

#include "base/buf.h"
#include "base/text.h"
#include "domain/resolution.h"
#include "domain/status.h"

#include <string.h>

const char *const difference_codes[DIFFERENCE_KINDS] = {
    "status",        "no_json",   "header_missing", "header_added", "key_missing",
    "key_sometimes", "key_added", "order",          "type",         "word",
};
const char *const difference_names[DIFFERENCE_KINDS] = {
    [DIFFERENCE_STATUS] = "status code",
    [DIFFERENCE_NO_JSON] = "body",
    [DIFFERENCE_HEADER_MISSING] = "header missing",
    [DIFFERENCE_HEADER_ADDED] = "header added",
    [DIFFERENCE_KEY_MISSING] = "key missing",
    [DIFFERENCE_KEY_SOMETIMES] = "key sometimes missing",
    [DIFFERENCE_KEY_ADDED] = "key added",
    [DIFFERENCE_ORDER] = "order of keys",
    [DIFFERENCE_TYPE] = "type",
    [DIFFERENCE_WORD] = "unknown value",
};

/* A pair of shapes at one place. */
struct pair {
    struct differences *differences;
    const char *document, *path;
    const struct shape *contract, *found;
};

static void add(const struct pair *pair, enum difference_kind kind, const char *path,
                const char *contract, const char *found)
{
    struct differences *all = pair->differences;
    struct difference *difference = arena_alloc(all->arena, sizeof *difference);
    *difference = (struct difference){pair->document, kind, path, contract, found, NULL};
    *(all->first ? all->tail : &all->first) = difference;
    all->tail = &difference->next;
    all->n++;
}

static const char *join(const struct pair *pair, const char *key)
{
    const char *dot = *pair->path ? "." : "";
    return arena_printf(pair->differences->arena, "%s%s%s", pair->path, dot, key);
}

static const char *types_text(const struct pair *pair, unsigned types)
{
    return shape_types_text(pair->differences->arena, types);
}

static void compare(const struct pair *pair);

static void descend(const struct pair *pair, const char *path, const struct shape *contract,
                    const struct shape *found)
{
    const struct pair inside = {pair->differences, pair->document, path, contract, found};
    compare(&inside);
}

/* ------------------------------------------------------------------ the order of keys */

/*
 * Marks the members that stand where the contract has them: the longest run of common keys that
 * both have in the same order. The others have moved.
 */
static void mark_in_order(const struct shape *found, const size_t *places, bool *ret_stays)
{
    size_t length[SHAPE_MEMBERS_MOST], before[SHAPE_MEMBERS_MOST], best = SIZE_MAX;
    for (size_t i = 0; i < found->n_members; i++) {
        length[i] = 1;
        before[i] = SIZE_MAX;
        for (size_t k = 0; places[i] != SIZE_MAX && k < i; k++) {
            if (places[k] < places[i] && length[k] + 1 > length[i]) {
                length[i] = length[k] + 1;
                before[i] = k;
            }
        }
        if (places[i] != SIZE_MAX && (best == SIZE_MAX || length[i] > length[best])) {
            best = i;
        }
    }
    for (; best != SIZE_MAX; best = before[best]) {
        ret_stays[best] = true;
    }
}

/* "after KEY" for the key before it among the keys of both, or "first". */
static const char *standing(const struct pair *pair, const struct shape *shape, size_t at,
                            const struct shape *other)
{
    while (at && !shape_member(other, shape->members[at - 1].key)) {
        at--;
    }
    return at ? arena_printf(pair->differences->arena, "after %s", shape->members[at - 1].key)
              : "first";
}

/* True if a key stood in an object on the other side of this one than in the contract. */
static bool is_misplaced(const struct pair *pair, const struct shape_member *member)
{
    const struct shape *contract = pair->contract, *found = pair->found;
    const struct shape_member *place = shape_member(contract, member->key);
    for (size_t i = 0; place && i < contract->n_members; i++) {
        const struct shape_member *other = shape_member(found, contract->members[i].key);
        const struct shape_member *first = &contract->members[i] < place ? member : other;
        if (other && other != member &&
            shape_saw_before(found, first, first == member ? other : member)) {
            return true;
        }
    }
    return false;
}

static void compare_order(const struct pair *pair)
{
    const struct shape *contract = pair->contract, *found = pair->found;
    size_t places[SHAPE_MEMBERS_MOST];
    bool stays[SHAPE_MEMBERS_MOST] = {false};
    for (size_t i = 0; i < found->n_members; i++) {
        const struct shape_member *member = shape_member(contract, found->members[i].key);
        places[i] = is_misplaced(pair, &found->members[i]) ? (size_t)(member - contract->members)
                                                           : SIZE_MAX;
    }
    mark_in_order(found, places, stays);
    for (size_t i = 0; i < found->n_members; i++) {
        if (places[i] != SIZE_MAX && !stays[i]) {
            add(pair, DIFFERENCE_ORDER, join(pair, found->members[i].key),
                standing(pair, contract, places[i], found), standing(pair, found, i, contract));
        }
    }
}

/* ------------------------------------------------------------------ keys */

static void compare_member(const struct pair *pair, const struct shape_member *contract)
{
    const char *path = join(pair, contract->key);
    const struct shape_member *found = shape_member(pair->found, contract->key);
    bool needed = !shape_is_optional(pair->contract, contract);
    const char *types = types_text(pair, contract->shape.types);
    if (found) {
        descend(pair, path, &contract->shape, &found->shape);
    }
    if (needed && !found) {
        add(pair, DIFFERENCE_KEY_MISSING, path, types, "");
    } else if (needed && shape_is_optional(pair->found, found)) {
        add(pair, DIFFERENCE_KEY_SOMETIMES, path, types, "");
    }
}

static void compare_members(const struct pair *pair)
{
    for (size_t i = 0; i < pair->contract->n_members; i++) {
        compare_member(pair, &pair->contract->members[i]);
    }
    for (size_t i = 0; i < pair->found->n_members; i++) {
        const struct shape_member *member = &pair->found->members[i];
        if (!shape_member(pair->contract, member->key)) {
            add(pair, DIFFERENCE_KEY_ADDED, join(pair, member->key), "",
                types_text(pair, member->shape.types));
        }
    }
    compare_order(pair);
}

static void compare_objects(const struct pair *pair)
{
    const struct shape *contract = pair->contract, *found = pair->found;
    if (contract->each && found->each) {
        descend(pair, join(pair, "*"), contract->each, found->each);
    } else if (contract->each) {
        for (size_t i = 0; i < found->n_members; i++) {
            descend(pair, join(pair, "*"), contract->each, &found->members[i].shape);
        }
    } else if (found->each) {
        add(pair, DIFFERENCE_KEY_ADDED, join(pair, "*"), "", "keys that are no names");
    } else {
        compare_members(pair);
    }
}

/* ------------------------------------------------------------------ values */

static bool shape_uses(const struct shape *shape, const char *word)
{
    bool uses = shape_has_word(shape, word) || (shape->items && shape_uses(shape->items, word)) ||
                (shape->each && shape_uses(shape->each, word));
    for (size_t i = 0; !uses && i < shape->n_members; i++) {
        uses = shape_uses(&shape->members[i].shape, word);
    }
    return uses;
}

static bool shapes_use(const struct shapes *shapes, const char *word)
{
    bool uses = false;
    for (size_t i = 0; !uses && i < shapes->n; i++) {
        uses = shape_uses(&shapes->documents[i].body, word);
    }
    return uses;
}

bool compare_is_known_word(const struct differences *differences, const char *word)
{
    enum status status;
    bool known = status_parse(word, &status) || resolution_find(word, NULL);
    for (size_t i = 0; !known && i < differences->n_known; i++) {
        known = shapes_use(&differences->known[i], word);
    }
    return known;
}

/* Statuses and resolutions that this server knows, but did not show. */
static bool is_expected(const char *path, const char *word)
{
    const char *dot = strrchr(path, '.');
    const char *key = dot ? dot + 1 : path;
    enum status status;
    if (text_equal(key, "resolution")) {
        return resolution_find(word, NULL);
    }
    return (text_equal(key, "status") || text_equal(key, "transaction_status")) &&
           text_starts(path, "data") && status_parse(word, &status);
}

/* Texts that are not shown are told once. */
static void compare_words(const struct pair *pair)
{
    bool told = false;
    for (size_t i = 0; pair->contract->n_words && i < pair->found->n_words; i++) {
        const char *word = pair->found->words[i];
        if (shape_has_word(pair->contract, word) || is_expected(pair->path, word)) {
            continue;
        }
        bool known = compare_is_known_word(pair->differences, word);
        if (known || !told) {
            add(pair, DIFFERENCE_WORD, pair->path, "", known ? word : SHAPE_OTHER_WORD);
        }
        told = told || !known;
    }
}

static void compare(const struct pair *pair)
{
    const struct shape *contract = pair->contract, *found = pair->found;
    bool free = (contract->types | found->types) & SHAPE_ANY;
    unsigned looked_at = free ? SHAPE_NOTHING : ~0u;
    unsigned other = found->types & ~contract->types & looked_at;
    if (other) {
        add(pair, DIFFERENCE_TYPE, pair->path, types_text(pair, contract->types),
            types_text(pair, other));
    }
    if (free) {
        return;
    }
    compare_words(pair);
    if (contract->types & found->types & SHAPE_OBJECT) {
        compare_objects(pair);
    }
    if (contract->items && found->items) {
        descend(pair, arena_printf(pair->differences->arena, "%s[]", pair->path), contract->items,
                found->items);
    }
}

/* ------------------------------------------------------------------ documents */

void compare_bodies(struct differences *differences, const char *document,
                    const struct shape *contract, const struct shape *found)
{
    const struct pair pair = {differences, document, "", contract, found};
    compare(&pair);
}

static void compare_headers(const struct pair *pair)
{
    for (size_t i = 0; i < pair->contract->n_members; i++) {
        const struct shape_member *member = &pair->contract->members[i];
        const struct shape_member *found = shape_member(pair->found, member->key);
        bool always = found && !shape_is_optional(pair->found, found);
        if (!shape_is_optional(pair->contract, member) && !always) {
            add(pair, DIFFERENCE_HEADER_MISSING, member->key, "", found ? "only sometimes" : "");
        }
    }
    for (size_t i = 0; i < pair->found->n_members; i++) {
        if (!shape_member(pair->contract, pair->found->members[i].key)) {
            add(pair, DIFFERENCE_HEADER_ADDED, pair->found->members[i].key, "", "");
        }
    }
}

bool compare_is_other_class(int contract, int found)
{
    return contract / 100 != found / 100 && !(contract >= 400 && found >= 400);
}

static void compare_status(const struct pair *pair, int contract, int found)
{
    struct arena *arena = pair->differences->arena;
    if (contract != found) {
        add(pair, DIFFERENCE_STATUS, "", arena_printf(arena, "%d", contract),
            arena_printf(arena, "%d", found));
    }
}

void compare_documents(struct differences *differences, const struct shapes_document *contract,
                       const struct shapes_document *found)
{
    const struct pair pair = {differences, contract->name, "", &contract->headers, &found->headers};
    compare_status(&pair, contract->status, found->status);
    if (compare_is_other_class(contract->status, found->status)) {
        return;
    }
    compare_headers(&pair);
    if (found->no_json && contract->has_body) {
        add(&pair, DIFFERENCE_NO_JSON, "", "JSON", "no JSON");
    } else if (found->has_body && contract->has_body) {
        compare_bodies(differences, contract->name, &contract->body, &found->body);
    }
}
