/* Splits any text as a request target and matches it with patterns like those of the routes. */
#include "fuzz.h"

#include "base/text.h"
#include "http/form.h"
#include "http/target.h"

#include <string.h>

static const char *const patterns[] = {
    "/",
    "/payment-invoices",
    "/payment-invoices/{id}",
    "/_mock/snapshots/{name}/restore",
    "/{a}/{b}/{c}",
};

static void match_all(struct arena *arena, const char *path)
{
    for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
        const char *params[3] = {NULL};
        bool does = target_match(arena, path, patterns[i], params, ARRAY_SIZE(params));
        bool may = target_may_match(path, patterns[i]);
        PROMISE(does ? may : !may || strchr(path, '*'));
        for (size_t k = 0; does && k < ARRAY_SIZE(params) && params[k]; k++) {
            PROMISE(*params[k] && !strchr(params[k], '/') && strstr(path, params[k]));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    const char *target = arena_copy(&arena, data, size), *path = NULL, *query = NULL;
    if (target_split(&arena, target, &path, &query)) {
        size_t length = strlen(path);
        PROMISE(*path == '/' && (length == 1 || path[length - 1] != '/'));
        PROMISE(text_utf8_length(path, length) >= 0);
        PROMISE(length <= TARGET_MOST && strlen(query) <= TARGET_MOST);
        match_all(&arena, path);
        struct json_errors errors = {.arena = &arena};
        json_decref(form_parse(query, strlen(query), &errors));
    }
    arena_finish(&arena);
    return 0;
}
