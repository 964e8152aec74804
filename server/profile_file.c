#include "profile_file.h"

#include "base/nearest.h"
#include "base/text.h"
#include "call/call.h"
#include "fixture/mistakes.h"
#include "routes.h"

#include <string.h>

/* "private 404" */
static bool is_error(const char *name)
{
    int64_t status;
    const char *digits = text_starts(name, "private ")  ? name + strlen("private ")
                         : text_starts(name, "public ") ? name + strlen("public ")
                                                        : "";
    return text_to_int(digits, &status) && status >= 400 && status <= 599;
}

/* The names of documents that replies of this server have, in a list that ends in NULL. */
static const char *const *known_names(struct arena *arena, const char *profile)
{
    struct shapes built_in = {0};
    shapes_built_in(arena, profile, &built_in);
    const char **names = arena_alloc(arena, (built_in.n + routes_count + 1) * sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < built_in.n; i++) {
        names[n++] = built_in.documents[i].name;
    }
    for (size_t i = 0; i < routes_count; i++) {
        if (routes[i].access == ACCESS_PUBLIC || routes[i].access == ACCESS_PRIVATE) {
            names[n++] = arena_printf(arena, "%s %s", routes[i].method, routes[i].pattern);
        }
    }
    return names;
}

static const char *check_names(struct arena *arena, const char *file, const struct shapes *shapes)
{
    struct mistakes mistakes = {.n = 0};
    const char *const *names = known_names(arena, shapes->profile);
    for (size_t i = 0; i < shapes->n; i++) {
        const char *name = shapes->documents[i].name;
        struct nearest nearest = nearest_to(name);
        if (text_index(names, name) < 0 && !is_error(name)) {
            nearest_offer_list(&nearest, names);
            mistakes_add(&mistakes,
                         arena_printf(arena, "%s: documents: %s: no reply has this name%s", file,
                                      name, nearest_hint(&nearest, arena, NULL)));
        }
    }
    return mistakes_end(&mistakes, arena);
}

const char *profile_file_load(struct arena *arena, const char *file, struct shapes *ret_shapes)
{
    const char *why = shapes_load(arena, file, ret_shapes);
    return why ?: check_names(arena, file, ret_shapes);
}
