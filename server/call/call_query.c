/* Checks the query of a call before its handler reads it. */
#include "base/few.h"
#include "base/nearest.h"
#include "base/text.h"
#include "call/call.h"
#include "http/form.h"

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

/* The names of a query, which end in NULL. */
static const char *const *query_names(struct call *call)
{
    const char *names = call->route->query ?: "";
    char *rest = arena_printf(call->arena, "%s%saccount", names, *names ? " " : "");
    const char **list = arena_alloc(call->arena, (strlen(rest) + 2) * sizeof *list);
    for (size_t n = 0; rest; n++) {
        list[n] = strsep(&rest, " ");
    }
    return list;
}

static bool is_known(const struct call *call, const char *name, const json_t *value)
{
    return json_is_string(value) &&
           (text_equal(name, "account") || names_query(call->route->query, name));
}

/* Where else a value may belong. */
static const char *body_hint(const struct call *call)
{
    const char *method = call->request->method;
    return text_equal(method, "GET") || text_equal(method, "DELETE")
               ? ""
               : "; what this call sets stands in its JSON body";
}

static struct answer *refuse_parameters(struct call *call, const json_t *query)
{
    const char *const *names = query_names(call);
    const char *all =
        arena_printf(call->arena, "it must be %s", nearest_choices(call->arena, names));
    struct few unknown = {0};
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)query, name, value)
    {
        struct nearest nearest = nearest_to(name);
        if (!is_known(call, name, value)) {
            nearest_offer_list(&nearest, names);
            unknown.only = arena_printf(call->arena, "the query has no parameter %s%s", name,
                                        nearest_hint(&nearest, call->arena, all));
            few_add(&unknown, arena_printf(call->arena, "%s%s", name,
                                           nearest_aside(&nearest, call->arena, NULL)));
        }
    }
    return call_control_error(
        call, 422, "unknown_parameter", "%s%s",
        few_message(&unknown, call->arena, "parameters of the query are unknown"), body_hint(call));
}

/* The name of a pair that an earlier one has already, or NULL. */
static const char *find_repeated(struct call *call)
{
    struct json_errors errors = {.arena = call->arena};
    json_auto_t *seen = json_object();
    const char *at = call->request->query_text, *name = NULL;
    while (*at) {
        size_t size = strcspn(at, "&");
        json_auto_t *pair = form_parse(at, size, &errors);
        name = json_object_iter_key(json_object_iter(pair));
        if (name && json_object_get(seen, name)) {
            return arena_strdup(call->arena, name);
        }
        json_object_update(seen, pair);
        at += size + (at[size] == '&');
    }
    return NULL;
}

struct answer *call_check_query(struct call *call)
{
    const struct json_errors *errors = http_query_errors(call->request);
    const json_t *query = http_query(call->request);
    const char *name;
    json_t *value;
    if (errors->n) {
        return call_control_error(call, 422, "invalid_parameter", "%s: %s", errors->first->path,
                                  errors->first->message);
    }
    json_object_foreach((json_t *)query, name, value)
    {
        if (!is_known(call, name, value)) {
            return refuse_parameters(call, query);
        }
    }
    name = find_repeated(call);
    return name ? call_control_error(call, 422, "invalid_parameter",
                                     "%s: stands twice in the query", name)
                : NULL;
}
