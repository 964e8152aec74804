/* Suggests a route for a mistyped path. */
#include "reason.h"

#include "base/nearest.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define SEGMENTS_MOST 8
#define LETTERS_MOST 32
#define COST_PARAMETER 1 /* of {id}: a matching literal is the better guess */
#define COST_WORD 6      /* at most, of {id} for letters without a digit, which are rarely an id */
#define COST_METHOD 1
#define COST_SURPLUS 2 /* plus its letters: a missing segment is more likely */

struct segments {
    struct {
        const char *text;
        size_t size;
    } list[SEGMENTS_MOST];
    size_t n;
};

static void split(const char *path, struct segments *ret_segments)
{
    struct segments segments = {.n = 0};
    while (*path && segments.n < SEGMENTS_MOST) {
        path += strspn(path, "/");
        size_t size = strcspn(path, "/");
        if (size) {
            segments.list[segments.n].text = path;
            segments.list[segments.n++].size = size > LETTERS_MOST ? LETTERS_MOST : size;
        }
        path += size;
    }
    *ret_segments = segments;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool has_digit(const char *text, size_t size)
{
    return strcspn(text, "0123456789") < size;
}

/* The cost of matching a segment of the path with one of the pattern. */
static size_t change_cost(const char *text, size_t size, const char *pattern, size_t pattern_size)
{
    if (*pattern == '{') {
        return has_digit(text, size) ? COST_PARAMETER : least(size, COST_WORD);
    }
    if (size == pattern_size && memcmp(text, pattern, size) == 0) {
        return 0;
    }
    bool within =
        memmem(pattern, pattern_size, text, size) || memmem(text, size, pattern, pattern_size);
    if (within) { /* "invoices" for "payment-invoices": words are forgotten more easily than letters
                   */
        size_t rest = size > pattern_size ? size - pattern_size : pattern_size - size;
        return (rest + 1) / 2;
    }
    char a[LETTERS_MOST + 1], b[LETTERS_MOST + 1];
    snprintf(a, sizeof a, "%.*s", (int)size, text);
    snprintf(b, sizeof b, "%.*s", (int)pattern_size, pattern);
    return nearest_distance(a, b);
}

static size_t drop_cost(const char *segment, size_t size)
{
    return *segment == '{' ? COST_PARAMETER + 1 : size + 1;
}

/* The same recurrence as of letters, over segments. */
static size_t path_cost(const struct segments *path, const struct segments *pattern)
{
    size_t row[SEGMENTS_MOST + 1];
    row[0] = 0;
    for (size_t j = 1; j <= pattern->n; j++) {
        row[j] = row[j - 1] + drop_cost(pattern->list[j - 1].text, pattern->list[j - 1].size);
    }
    for (size_t i = 1; i <= path->n; i++) {
        const char *text = path->list[i - 1].text;
        size_t size = path->list[i - 1].size, corner = row[0];
        row[0] += size + COST_SURPLUS;
        for (size_t j = 1; j <= pattern->n; j++) {
            const char *other = pattern->list[j - 1].text;
            size_t other_size = pattern->list[j - 1].size;
            size_t change = corner + change_cost(text, size, other, other_size);
            corner = row[j];
            row[j] = least(change, least(row[j] + size + COST_SURPLUS,
                                         row[j - 1] + drop_cost(other, other_size)));
        }
    }
    return row[pattern->n];
}

const struct route *route_suggest(const struct route *routes, size_t n, const char *method,
                                  const char *path)
{
    const struct route *best = NULL;
    size_t best_cost = SIZE_MAX;
    struct segments sent, pattern;
    split(text_starts(path, "/api/") ? path + strlen("/api") : path, &sent);
    for (size_t i = 0; i < n; i++) {
        split(routes[i].pattern, &pattern);
        size_t cost =
            path_cost(&sent, &pattern) + (text_equal(routes[i].method, method) ? 0 : COST_METHOD);
        if (cost < best_cost) {
            best_cost = cost;
            best = &routes[i];
        }
    }
    return best;
}
