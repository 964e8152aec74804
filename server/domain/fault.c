#include "fault.h"

#include "base/attr.h"
#include "base/nearest.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CALLS (FAULT_AT(FAULT_ON_API) | FAULT_AT(FAULT_ON_PAGE))
#define CALLBACKS FAULT_AT(FAULT_ON_CALLBACK)
#define API_PREFIX "/api"

/* The table of faults. A row without a place cannot be requested: it is a later step of another
 * fault. */
static const struct {
    const char *name;
    unsigned places, params, needs;
} kinds[FAULT_KINDS] = {
    [FAULT_STATUS] = {"status", CALLS, FAULT_HAS_STATUS | FAULT_HAS_RETRY_AFTER, 0},
    [FAULT_DELAY] = {"delay", CALLS | CALLBACKS,
                     FAULT_HAS_DELAY | FAULT_HAS_MEDIAN | FAULT_HAS_SIGMA, FAULT_HAS_DELAY},
    [FAULT_RESET] = {"reset", CALLS, 0, 0},
    [FAULT_EMPTY] = {"empty", CALLS, 0, 0},
    [FAULT_GARBAGE] = {"garbage", CALLS, 0, 0},
    [FAULT_TRUNCATE] = {"truncate", CALLS, FAULT_HAS_BYTES, 0},
    [FAULT_SLOW] = {"slow", CALLS, FAULT_HAS_BYTES_PER_S, FAULT_HAS_BYTES_PER_S},
    [FAULT_COMMIT_THEN_RESET] = {"commit_then_reset", CALLS, 0, 0},
    [FAULT_COMMIT_THEN_TIMEOUT] = {"commit_then_timeout", CALLS, FAULT_HAS_HOLD, 0},
    [FAULT_DROP] = {"drop", CALLBACKS, 0, 0},
    [FAULT_DUPLICATE] = {"duplicate", CALLBACKS, 0, 0},
    [FAULT_TWIN] = {"duplicate", 0, 0, 0},
    [FAULT_AT_ONCE] = {"duplicate_at_once", CALLBACKS, 0, 0},
    [FAULT_AT_ONCE_LAST] = {"duplicate_at_once", 0, 0, 0},
    [FAULT_OVERLAP] = {"overlap", CALLBACKS, FAULT_HAS_DELAY | FAULT_HAS_MEDIAN | FAULT_HAS_SIGMA,
                       0},
    [FAULT_OVERLAP_LAST] = {"overlap", 0, 0, 0},
    [FAULT_AFTER_RETURN] = {"after_return", CALLBACKS, FAULT_HAS_HOLD, 0},
    [FAULT_BEFORE_RETURN] = {"before_return", CALLBACKS, 0, 0},
    [FAULT_BY_HAND] = {"by_hand", 0, 0, 0},
    [FAULT_BY_HAND_EDITED] = {"by_hand", 0, 0, 0},
    [FAULT_BY_HAND_FORGED] = {"by_hand", 0, 0, 0},
    [FAULT_REORDER] = {"reorder", CALLBACKS, 0, 0},
    [FAULT_REORDERED] = {"reorder", 0, 0, 0},
    [FAULT_BEFORE_RESPONSE] = {"before_response", CALLBACKS, 0, 0},
    [FAULT_BAD_SIGNATURE] = {"bad_signature", CALLBACKS, 0, 0},
    [FAULT_WRONG_SECRET] = {"wrong_secret", CALLBACKS, 0, 0},
    [FAULT_NO_SIGNATURE] = {"no_signature", CALLBACKS, 0, 0},
    [FAULT_HALF] = {"truncate", CALLBACKS, 0, 0},
    [FAULT_REENCODED] = {"reencoded", CALLBACKS, 0, 0},
    [FAULT_WRONG_AMOUNT] = {"wrong_amount", CALLBACKS, 0, 0},
    [FAULT_UNKNOWN_STATUS] = {"unknown_status", CALLBACKS, 0, 0},
};

static const struct place {
    const char *name;
    unsigned match; /* the parts of `match` that it has, beside the invoice */
} places[FAULT_PLACES] = {
    [FAULT_ON_API] = {"api", FAULT_HAS_METHOD | FAULT_HAS_PATH},
    [FAULT_ON_CALLBACK] = {"callback", FAULT_HAS_TRANSITION},
    [FAULT_ON_PAGE] = {"page", FAULT_HAS_METHOD | FAULT_HAS_PATH},
};

/* ------------------------------------------------------------------ names */

const char *fault_kind_name(enum fault_kind kind)
{
    return kinds[kind].name;
}

const char *fault_place_name(enum fault_place place)
{
    return places[place].name;
}

bool fault_place_parse(const char *name, enum fault_place *ret_place)
{
    const struct place *found = TEXT_FIND(name, places);
    if (found) {
        *ret_place = (enum fault_place)(found - places);
    }
    return found;
}

bool fault_kind_parse(const char *name, enum fault_place place, enum fault_kind *ret_kind)
{
    for (size_t i = 0; i < FAULT_KINDS; i++) {
        if ((kinds[i].places & FAULT_AT(place)) && text_equal(name, kinds[i].name)) {
            *ret_kind = (enum fault_kind)i;
            return true;
        }
    }
    return false;
}

/* What people call a fault, by its effect. */
static const struct nearest_alias aliases[] = {
    {"timeout", "commit_then_timeout"},
    {"hang", "commit_then_timeout"},
    {"lost_response", "commit_then_reset"},
    {"lost_reply", "commit_then_reset"},
    {"error", "status"},
    {"unavailable", "status"},
    {"429", "status"},
    {"500", "status"},
    {"503", "status"},
    {"latency", "delay"},
    {"wait", "delay"},
    {"sleep", "delay"},
    {"throttle", "slow"},
    {"disconnect", "reset"},
    {"close", "reset"},
    {"abort", "reset"},
    {"corrupt", "garbage"},
    {"malformed", "garbage"},
    {"lose", "drop"},
    {"lost", "drop"},
    {"skip", "drop"},
    {"repeat", "duplicate"},
    {"twice", "duplicate"},
    {"replay", "duplicate"},
    {"simultaneous", "duplicate_at_once"},
    {"parallel", "duplicate_at_once"},
    {"slow_ack", "overlap"},
    {"early_retry", "overlap"},
    {"concurrent", "duplicate_at_once"},
    {"out_of_order", "reorder"},
    {"early", "before_response"},
    {"race", "before_response"},
    {"forged", "bad_signature"},
    {"signature", "bad_signature"},
    {"unsigned", "no_signature"},
    {"wrong_key", "wrong_secret"},
    {"amount", "wrong_amount"},
    {"tampered", "wrong_amount"},
};

struct nearest fault_nearest(const char *name, enum fault_place place)
{
    enum fault_kind kind;
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; i < ARRAY_SIZE(aliases); i++) {
        if (fault_kind_parse(aliases[i].name, place, &kind)) {
            nearest_offer_as(&nearest, aliases[i].said, aliases[i].name);
        }
    }
    for (size_t i = 0; i < FAULT_KINDS; i++) {
        if (kinds[i].places & FAULT_AT(place)) {
            nearest_offer(&nearest, kinds[i].name);
        }
    }
    return nearest;
}

const char *fault_names(enum fault_place place, struct arena *arena)
{
    const char *names[FAULT_KINDS + 1] = {NULL};
    size_t n = 0;
    for (size_t i = 0; i < FAULT_KINDS; i++) {
        if (kinds[i].places & FAULT_AT(place)) {
            names[n++] = kinds[i].name;
        }
    }
    return nearest_choices(arena, names);
}

unsigned fault_params(enum fault_kind kind, enum fault_place place)
{
    return kinds[kind].params | places[place].match;
}

unsigned fault_needs(enum fault_kind kind)
{
    return kinds[kind].needs;
}

/* ------------------------------------------------------------------ delays */

bool fault_delay_parse(const char *text, struct fault_delay *ret_delay)
{
    struct fault_delay delay = {.median_ms = FAULT_UNSET};
    char least[32]; /* longer than any duration */
    const char *dash = strchr(text, '-');
    snprintf(least, sizeof least, "%.*s", (int)strcspn(text, "-"), text);
    if (!text_to_duration(least, &delay.least_ms) ||
        !text_to_duration(dash ? dash + 1 : least, &delay.most_ms) ||
        delay.least_ms > delay.most_ms) {
        return false;
    }
    *ret_delay = delay;
    return true;
}

/* splitmix64: small, and the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* From 0 to below 1. */
static double next_share(uint64_t *state)
{
    return (double)(next_random(state) >> 11) * 0x1p-53;
}

static int64_t draw_delay(const struct fault_delay *delay, uint64_t *state)
{
    if (delay->median_ms == FAULT_UNSET) {
        int64_t span = delay->most_ms - delay->least_ms + 1;
        return delay->least_ms + (int64_t)((double)span * next_share(state));
    }
    /* Box-Muller: a normally distributed number from two uniform ones, the first never 0. */
    double radius = sqrt(-2 * log(1 - next_share(state)));
    double normal = radius * cos(2 * M_PI * next_share(state));
    double ms = (double)delay->median_ms * exp(delay->sigma * normal);
    return ms < (double)FAULT_CALL_MOST_MS ? (int64_t)ms : FAULT_CALL_MOST_MS;
}

/* ------------------------------------------------------------------ matching */

/* `*` matches any text, including slashes. */
static bool fits(const char *pattern, const char *text)
{
    return text_matches(text, strlen(text), pattern);
}

static const char *without_api(const char *path)
{
    const char *rest = path + strlen(API_PREFIX);
    return text_starts(path, API_PREFIX) && *rest == '/' ? rest : path;
}

/* Path and pattern may each start with /api. A slash at the pattern's end is ignored, because paths
 * come without one. */
static bool path_fits(const char *pattern, const char *path)
{
    char plain[512];
    snprintf(plain, sizeof plain, "%s", pattern);
    size_t length = strlen(plain);
    if (length > 1 && plain[length - 1] == '/') {
        plain[length - 1] = '\0';
    }
    return fits(plain, path) || fits(without_api(plain), without_api(path));
}

/* Whether the fault can apply to this callback. */
static bool makes_sense(enum fault_kind kind, const struct fault_subject *subject)
{
    bool returns = kind == FAULT_AFTER_RETURN || kind == FAULT_BEFORE_RETURN;
    return (kind != FAULT_BEFORE_RESPONSE || subject->answered) &&
           (!returns || subject->by_payer) && (kind != FAULT_REORDER || !subject->behind);
}

bool fault_matches(const struct fault *fault, const struct fault_subject *subject)
{
    const struct fault_match *match = &fault->match;
    return fault->place == subject->place &&
           (!match->method || text_equal(match->method, subject->method)) &&
           (!match->path || path_fits(match->path, subject->path)) &&
           (!match->invoice || text_equal(match->invoice, subject->invoice)) &&
           (match->transition == FAULT_UNSET || match->transition == subject->transition) &&
           makes_sense(fault->effect.kind, subject);
}

bool fault_is_active(const struct fault *fault)
{
    return fault->hits != fault->times;
}

static bool fires(struct fault *fault)
{
    if (!fault_is_active(fault) || fault->seen++ < fault->after) {
        return false;
    }
    bool sure = fault->probability >= FAULT_ALWAYS;
    if (!sure && next_share(&fault->random) * (double)FAULT_ALWAYS >= (double)fault->probability) {
        return false;
    }
    fault->hits++;
    return true;
}

bool fault_ask(struct fault *faults, size_t n, const struct fault_subject *subject,
               struct fault_hit *ret_hit)
{
    for (size_t i = 0; i < n; i++) {
        struct fault *fault = &faults[i];
        if (fault_matches(fault, subject) && fires(fault)) {
            const struct fault_effect *effect = &fault->effect;
            bool delays = kinds[effect->kind].params & FAULT_HAS_DELAY;
            int64_t delay_ms = delays ? draw_delay(&effect->delay, &fault->random) : 0;
            *ret_hit = (struct fault_hit){fault->number, *effect, delay_ms};
            return true;
        }
    }
    return false;
}
