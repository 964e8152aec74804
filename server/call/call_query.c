/* Checks the query of a call before its handler reads it. */
#include "base/nearest.h"
#include "base/text.h"
#include "call/call.h"

#include <string.h>

static bool names_query(const char *names, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = names; at && *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (word == length && strncmp(at, name, length) == 0) {
            return true;
        }
        at += word;
    }
    return false;
}

struct answer *call_check_query_text(struct call *call)
{
    const struct json_errors *errors = http_query_errors(call->request);
    return errors->n ? call_reply_errors(call, errors) : NULL;
}

struct answer *call_check_page_query(struct call *call)
{
    struct answer *refused = call_check_query_text(call);
    if (refused) {
        call->router->error_page(call);
    }
    return refused;
}

static struct answer *refuse_parameter(struct call *call, const char *name)
{
    struct nearest nearest = nearest_to(name);
    const char *names = call->route->query ?: "";
    char *rest = arena_printf(call->arena, "%s%saccount", names, *names ? " " : "");
    const char **list = arena_alloc(call->arena, (strlen(rest) + 2) * sizeof *list);
    for (size_t n = 0; rest; n++) {
        list[n] = strsep(&rest, " ");
    }
    nearest_offer_list(&nearest, list);
    const char *all =
        arena_printf(call->arena, "it must be %s", nearest_choices(call->arena, list));
    return call_control_error(call, 422, "unknown_parameter", "the query has no parameter %s%s",
                              name, nearest_hint(&nearest, call->arena, all));
}

struct answer *call_check_query(struct call *call)
{
    const struct json_errors *errors = http_query_errors(call->request);
    const char *name;
    json_t *value;
    if (errors->n) {
        return call_control_error(call, 422, "invalid_parameter", "%s: %s", errors->first->path,
                                  errors->first->message);
    }
    json_object_foreach((json_t *)http_query(call->request), name, value)
    {
        if (!json_is_string(value) ||
            (!text_equal(name, "account") && !names_query(call->route->query, name))) {
            return refuse_parameter(call, name);
        }
    }
    return NULL;
}
