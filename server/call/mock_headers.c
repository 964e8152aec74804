/* The headers with which a call tells the mock something: X-Mock-... An unknown one is refused,
 * because nobody else sends them, and a mistyped one would have no effect. */
#include "base/nearest.h"
#include "base/text.h"
#include "call/call.h"

#include <strings.h>

#define PREFIX "X-Mock-"

/* HTTP_REASON is for replies; clients and proxies may repeat what they received. */
static const char *const names[] = {OUTCOME_HEADER, TOKEN_HEADER, LOOK_HEADER, HTTP_REASON, NULL};

struct search {
    struct arena *arena;
    const char *unknown; /* the first one, or NULL */
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
    if (!search->unknown && strncasecmp(name, PREFIX, sizeof PREFIX - 1) == 0 && !is_known(name)) {
        search->unknown = arena_strdup(search->arena, name);
    }
}

struct answer *call_check_headers(struct call *call)
{
    struct search search = {.arena = call->arena};
    http_headers(call->request, visit, &search);
    if (!search.unknown) {
        return NULL;
    }
    struct nearest nearest = nearest_to(search.unknown);
    nearest_offer_list(&nearest, names);
    const char *hint = nearest_hint(&nearest, call->arena, "the outcome is in " OUTCOME_HEADER);
    call->refusal = REFUSAL_HEADER;
    return call_error_because(call, 400, arena_printf(call->arena, "%s%s", search.unknown, hint));
}
