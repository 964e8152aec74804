/*
 * Suggests a route for a mistyped path. No suggestion is better than a wrong one: besides prefixes,
 * known words and {parameters}, only some letters may differ.
 */
#include "reason.h"

#include "base/nearest.h"
#include "base/text.h"
#include "call/route_words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define SEGMENTS_MOST 8
#define LETTERS_MOST 32
#define LETTERS_WRONG 2 /* "payment-services" is no misspelt "payment-invoices" */
#define NEVER ((size_t)1 << 20)
#define COST_PARAMETER 1 /* of {id}: a matching literal is the better guess */
#define COST_MISSING 2   /* of {id} */
#define COST_NAME 4      /* of {id} for letters without a digit, which are rarely an id */
#define COST_METHOD 1
#define COST_EFFECT 1 /* more, for a method of another effect */
#define COST_PART 3   /* of a word of several: "signature" for "verify-signature" */
#define COST_WORD 1   /* of another platform's word */
#define COST_IDLE 1   /* of a last segment that says nothing */
#define COST_PREFIX 4 /* of a first segment that is unknown */
#define COST_UNSAID 3 /* of another API than the private one, if the path names none */
#define COST_API 6    /* of another API than the one that the path names */

enum api { API_UNSAID, API_PRIVATE, API_PUBLIC, API_CONTROL };

struct segment {
    const char *text;
    size_t size;
};

struct segments {
    struct segment list[SEGMENTS_MOST];
    size_t n;
};

/* A path without its prefixes. */
struct meant {
    struct segments path;
    enum api api;
    bool by_word; /* its first segment was another platform's word */
};

static void split(const char *path, struct segments *ret_segments)
{
    struct segments segments = {.n = 0};
    while (*path && segments.n < SEGMENTS_MOST) {
        path += strspn(path, "/");
        size_t size = strcspn(path, "/");
        if (size) {
            segments.list[segments.n++] =
                (struct segment){path, size > LETTERS_MOST ? LETTERS_MOST : size};
        }
        path += size;
    }
    *ret_segments = segments;
}

/* ------------------------------------------------------------------ prefixes */

static bool is_text(const struct segment *segment, const char *text)
{
    return segment->size == strlen(text) && strncasecmp(segment->text, text, segment->size) == 0;
}

/* "v1", "v2.1" */
static bool is_version(const struct segment *segment)
{
    const char *text = segment->text;
    return segment->size > 1 && tolower((unsigned char)*text) == 'v' &&
           strspn(text + 1, "0123456789.") >= segment->size - 1;
}

/* A prefix names an API, or none in particular. */
static bool is_prefix(const struct segment *segment, enum api *api)
{
    static const struct {
        const char *text;
        enum api api;
    } prefixes[] = {
        {"api", API_UNSAID},          {"rest", API_UNSAID},     {"private-api", API_PRIVATE},
        {"private_api", API_PRIVATE}, {"private", API_PRIVATE}, {"public-api", API_PUBLIC},
        {"public_api", API_PUBLIC},   {"public", API_PUBLIC},   {"publicapi", API_PUBLIC},
        {"privateapi", API_PRIVATE},  {"_mock", API_CONTROL},   {"mock", API_CONTROL},
        {"__mock", API_CONTROL},
    };
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        if (is_text(segment, prefixes[i].text)) {
            *api = prefixes[i].api ? prefixes[i].api : *api;
            return true;
        }
    }
    return is_version(segment);
}

static void drop_first(struct segments *segments, size_t n)
{
    segments->n -= n;
    memmove(segments->list, segments->list + n, segments->n * sizeof *segments->list);
}

/* Returns whether there were any. The last segment is none, unless it names an API. */
static bool drop_prefixes(struct meant *meant)
{
    size_t n = 0;
    enum api api = API_UNSAID;
    while (n < meant->path.n && is_prefix(&meant->path.list[n], &api) &&
           (api || n + 1 < meant->path.n)) {
        meant->api = api ? api : meant->api;
        api = API_UNSAID;
        n++;
    }
    drop_first(&meant->path, n);
    return n;
}

static bool read_path(const char *path, struct meant *ret_meant)
{
    *ret_meant = (struct meant){.api = API_UNSAID};
    split(path, &ret_meant->path);
    return drop_prefixes(ret_meant);
}

/* Replaces the first segment, if it is another platform's word. */
static bool use_word(const struct meant *meant, const char *method, struct meant *ret_meant)
{
    const struct segments *path = &meant->path;
    const char *word = path->n ? route_word(path->list[0].text, path->list[0].size, method) : NULL;
    if (!word) {
        return false;
    }
    enum api api = meant->api;
    read_path(word, ret_meant);
    ret_meant->api = ret_meant->api ? ret_meant->api : api;
    ret_meant->by_word = true;
    for (size_t i = 1; i < path->n && ret_meant->path.n < SEGMENTS_MOST; i++) {
        ret_meant->path.list[ret_meant->path.n++] = path->list[i];
    }
    return true;
}

/* ------------------------------------------------------------------ costs */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Words are forgotten more easily than letters. */
static bool is_word_of(const struct segment *said, const struct segment *pattern)
{
    const char *end = pattern->text + pattern->size;
    const char *found = said->size < 4 || said->size >= pattern->size
                            ? NULL
                            : memmem(pattern->text, pattern->size, said->text, said->size);
    return found && (found == pattern->text || found[-1] == '-') &&
           (found + said->size == end || found[said->size] == '-');
}

static size_t letters_cost(const struct segment *said, const struct segment *pattern)
{
    char a[LETTERS_MOST + 1], b[LETTERS_MOST + 1];
    snprintf(a, sizeof a, "%.*s", (int)said->size, said->text);
    snprintf(b, sizeof b, "%.*s", (int)pattern->size, pattern->text);
    size_t longer = said->size > pattern->size ? said->size : pattern->size;
    size_t distance = nearest_distance(a, b);
    if (is_word_of(said, pattern)) {
        return COST_PART;
    }
    return distance <= least(longer / 3, LETTERS_WRONG) ? distance : NEVER;
}

static size_t change_cost(const struct meant *meant, size_t i, const struct segment *pattern)
{
    const struct segment *said = &meant->path.list[i];
    if (*pattern->text != '{') {
        return letters_cost(said, pattern);
    }
    if (*said->text == '{') {
        return 0;
    }
    if (strcspn(said->text, "0123456789_") < said->size) {
        return COST_PARAMETER;
    }
    bool is_id = pattern->size == 4 && memcmp(pattern->text, "{id}", 4) == 0;
    return is_id && meant->by_word ? NEVER : COST_NAME; /* "transfers/batch" has no id */
}

/* The cost of matching the path from segment i on with the pattern from j on. */
static size_t rest_cost(const struct meant *meant, size_t i, const struct segments *pattern,
                        size_t j)
{
    const struct segments *path = &meant->path;
    if (j == pattern->n) {
        bool idle =
            i > 0 && i + 1 == path->n && route_word_is_idle(path->list[i].text, path->list[i].size);
        return i == path->n ? 0 : idle ? COST_IDLE : NEVER;
    }
    size_t cost = NEVER;
    if (i < path->n) {
        size_t change = change_cost(meant, i, &pattern->list[j]);
        cost = change < NEVER ? change + rest_cost(meant, i + 1, pattern, j + 1) : NEVER;
    }
    if (*pattern->list[j].text == '{') {
        cost = least(cost, COST_MISSING + rest_cost(meant, i, pattern, j + 1));
    }
    return cost;
}

static size_t api_cost(enum api said, enum api api)
{
    if (said == API_UNSAID) {
        return api == API_PRIVATE ? 0 : COST_UNSAID;
    }
    return said == api ? 0 : COST_API;
}

static size_t route_cost(const struct meant *meant, const struct route *route)
{
    struct meant pattern;
    read_path(route->pattern, &pattern);
    size_t cost = rest_cost(meant, 0, &pattern.path, 0);
    return cost < NEVER ? cost + api_cost(meant->api, pattern.api ? pattern.api : API_PRIVATE)
                        : NEVER;
}

static bool has_digit(const struct segment *segment)
{
    return strcspn(segment->text, "0123456789") < segment->size;
}

/* ------------------------------------------------------------------ the best */

struct best {
    const struct route *route;
    size_t cost;
};

/* 'r' reads, 'd' deletes, 'w' writes. */
static char effect(const char *method)
{
    bool reads = text_equal_nocase(method, "GET") || text_equal_nocase(method, "HEAD");
    return reads ? 'r' : text_equal_nocase(method, "DELETE") ? 'd' : 'w';
}

static size_t method_cost(const char *said, const char *method)
{
    if (text_equal_nocase(said, method)) { /* a client that sends "get" means GET */
        return 0;
    }
    return COST_METHOD + (effect(said) == effect(method) ? 0 : COST_EFFECT);
}

static void offer(const struct route *routes, size_t n, const char *method,
                  const struct meant *meant, size_t cost, struct best *best)
{
    for (size_t i = 0; i < n; i++) {
        size_t all = cost + route_cost(meant, &routes[i]) + method_cost(method, routes[i].method);
        if (all < best->cost) {
            *best = (struct best){&routes[i], all};
        }
    }
}

const struct route *route_suggest(const struct route *routes, size_t n, const char *method,
                                  const char *path)
{
    struct best best = {NULL, NEVER};
    struct meant meant, other;
    if (!read_path(path, &meant) || meant.path.n || meant.api == API_CONTROL) {
        offer(routes, n, method, &meant, 0, &best);
    }
    for (size_t cost = 0; meant.path.n; cost += COST_PREFIX) {
        if (use_word(&meant, method, &other)) {
            offer(routes, n, method, &other, cost + COST_WORD, &best);
        }
        if (has_digit(&meant.path.list[0])) { /* an id: what follows is about it */
            break;
        }
        drop_first(&meant.path, 1);
        drop_prefixes(&meant);
        if (meant.path.n) {
            offer(routes, n, method, &meant, cost + COST_PREFIX, &best);
        }
    }
    return best.route;
}
