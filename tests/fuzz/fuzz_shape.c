/* Learns two documents, imposes the shape of the first on the second, and compares. What was
 * imposed must look like the shape, and the notation must say the same when it is read again. The
 * input is two JSON texts with a line end between them. */
#include "fuzz.h"

#include "compare/compare_diff.h"
#include "wire/json_read.h"

#include <string.h>

static bool learn(struct arena *arena, const json_t *value, struct shape *ret_shape)
{
    struct shape_learner learner = {.arena = arena};
    *ret_shape = (struct shape){0};
    shape_learn(&learner, ret_shape, value);
    return !learner.flaw;
}

/* The texts of both must be the same, the order of keys included. */
static void check_notation(struct arena *arena, const struct shape *shape)
{
    struct shape again = {0};
    json_t *first = shape_write(arena, shape);
    PROMISE(!shape_read(arena, first, &again));
    json_t *second = shape_write(arena, &again);
    char *a = json_dumps(first, JSON_ENCODE_ANY), *b = json_dumps(second, JSON_ENCODE_ANY);
    PROMISE(a && b && strcmp(a, b) == 0);
    free(a);
    free(b);
    json_decref(first);
    json_decref(second);
}

/* A resource of another type is not changed. */
static bool has_type(const json_t *value)
{
    const char *key;
    json_t *inner;
    size_t i;
    json_object_foreach((json_t *)value, key, inner)
    {
        if (strcmp(key, "type") == 0 || has_type(inner)) {
            return true;
        }
    }
    json_array_foreach((json_t *)value, i, inner)
    {
        if (has_type(inner)) {
            return true;
        }
    }
    return false;
}

/* Keys that are data may have the names of keys that are learned in another way. */
static bool is_keyed(const struct shape *shape)
{
    bool keyed = shape->each || (shape->items && is_keyed(shape->items));
    for (size_t i = 0; !keyed && i < shape->n_members; i++) {
        keyed = is_keyed(&shape->members[i].shape);
    }
    return keyed;
}

static void check_imposed(struct arena *arena, const struct shape *contract, const json_t *value)
{
    struct shape found;
    json_t *imposed = shape_impose(contract, value, true);
    struct differences differences = {.arena = arena};
    PROMISE(imposed);
    if (!has_type(value) && !is_keyed(contract) && learn(arena, imposed, &found)) {
        compare_bodies(&differences, "", contract, &found);
        PROMISE(!differences.n);
    }
    json_decref(imposed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    const char *text = (const char *)data, *end = size ? memchr(data, '\n', size) : NULL;
    size_t first = end ? (size_t)(end - text) : size;
    json_t *a = json_parse(text, first, &arena, NULL);
    json_t *b = end ? json_parse(end + 1, size - first - 1, &arena, NULL) : NULL;
    struct shape contract, notation = {0};
    if (a && learn(&arena, a, &contract)) {
        check_notation(&arena, &contract);
        if (b) {
            check_imposed(&arena, &contract, b);
        }
    }
    if (a && !shape_read(&arena, a, &notation) && b) {
        json_decref(shape_impose(&notation, b, false));
    }
    json_decref(a);
    json_decref(b);
    arena_finish(&arena);
    return 0;
}
