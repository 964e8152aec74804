#include "api/control.h"
#include "base/text.h"
#include "call/reason.h"

#include <string.h>

#define COUNT_MOST ((int64_t)1000000000)
#define RETRY_AFTER_MOST_S ((int64_t)30 * 86400)
#define LOGNORMAL "lognormal"

/* ------------------------------------------------------------------ the fields */

struct input {
    struct fault fault;
    const char *on, *name, *transition;
    bool matches;
    const json_t *delay;
    int64_t median_ms, sigma;
};

static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", NULL};

static const struct json_field match_fields[] = {
    JSON_FIELD(input, "method", TEXT, fault.match.method, .choices = methods),
    JSON_FIELD(input, "path", TEXT, fault.match.path, .least = 1),
    JSON_FIELD(input, "invoice", TEXT, fault.match.invoice),
    JSON_FIELD(input, "transition", TEXT, transition),
};

static const struct json_field fields[] = {
    JSON_FIELD(input, "on", TEXT, on, .required = true),
    JSON_FIELD(input, "fault", TEXT, name, .required = true),
    JSON_FIELD(input, "match", OBJECT, matches, JSON_NESTED(match_fields)),
    JSON_FIELD(input, "times", INT, fault.times, .least = 1, .most = COUNT_MOST),
    JSON_FIELD(input, "after", INT, fault.after, .least = 0, .most = COUNT_MOST),
    JSON_FIELD(input, "probability", MONEY, fault.probability),
    JSON_FIELD(input, "delay", ANY, delay),
    JSON_FIELD(input, "median", DURATION, median_ms),
    JSON_FIELD(input, "sigma", MONEY, sigma),
    JSON_FIELD(input, "status", INT, fault.effect.status, .least = 400, .most = 599),
    JSON_FIELD(input, "retry_after", INT, fault.effect.retry_after_s, .least = 0,
               .most = RETRY_AFTER_MOST_S),
    JSON_FIELD(input, "bytes_per_s", INT, fault.effect.bytes_per_s, .least = 1, .most = COUNT_MOST),
    JSON_FIELD(input, "bytes", INT, fault.effect.bytes, .least = 0, .most = COUNT_MOST),
    JSON_FIELD(input, "hold", DURATION, fault.effect.hold_ms),
};

/* The fields that only some faults have. */
static const struct {
    const char *path;
    unsigned param;
} params[] = {
    {"status", FAULT_HAS_STATUS},
    {"retry_after", FAULT_HAS_RETRY_AFTER},
    {"delay", FAULT_HAS_DELAY},
    {"median", FAULT_HAS_MEDIAN},
    {"sigma", FAULT_HAS_SIGMA},
    {"bytes_per_s", FAULT_HAS_BYTES_PER_S},
    {"bytes", FAULT_HAS_BYTES},
    {"hold", FAULT_HAS_HOLD},
    {"match.method", FAULT_HAS_METHOD},
    {"match.path", FAULT_HAS_PATH},
    {"match.transition", FAULT_HAS_TRANSITION},
};

/* ------------------------------------------------------------------ checking */

/* Numbers must be numbers and durations texts, because the answer repeats them. */
static void check_types(const json_t *body, struct json_errors *errors)
{
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        const json_t *value = json_object_get(body, fields[i].name);
        enum json_kind kind = fields[i].kind;
        bool number = kind == JSON_KIND_INT || kind == JSON_KIND_MONEY;
        if ((number && json_is_string(value)) ||
            (kind == JSON_KIND_DURATION && json_is_number(value))) {
            json_errors_add(errors, fields[i].name, "This value should be of type %s.",
                            number ? "numeric" : "string");
        }
    }
}

/* "The fault slow on api does not have it: it has bytes_per_s, match.method, match.path." */
static const char *foreign_message(struct arena *arena, const char *name, const char *place,
                                   unsigned has)
{
    buf_auto list = {0};
    for (size_t i = 0; i < ARRAY_SIZE(params); i++) {
        if (has & params[i].param) {
            buf_printf(&list, "%s%s", list.size ? ", " : "", params[i].path);
        }
    }
    return arena_printf(arena, "The fault %s on %s does not have it: it has %s.", name, place,
                        buf_str(&list));
}

/* Refuses parameters that the fault does not have, and missing ones. */
static void check_params(const json_t *body, const struct fault *fault, const char *name,
                         struct json_errors *errors)
{
    unsigned has = fault_params(fault->effect.kind, fault->place);
    unsigned needs = fault_needs(fault->effect.kind);
    const char *place = fault_place_name(fault->place);
    for (size_t i = 0; i < ARRAY_SIZE(params); i++) {
        const char *path = params[i].path;
        const char *member = text_starts(path, "match.") ? path + strlen("match.") : NULL;
        const json_t *value = member ? json_object_get(json_object_get(body, "match"), member)
                                     : json_object_get(body, path);
        bool given = value && !json_is_null(value);
        if (given && !(has & params[i].param)) {
            json_errors_add(errors, path, "%s", foreign_message(errors->arena, name, place, has));
        } else if (!given && (needs & params[i].param)) {
            json_errors_add(errors, path, "%s on %s needs it.", name, place);
        }
    }
}

/* A path that no call has: the fault would never apply. */
static const char *why_no_path(const struct call *call, const struct fault *fault)
{
    bool page = fault->place == FAULT_ON_PAGE;
    const char *path = fault->match.path;
    if (strchr(path, '{')) {
        return "It is compared as it is: write * for an id.";
    }
    if (call_has_path(call, page, NULL, path)) {
        return NULL;
    }
    if (call_has_path(call, !page, NULL, path)) {
        return page ? "This is the path of an API call: use \"on\":\"api\"."
                    : "This is the path of a page: use \"on\":\"page\".";
    }
    const struct router *router = call->router;
    const struct route *route =
        route_suggest(router->routes, router->n_routes, fault->match.method ?: "POST", path);
    return route ? arena_printf(call->arena, "There is no such path; the nearest is %s.",
                                route->pattern)
                 : "There is no such path.";
}

static void check_path(const struct call *call, const struct fault *fault,
                       struct json_errors *errors)
{
    const char *path = fault->match.path;
    if (!path || !(fault_params(fault->effect.kind, fault->place) & FAULT_HAS_PATH)) {
        return;
    }
    const char *why = *path != '/' && *path != '*'  ? "A path begins with / or *."
                      : text_starts(path, "/_mock") ? "Faults never touch /_mock/."
                                                    : why_no_path(call, fault);
    if (why) {
        json_errors_add(errors, "match.path", "%s", why);
    }
}

/* A method that no call, or no page, of this path has. */
static void check_method(const struct call *call, const struct fault *fault,
                         struct json_errors *errors)
{
    const char *method = fault->match.method, *path = fault->match.path;
    if (method && !json_errors_has(errors, "match.path") &&
        (fault_params(fault->effect.kind, fault->place) & FAULT_HAS_METHOD) &&
        !call_has_path(call, fault->place == FAULT_ON_PAGE, method, path ?: "*")) {
        json_errors_add(errors, "match.method", "Nothing there has the method %s.", method);
    }
}

static void check_match(struct input *input, struct json_errors *errors)
{
    struct fault_match *match = &input->fault.match;
    enum status status = STATUS_CREATED;
    if (match->invoice && !invoice_id_has_form(match->invoice)) {
        json_errors_add(errors, "match.invoice", "Must be an invoice's id, cpi_... or cpoi_...");
    }
    if (input->transition && !status_parse(input->transition, &status)) {
        json_errors_add(errors, "match.transition", "%s",
                        status_unknown(input->transition, errors->arena));
    }
    match->transition = input->transition ? (int64_t)status : FAULT_UNSET;
}

/* A duration, two of them, or "lognormal" with its median and sigma. */
static void check_delay(struct input *input, struct json_errors *errors)
{
    enum fault_kind kind = input->fault.effect.kind;
    struct fault_delay *delay = &input->fault.effect.delay;
    const char *text = json_string_value(input->delay);
    bool lognormal = text_equal(text, LOGNORMAL);
    if (lognormal) {
        *delay = (struct fault_delay){.median_ms = input->median_ms,
                                      .sigma = (double)input->sigma / (double)MONEY_ONE};
    } else if (!text || !fault_delay_parse(text, delay)) {
        json_errors_add(errors, "delay",
                        "Must be \"500ms\", \"100ms-900ms\" or \"" LOGNORMAL "\".");
    }
    if (lognormal && (input->median_ms == FAULT_UNSET || input->sigma == FAULT_UNSET)) {
        json_errors_add(errors, "delay", "\"" LOGNORMAL "\" needs median and sigma.");
    } else if (!lognormal && (input->median_ms != FAULT_UNSET || input->sigma != FAULT_UNSET)) {
        json_errors_add(errors, "delay", "median and sigma belong to \"" LOGNORMAL "\".");
    } else if (lognormal && (input->sigma < 0 || input->sigma > 10 * MONEY_ONE)) {
        json_errors_add(errors, "sigma", "This value should be between 0 and 10.");
    }
    int64_t most_ms = lognormal ? delay->median_ms : delay->most_ms;
    bool on_clock = input->fault.place == FAULT_ON_CALLBACK && kind == FAULT_DELAY;
    if (!on_clock && most_ms > FAULT_CALL_MOST_MS) {
        json_errors_add(errors, lognormal ? "median" : "delay", "%s waits at most 10m.",
                        kind == FAULT_DELAY ? "A call" : "A retry");
    }
}

static void check_effect(struct input *input, struct json_errors *errors)
{
    const struct fault *fault = &input->fault;
    if (fault->effect.hold_ms > FAULT_CALL_MOST_MS) {
        json_errors_add(errors, "hold", "A call waits at most 10m.");
    }
    if (fault->probability < 0 || fault->probability > FAULT_ALWAYS) {
        json_errors_add(errors, "probability", "This value should be between 0 and 1.");
    }
    if (input->delay && (fault_params(fault->effect.kind, fault->place) & FAULT_HAS_DELAY)) {
        check_delay(input, errors);
    }
}

/* The place that has a fault of this name, or NULL. */
static const char *find_other_place(const char *name)
{
    enum fault_kind kind;
    for (enum fault_place place = 0; place < FAULT_PLACES; place++) {
        if (fault_kind_parse(name, place, &kind)) {
            return fault_place_name(place);
        }
    }
    return NULL;
}

/* Reads place and kind. */
static struct answer *find_kind(struct call *call, struct input *input)
{
    struct fault *fault = &input->fault;
    if (!fault_place_parse(input->on, &fault->place)) {
        return call_control_error(call, 422, "unknown_fault", "on: must be api, callback or page");
    }
    if (fault_kind_parse(input->name, fault->place, &fault->effect.kind)) {
        return NULL;
    }
    const char *other = find_other_place(input->name);
    if (other) {
        return call_control_error(call, 422, "unknown_fault",
                                  "there is no fault \"%s\" on %s; it is a fault on %s",
                                  input->name, input->on, other);
    }
    const struct nearest nearest = fault_nearest(input->name, fault->place);
    const char *names =
        arena_printf(call->arena, "it must be %s", fault_names(fault->place, call->arena));
    return call_control_error(call, 422, "unknown_fault", "there is no fault \"%s\" on %s%s",
                              input->name, input->on, nearest_hint(&nearest, call->arena, names));
}

struct answer *fault_read(struct call *call, const json_t *body, struct fault *ret_fault)
{
    struct input input = {
        .fault = {.times = FAULT_UNSET,
                  .probability = FAULT_ALWAYS,
                  .effect = {.status = FAULT_STATUS_CODE,
                             .retry_after_s = FAULT_UNSET,
                             .delay = {.median_ms = FAULT_UNSET},
                             .bytes = FAULT_UNSET,
                             .hold_ms = FAULT_HOLD_MS}},
        .median_ms = FAULT_UNSET,
        .sigma = FAULT_UNSET,
    };
    struct json_errors errors = {.arena = call->arena};
    json_read(body, fields, ARRAY_SIZE(fields), true, &input, &errors);
    if (input.on && input.name) {
        struct answer *refused = find_kind(call, &input);
        if (refused) {
            return refused;
        }
        check_types(body, &errors);
        check_params(body, &input.fault, input.name, &errors);
        check_path(call, &input.fault, &errors);
        check_method(call, &input.fault, &errors);
        check_match(&input, &errors);
        check_effect(&input, &errors);
    }
    if (errors.n) {
        return control_reply_errors(call, &errors);
    }
    *ret_fault = input.fault;
    return NULL;
}
