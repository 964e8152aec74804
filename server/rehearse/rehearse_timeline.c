/* What happened in a scenario, in order: steps and hooks of the rehearsal, and what the server has
 * recorded. */
#include "base/text.h"
#include "base/wall.h"
#include "rehearse/scene.h"

#include <string.h>

#define ENTRIES_MOST 2000

json_t *timeline_add(struct scene *scene, const char *kind, const char *from, const char *to,
                     const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(&scene->arena, format, args);
    va_end(args);
    text_flatten(text);
    json_t *entry =
        json_pack("{s:n, s:I, s:s, s:s, s:s, s:o, s:n, s:n, s:n, s:n, s:n}", "at", "real_ms",
                  (json_int_t)(mono_now_ms() - scene->began_ms), "kind", kind, "from", from, "to",
                  to, "text", json_string(text) ?: json_string("(not text)"), "fault", "shop_state",
                  "platform_state", "request", "response");
    if (json_array_size(scene->timeline) >= ENTRIES_MOST) {
        json_array_remove(scene->timeline, ENTRIES_MOST / 2);
    }
    json_array_append_new(scene->timeline, entry);
    return entry;
}

/* How many items of a list are in the timeline already. */
static size_t seen_of(const struct scene *scene, const char *list)
{
    return (size_t)json_integer_value(json_object_get(scene->seen, list));
}

static void set_seen(struct scene *scene, const char *list, size_t n)
{
    json_object_set_new(scene->seen, list, json_integer((json_int_t)n));
}

/* The journal has milliseconds of the account's clock. */
static void set_at(json_t *entry, const json_t *at_ms)
{
    if (json_is_integer(at_ms)) {
        json_object_set_new(entry, "at", json_integer(json_integer_value(at_ms) / 1000));
    }
}

/* ------------------------------------------------------------------ requests */

static void add_request(struct scene *scene, const json_t *item)
{
    const char *kind = json_string_value(json_object_get(item, "kind"));
    bool page = text_equal(kind, "page");
    json_t *status = json_object_get(item, "status");
    json_t *entry = timeline_add(
        scene, page ? "page" : "request", page ? "payer" : "shop", "platform", "%s %s -> %lld",
        json_string_value(json_object_get(item, "method")),
        json_string_value(json_object_get(item, "path")), (long long)json_integer_value(status));
    set_at(entry, json_object_get(item, "account_at"));
    json_object_set(entry, "fault", json_object_get(item, "fault"));
    json_object_set_new(
        entry, "request",
        json_pack("{s:O?, s:O?, s:O?}", "line", json_object_get(item, "request_line"), "headers",
                  json_object_get(item, "headers"), "body", json_object_get(item, "body")));
    json_object_set_new(entry, "response",
                        json_pack("{s:O?, s:O?, s:O?}", "line",
                                  json_object_get(item, "response_line"), "headers",
                                  json_object_get(item, "response_headers"), "body",
                                  json_object_get(item, "response")));
}

/* The journal also has the control calls of the rehearsal. */
static bool is_own(const json_t *item)
{
    return text_starts(json_string_value(json_object_get(item, "path")) ?: "", "/_mock/");
}

static void collect_requests(struct scene *scene)
{
    json_t *list = platform_call(scene, "GET", "requests?limit=1000", NULL);
    const json_t *items = json_object_get(list, "items");
    size_t total = (size_t)json_integer_value(json_object_get(list, "total"));
    size_t news = total - seen_of(scene, "requests"), n = json_array_size(items);
    for (size_t i = news < n ? news : n; i-- > 0;) {
        const json_t *item = json_array_get(items, i);
        if (!is_own(item)) {
            add_request(scene, item);
        }
    }
    set_seen(scene, "requests", total);
    json_decref(list);
}

/* ------------------------------------------------------------------ callbacks */

/* The platform is in the state of its newest callback. One that is sent again, arrives late or was
 * made by hand tells of another. */
static void set_platform_state(struct scene *scene, json_t *entry, const json_t *callback,
                               const json_t *attempt)
{
    static const char last[] = "platform_state";
    const char *number = strchr(json_string_value(json_object_get(callback, "id")) ?: "", '_');
    int64_t seq = 0;
    bool by_hand = text_equal(json_string_value(json_object_get(attempt, "fault")), "by_hand");
    if (!by_hand && number && text_to_int(number + 1, &seq) && (size_t)seq > seen_of(scene, last)) {
        json_object_set(entry, "platform_state", json_object_get(callback, "transition"));
        set_seen(scene, last, (size_t)seq);
    }
}

static void add_attempt(struct scene *scene, const json_t *callback, const json_t *attempt)
{
    const json_t *code = json_object_get(attempt, "code");
    const char *error = json_string_value(json_object_get(attempt, "error"));
    json_t *entry =
        timeline_add(scene, "callback", "platform", "shop", "%s, attempt %lld -> %s",
                     json_string_value(json_object_get(callback, "transition")) ?: "callback",
                     (long long)json_integer_value(json_object_get(attempt, "number")),
                     json_is_integer(code)
                         ? arena_printf(&scene->arena, "%lld", (long long)json_integer_value(code))
                         : (error ?: "no answer"));
    set_at(entry, json_object_get(attempt, "at"));
    set_platform_state(scene, entry, callback, attempt);
    json_t *fault = json_object_get(attempt, "fault");
    if (fault) {
        json_object_set(entry, "fault", fault);
    }
    json_object_set(entry, "request", json_object_get(attempt, "request") ?: json_null());
    json_object_set(entry, "response", json_object_get(attempt, "response") ?: json_null());
}

static void collect_callbacks(struct scene *scene)
{
    json_t *list = platform_call(scene, "GET", "callbacks?limit=1000&bodies=true", NULL);
    const json_t *items = json_object_get(list, "items");
    for (size_t i = json_array_size(items); i-- > 0;) {
        const json_t *callback = json_array_get(items, i);
        const char *id = json_string_value(json_object_get(callback, "id"));
        const json_t *attempts = json_object_get(callback, "attempts");
        size_t n = json_array_size(attempts);
        for (size_t k = seen_of(scene, id); k < n; k++) {
            add_attempt(scene, callback, json_array_get(attempts, k));
        }
        set_seen(scene, id, n);
    }
    json_decref(list);
}

void timeline_collect(struct scene *scene)
{
    collect_requests(scene);
    collect_callbacks(scene);
}
