/* The headers with which a call tells the mock something: X-Mock-... An unknown one is refused,
 * because nobody else sends them, and a mistyped one would have no effect. */
#include "base/few.h"
#include "base/nearest.h"
#include "base/text.h"
#include "call/call.h"

#include <strings.h>

#define PREFIX "X-Mock-"

/* HTTP_REASON is for replies; clients and proxies may repeat what they received. */
static const char *const names[] = {OUTCOME_HEADER, TOKEN_HEADER, LOOK_HEADER, HTTP_REASON, NULL};

struct search {
    struct arena *arena;
    struct few unknown;
};

static bool is_known(const char *name)
{
    for (size_t i = 0; names[i]; i++) {
        if (text_equal_nocase(names[i], name)) {
            return true;
        }
    }
    return false;
}

static void visit(void *arg, const char *name, const char *value)
{
    struct search *search = arg;
    (void)value;
    if (strncasecmp(name, PREFIX, sizeof PREFIX - 1) != 0 || is_known(name)) {
        return;
    }
    struct nearest nearest = nearest_to(name);
    nearest_offer_list(&nearest, names);
    const char *outcome = "the outcome is in " OUTCOME_HEADER;
    search->unknown.only =
        arena_printf(search->arena, "%s%s", name, nearest_hint(&nearest, search->arena, outcome));
    few_add(&search->unknown, arena_printf(search->arena, "%s%s", name,
                                           nearest_aside(&nearest, search->arena, outcome)));
}

struct answer *call_check_headers(struct call *call)
{
    struct search search = {.arena = call->arena};
    http_headers(call->request, visit, &search);
    const char *unknown = few_message(&search.unknown, call->arena, "are unknown");
    if (!unknown) {
        return NULL;
    }
    call->refusal = REFUSAL_HEADER;
    return call_error_because(call, 400, unknown);
}
