/* The notation of shapes. */
#include "base/buf.h"
#include "base/text.h"
#include "wire/json_shape.h"

#include <string.h>

#define FURTHER "|" /* the key of an object's further types */
#define EVERY "*"   /* the key that stands for all */
#define ITEMS "[]"  /* the key of the elements, for what is an object or a list */

/* In the order in which they are written: words follow "text". */
static const struct {
    unsigned type;
    const char *name;
} names[] = {
    {SHAPE_NULL, "null"}, {SHAPE_NO_ITEMS, "[]"},   {SHAPE_NO_MEMBERS, "{}"},
    {SHAPE_ANY, "any"},   {SHAPE_BOOL, "bool"},     {SHAPE_NUMBER, "number"},
    {SHAPE_LIST, "list"}, {SHAPE_OBJECT, "object"}, {SHAPE_TEXT, "text"},
};

/* ------------------------------------------------------------------ writing */

static void add_types(struct buf *out, unsigned types)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (types & names[i].type) {
            buf_printf(out, "%s%s", out->size ? "|" : "", names[i].name);
        }
    }
}

const char *shape_types_text(struct arena *arena, unsigned types)
{
    buf_auto out = {0};
    add_types(&out, types);
    return out.size ? arena_copy(arena, out.data, out.size) : "nothing";
}

/* The types that are no object and no list, with the words. */
static json_t *write_plain(const struct shape *shape)
{
    buf_auto out = {0};
    add_types(&out, shape->types & ~(unsigned)(SHAPE_LIST | SHAPE_OBJECT));
    size_t n = shape_has_word(shape, SHAPE_OTHER_WORD) ? 0 : shape->n_words;
    for (size_t i = 0; i < n; i++) {
        buf_printf(&out, "%s%s", i ? "," : ":", shape->words[i]);
    }
    return json_string(buf_str(&out));
}

static bool is_plain(const struct shape *shape)
{
    return !(shape->types & (SHAPE_LIST | SHAPE_OBJECT));
}

static bool has_plain(const struct shape *shape)
{
    return shape->types & ~(unsigned)(SHAPE_LIST | SHAPE_OBJECT);
}

static void write_members(struct arena *arena, const struct shape *shape, json_t *object)
{
    for (size_t i = 0; i < shape->n_members; i++) {
        const struct shape_member *member = &shape->members[i];
        const char *mark = shape_is_optional(shape, member) ? "?" : "";
        json_object_set_new(object, arena_printf(arena, "%s%s", member->key, mark),
                            shape_write(arena, &member->shape));
    }
}

static json_t *write_object(struct arena *arena, const struct shape *shape)
{
    json_t *object = json_object();
    if (has_plain(shape)) {
        json_object_set_new(object, FURTHER, write_plain(shape));
    }
    if (shape->items) {
        json_object_set_new(object, ITEMS, shape_write(arena, shape->items));
    }
    if (shape->each) {
        json_object_set_new(object, EVERY, shape_write(arena, shape->each));
    } else {
        write_members(arena, shape, object);
    }
    return object;
}

static json_t *write_list(struct arena *arena, const struct shape *shape)
{
    json_t *list = json_array();
    if (has_plain(shape)) {
        json_array_append_new(list, write_plain(shape));
    }
    json_array_append_new(list, shape_write(arena, shape->items));
    return list;
}

json_t *shape_write(struct arena *arena, const struct shape *shape)
{
    return is_plain(shape)               ? write_plain(shape)
           : shape->types & SHAPE_OBJECT ? write_object(arena, shape)
                                         : write_list(arena, shape);
}

/* ------------------------------------------------------------------ reading */

static const char *read_shape(struct arena *arena, const json_t *notation, int depth,
                              struct shape *ret_shape);

static const char *read_words(struct arena *arena, char *text, struct shape *shape)
{
    size_t room = 1;
    for (const char *p = text; *p; p++) {
        room += *p == ',';
    }
    shape->words = arena_alloc(arena, room * sizeof *shape->words);
    shape->room_words = room;
    for (char *word; (word = strsep(&text, ","));) {
        shape->words[shape->n_words++] = word;
    }
    return room <= SHAPE_WORDS_MOST ? NULL : "too many words";
}

static const char *read_type(struct arena *arena, const char *name, struct shape *shape)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (text_equal(names[i].name, name) && !(names[i].type & (SHAPE_LIST | SHAPE_OBJECT))) {
            shape->types |= names[i].type;
            return NULL;
        }
    }
    return arena_printf(arena, "\"%.40s\" is not a type", name);
}

static const char *read_plain(struct arena *arena, const char *text, struct shape *shape)
{
    const char *why = NULL;
    char *rest = arena_strdup(arena, text);
    for (char *type; !why && (type = strsep(&rest, "|"));) {
        char *words = strchr(type, ':');
        if (words) {
            *words = '\0';
            why = shape->words || !text_equal(type, "text") ? "words must follow \"text\", once"
                                                            : read_words(arena, words + 1, shape);
        }
        why = why ? why : read_type(arena, type, shape);
    }
    return why;
}

/* "key?" */
static void read_key(struct arena *arena, const char *key, struct shape_member *member)
{
    size_t size = strlen(key);
    bool optional = size && key[size - 1] == '?';
    member->key = arena_copy(arena, key, size - optional);
    member->objects = !optional;
}

static const char *read_one(struct arena *arena, const char *key, const json_t *value, int depth,
                            struct shape *shape)
{
    if (text_equal(key, FURTHER)) {
        return json_is_string(value) ? read_plain(arena, json_string_value(value), shape)
                                     : "the types under \"|\" must be a text";
    }
    if (text_equal(key, ITEMS)) {
        shape->types |= SHAPE_LIST;
        shape->items = arena_alloc(arena, sizeof *shape->items);
        return read_shape(arena, value, depth + 1, shape->items);
    }
    if (text_equal(key, EVERY)) {
        shape->each = arena_alloc(arena, sizeof *shape->each);
        return read_shape(arena, value, depth + 1, shape->each);
    }
    struct shape_member *member = &shape->members[shape->n_members];
    member->id = (unsigned)shape->n_members++;
    read_key(arena, key, member);
    return read_shape(arena, value, depth + 1, &member->shape);
}

static const char *read_object(struct arena *arena, const json_t *notation, int depth,
                               struct shape *shape)
{
    const char *why, *key;
    json_t *value;
    size_t room = json_object_size(notation);
    if (room > SHAPE_MEMBERS_MOST) {
        return arena_printf(arena, "an object must have at most %d keys", SHAPE_MEMBERS_MOST);
    }
    shape->types |= SHAPE_OBJECT;
    shape->members = arena_alloc(arena, (room + 1) * sizeof *shape->members);
    shape->room_members = room + 1;
    shape->objects = 1;
    json_object_foreach((json_t *)notation, key, value)
    {
        why = read_one(arena, key, value, depth, shape);
        if (why) {
            return arena_printf(arena, "%s: %s", key, why);
        }
    }
    return NULL;
}

static const char *read_list(struct arena *arena, const json_t *notation, int depth,
                             struct shape *shape)
{
    size_t n = json_array_size(notation);
    const char *types = json_string_value(json_array_get(notation, 0));
    if (n < 1 || n > 2 || (n == 2 && !types)) {
        return "a list must be [SHAPE] or [TYPES, SHAPE]";
    }
    shape->types |= SHAPE_LIST;
    shape->items = arena_alloc(arena, sizeof *shape->items);
    const char *why = n == 2 ? read_plain(arena, types, shape) : NULL;
    return why ? why : read_shape(arena, json_array_get(notation, n - 1), depth + 1, shape->items);
}

static const char *read_shape(struct arena *arena, const json_t *notation, int depth,
                              struct shape *ret_shape)
{
    if (depth > SHAPE_DEPTH_MOST + 1) {
        return "it is nested too deeply";
    }
    if (json_is_string(notation)) {
        return read_plain(arena, json_string_value(notation), ret_shape);
    }
    if (json_is_object(notation)) {
        return read_object(arena, notation, depth, ret_shape);
    }
    return json_is_array(notation) ? read_list(arena, notation, depth, ret_shape)
                                   : "a shape must be a text, an object or a list";
}

const char *shape_read(struct arena *arena, const json_t *notation, struct shape *ret_shape)
{
    struct shape shape = {0};
    const char *why = read_shape(arena, notation, 0, &shape);
    if (!why) {
        *ret_shape = shape;
    }
    return why;
}
