#include "mutate.h"

#include <jansson.h>
#include <string.h>

#define NODES_MOST 20000

struct chance chance_of(unsigned seed)
{
    return (struct chance){seed * 2654435769u + 1u};
}

/* SplitMix64. */
size_t chance_below(struct chance *chance, size_t n)
{
    uint64_t z = chance->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (z ^ z >> 31) % n;
}

/* ------------------------------------------------------------------ values in a document */

/* A place of a value: its parent, and there its key or its index. */
struct place {
    json_t *parent;
    const char *key; /* NULL: a list */
    size_t index;
};

struct places {
    struct place list[NODES_MOST];
    size_t n;
};

static void gather(struct places *places, json_t *parent)
{
    const char *key;
    json_t *value;
    size_t i;
    json_object_foreach(parent, key, value)
    {
        if (places->n < NODES_MOST) {
            places->list[places->n++] = (struct place){parent, key, 0};
            gather(places, value);
        }
    }
    json_array_foreach(parent, i, value)
    {
        if (places->n < NODES_MOST) {
            places->list[places->n++] = (struct place){parent, NULL, i};
            gather(places, value);
        }
    }
}

static json_t *value_at(const struct place *place)
{
    return place->key ? json_object_get(place->parent, place->key)
                      : json_array_get(place->parent, place->index);
}

static void put(const struct place *place, json_t *value)
{
    if (place->key) {
        json_object_set_new(place->parent, place->key, value);
    } else {
        json_array_set_new(place->parent, place->index, value);
    }
}

/* ------------------------------------------------------------------ new values */

static json_t *number(struct chance *chance)
{
    static const json_int_t limits[] = {0,           1,          -1,
                                        2,           100,        1 << 20,
                                        INT32_MAX,   1LL << 40,  (1LL << 40) + 1,
                                        1LL << 46,   1LL << 53,  INT64_MAX,
                                        INT64_MIN,   1700000000, 9223372036854775,
                                        90000000000, 4000};
    return json_integer(limits[chance_below(chance, sizeof limits / sizeof *limits)]);
}

static json_t *real(struct chance *chance)
{
    static const double limits[] = {0.1, -0.0, 1e-8, 1e-9, 89999999999.99, 1e15, 1e300, 4000.91};
    return json_real(limits[chance_below(chance, sizeof limits / sizeof *limits)]);
}

static json_t *word(struct chance *chance, const char *const *words)
{
    size_t n = 0;
    while (words[n]) {
        n++;
    }
    return n ? json_string(words[chance_below(chance, n)]) : json_string("");
}

static json_t *new_value(struct chance *chance, const char *const *words)
{
    switch (chance_below(chance, 8)) {
    case 0:
        return number(chance);
    case 1:
        return real(chance);
    case 2:
        return json_null();
    case 3:
        return json_boolean(chance_below(chance, 2));
    case 4:
        return chance_below(chance, 2) ? json_array() : json_object();
    case 5:
        return json_pack("[o]", word(chance, words));
    default:
        return word(chance, words);
    }
}

/* A text with one byte changed, which stays ASCII; or repeated. */
static json_t *other_text(struct chance *chance, const char *text)
{
    char room[4096];
    size_t size = strlen(text);
    if (!size || size >= sizeof room / 2) {
        return json_string("x");
    }
    memcpy(room, text, size + 1);
    if (chance_below(chance, 4) == 0) {
        memcpy(room + size, text, size + 1);
    } else {
        room[chance_below(chance, size)] = (char)(' ' + (char)chance_below(chance, 95));
    }
    json_t *made = json_string(room);
    return made ? made : json_string("");
}

/* ------------------------------------------------------------------ one change */

static void repeat_or_move(struct chance *chance, const struct place *place, const json_t *value)
{
    json_t *copy = json_deep_copy(value);
    if (place->key) {
        char key[64];
        snprintf(key, sizeof key, "%.40s%zu", place->key, chance_below(chance, 10));
        json_object_set_new(place->parent, key, copy);
    } else {
        json_array_insert_new(place->parent,
                              chance_below(chance, json_array_size(place->parent) + 1), copy);
    }
}

static void take_out(const struct place *place)
{
    if (place->key) {
        json_object_del(place->parent, place->key);
    } else {
        json_array_remove(place->parent, place->index);
    }
}

static void change(struct chance *chance, const struct places *places, const char *const *words)
{
    const struct place *place = &places->list[chance_below(chance, places->n)];
    const struct place *other = &places->list[chance_below(chance, places->n)];
    json_t *value = value_at(place);
    switch (chance_below(chance, 8)) {
    case 0:
        take_out(place);
        break;
    case 1:
        repeat_or_move(chance, place, value);
        break;
    case 2:
        put(place, json_deep_copy(value_at(other)));
        break;
    case 3:
    case 4:
        put(place, json_is_string(value)   ? other_text(chance, json_string_value(value))
                   : json_is_number(value) ? number(chance)
                                           : new_value(chance, words));
        break;
    default:
        put(place, new_value(chance, words));
        break;
    }
}

size_t mutate_json(struct chance *chance, uint8_t *data, size_t size, size_t most,
                   const char *const *words)
{
    static struct places places;
    json_t *document = json_loadb((const char *)data, size, JSON_ALLOW_NUL, NULL);
    places.n = 0;
    gather(&places, document);
    if (places.n) {
        change(chance, &places, words);
    }
    char *text = places.n ? json_dumps(document, JSON_COMPACT) : NULL;
    size_t length = text ? strlen(text) : 0;
    length = length <= most ? length : 0;
    memcpy(data, length ? text : (const char *)data, length);
    free(text);
    json_decref(document);
    return length;
}

size_t mutate_document(uint8_t *data, size_t size, size_t most, unsigned seed,
                       const char *const *words)
{
    struct chance chance = chance_of(seed);
    size_t made = chance_below(&chance, 8) ? mutate_json(&chance, data, size, most, words) : 0;
    return made ? made : LLVMFuzzerMutate(data, size, most);
}
