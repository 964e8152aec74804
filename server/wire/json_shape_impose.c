/* Makes a document look like a shape. */
#include "base/text.h"
#include "wire/json_shape.h"

#include <stdlib.h>
#include <string.h>

static json_t *impose(const struct shape *shape, const json_t *value, bool words);

/* ------------------------------------------------------------------ values that are made up */

static json_t *make(const struct shape *shape);

/* An object without members would be of another type. If all may be absent, it gets the first. */
static json_t *with_member(const struct shape *shape, json_t *object)
{
    bool empty = !json_object_size(object) && !(shape->types & SHAPE_NO_MEMBERS);
    if (empty && shape->n_members) {
        json_object_set_new(object, shape->members[0].key, make(&shape->members[0].shape));
    }
    return object;
}

static json_t *make_members(const struct shape *shape)
{
    json_t *object = json_object();
    if (shape->each) {
        json_object_set_new(object, "0", make(shape->each));
    }
    for (size_t i = 0; i < shape->n_members; i++) {
        if (!shape_is_optional(shape, &shape->members[i])) {
            json_object_set_new(object, shape->members[i].key, make(&shape->members[i].shape));
        }
    }
    return with_member(shape, object);
}

static json_t *make_items(const struct shape *shape)
{
    json_t *list = json_array();
    json_array_append_new(list, make(shape->items));
    return list;
}

/* Nothing, if the shape allows that; else an empty or the first value of its type. */
static json_t *make(const struct shape *shape)
{
    unsigned types = shape->types;
    return types & SHAPE_NULL         ? json_null()
           : types & SHAPE_NO_ITEMS   ? json_array()
           : types & SHAPE_NO_MEMBERS ? json_object()
           : types & SHAPE_TEXT       ? json_string(shape->n_words ? shape->words[0] : "")
           : types & SHAPE_NUMBER     ? json_integer(0)
           : types & SHAPE_BOOL       ? json_false()
           : types & SHAPE_OBJECT     ? make_members(shape)
           : types & SHAPE_LIST       ? make_items(shape)
                                      : json_pack("{sn}", "mock"); /* SHAPE_ANY */
}

/* ------------------------------------------------------------------ values that are changed */

static unsigned type_of(const json_t *value)
{
    static const unsigned types[] = {
        [JSON_STRING] = SHAPE_TEXT, [JSON_INTEGER] = SHAPE_NUMBER, [JSON_REAL] = SHAPE_NUMBER,
        [JSON_TRUE] = SHAPE_BOOL,   [JSON_FALSE] = SHAPE_BOOL,     [JSON_NULL] = SHAPE_NULL,
    };
    return json_is_array(value)    ? json_array_size(value) ? SHAPE_LIST : SHAPE_NO_ITEMS
           : json_is_object(value) ? json_object_size(value) ? SHAPE_OBJECT : SHAPE_NO_MEMBERS
                                   : types[json_typeof(value)];
}

/* A number as text, or a text as number. NULL: neither. */
static json_t *convert(const struct shape *shape, const json_t *value)
{
    if (json_is_number(value) && shape->types & SHAPE_TEXT) {
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        json_t *converted = json_string(text);
        free(text);
        return converted;
    }
    if (json_is_string(value) && shape->types & SHAPE_NUMBER) {
        json_t *number = json_loads(json_string_value(value), JSON_DECODE_ANY, NULL);
        return json_is_number(number) ? number : (json_decref(number), NULL);
    }
    return NULL;
}

/* A resource of another type is not what the shape describes. */
static bool is_other_resource(const struct shape *shape, const json_t *object)
{
    const struct shape_member *type = shape_member(shape, "type");
    const char *word = json_string_value(json_object_get(object, "type"));
    return type && word && type->shape.n_words && !shape_has_word(&type->shape, word);
}

static json_t *impose_members(const struct shape *shape, const json_t *object, bool words)
{
    json_t *made = json_object();
    for (size_t i = 0; i < shape->n_members; i++) {
        const struct shape_member *member = &shape->members[i];
        const json_t *value = json_object_get(object, member->key);
        if (value || !shape_is_optional(shape, member)) {
            json_object_set_new(made, member->key,
                                value ? impose(&member->shape, value, words)
                                      : make(&member->shape));
        }
    }
    return with_member(shape, made);
}

static json_t *impose_each(const struct shape *each, const json_t *object, bool words)
{
    json_t *made = json_object();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        json_object_set_new(made, key, impose(each, value, words));
    }
    return made;
}

static json_t *impose_object(const struct shape *shape, const json_t *object, bool words)
{
    return is_other_resource(shape, object) ? json_deep_copy(object)
           : shape->each                    ? impose_each(shape->each, object, words)
                                            : impose_members(shape, object, words);
}

static json_t *impose_items(const struct shape *shape, const json_t *list, bool words)
{
    json_t *made = json_array();
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_array_append_new(made, impose(shape->items, json_array_get(list, i), words));
    }
    return made;
}

static json_t *impose(const struct shape *shape, const json_t *value, bool words)
{
    unsigned type = type_of(value);
    const char *word = json_string_value(value);
    json_t *converted;
    if (!(shape->types & type)) {
        bool any = shape->types & SHAPE_ANY && !(type & SHAPE_NOTHING);
        converted = any ? json_deep_copy(value) : convert(shape, value);
        return converted ? converted : make(shape);
    }
    if (type == SHAPE_OBJECT) {
        return impose_object(shape, value, words);
    }
    if (type == SHAPE_LIST && shape->items) {
        return impose_items(shape, value, words);
    }
    bool other = words && word && shape->n_words && !shape_has_word(shape, word);
    return other ? json_string(shape->words[0]) : json_deep_copy(value);
}

json_t *shape_impose(const struct shape *shape, const json_t *value, bool words)
{
    return impose(shape, value, words);
}
