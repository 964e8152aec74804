/* Takes any bodies as a platform's answers to a call of `compare`, with a line end between them.
 * The profile file that is written for them can be read again, and names only calls of the
 * contract. The first byte chooses the call, the second the status. */
#include "fuzz.h"

#include "base/text.h"
#include "compare/comparison.h"
#include "mutate.h"

#include <string.h>
#include <unistd.h>

static const char *const words[] = {"data", "attributes", "status", "processed",        "id",
                                    "type", "errors",     "code",   "payment-invoices", "0",
                                    "null", NULL};

static const int statuses[] = {200, 201, 404, 422, 500};

/* In the folder of temporary files, one for each process. */
static const char *profile_name(void)
{
    static char name[120];
    const char *base = getenv("TMPDIR");
    snprintf(name, sizeof name, "%.60s/fuzz-profile-%d", base && *base ? base : "/tmp",
             (int)getpid());
    return name;
}

static void add_all(struct comparison *comparison, const struct shapes_document *document,
                    int status, const char *text, size_t size)
{
    for (const char *at = text, *end = text + size; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        json_t *json;
        comparison_add(comparison, document->name, status, NULL, at, (size_t)(stop - at), &json);
        json_decref(json);
        at = stop + 1;
    }
}

static void check_profile(struct comparison *comparison)
{
    struct shapes again;
    const char *why = compare_write_profile(comparison);
    PROMISE(!why);
    why = shapes_load(&comparison->arena, profile_name(), &again);
    if (why) {
        fprintf(stderr, "%s\n", why);
    }
    PROMISE(!why && again.n <= comparison->contract.n);
    unlink(profile_name());
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct comparison comparison = {.options.write_profile = profile_name()};
    struct arena *arena = &comparison.arena;
    if (size < 2) {
        return 0;
    }
    comparison.learner.arena = comparison.differences.arena = arena;
    PROMISE(shapes_built_in(arena, "2024", &comparison.contract));
    const struct shapes_document *document =
        &comparison.contract.documents[data[0] % comparison.contract.n];
    int status = data[1] % 8 ? document->status : statuses[data[1] / 8 % ARRAY_SIZE(statuses)];
    add_all(&comparison, document, status, (const char *)data + 2, size - 2);
    for (size_t i = 0; i < comparison.found.n; i++) {
        compare_documents(&comparison.differences, document, &comparison.found.documents[i]);
    }
    check_profile(&comparison);
    arena_finish(arena);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    if (size < 4) {
        return LLVMFuzzerMutate(data, size, most);
    }
    return 2 + mutate_document(data + 2, size - 2, most - 2, seed, words);
}
