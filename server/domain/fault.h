/*
 * Faults by name (server/docs/faults.md): what an account's calls, pages or callbacks meet
 * instead of what was due. Here are the table of names, what a fault matches and when it fires:
 * plain data and rules, the same seed giving the same decisions. What each fault does stands with
 * its place: call/call_fault.c for calls and pages, engine/outbox_fault.c for callbacks.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULT_ALWAYS ((int64_t)100000000)    /* a probability of 1, in money.h's units */
#define FAULT_CALL_MOST_MS ((int64_t)600000) /* how long a call may be delayed or held */
#define FAULT_HOLD_MS 60000                  /* commit_then_timeout, unless it says another */
#define FAULT_STATUS_CODE 500                /* status, likewise */
#define FAULT_UNSET ((int64_t)-1)

/* Where a fault strikes; `on` in the control API. */
enum fault_place {
    FAULT_ON_API,
    FAULT_ON_CALLBACK,
    FAULT_ON_PAGE,
    FAULT_PLACES,
};

#define FAULT_AT(place) (1u << (place))

/* Stored with callbacks and their attempts: append only. */
enum fault_kind {
    FAULT_NONE = 0,
    FAULT_STATUS = 1,
    FAULT_DELAY = 2,
    FAULT_RESET = 3,
    FAULT_EMPTY = 4,
    FAULT_GARBAGE = 5,
    FAULT_TRUNCATE = 6,
    FAULT_SLOW = 7,
    FAULT_COMMIT_THEN_RESET = 8,
    FAULT_COMMIT_THEN_TIMEOUT = 9,
    FAULT_DROP = 10,
    FAULT_DUPLICATE = 11, /* the first of the two */
    FAULT_TWIN = 12,      /* the second */
    FAULT_REORDER = 13,   /* held until the next one has ended */
    FAULT_REORDERED = 14, /* let go */
    FAULT_BEFORE_RESPONSE = 15,
    FAULT_BAD_SIGNATURE = 16,
    FAULT_WRONG_SECRET = 17,
    FAULT_NO_SIGNATURE = 18,
    FAULT_HALF = 19, /* `truncate` of a callback */
    FAULT_REENCODED = 20,
    FAULT_WRONG_AMOUNT = 21,
    FAULT_UNKNOWN_STATUS = 22,
    FAULT_KINDS,
};

/* Parameters of faults, and parts of `match` that not every place has. */
enum fault_param {
    FAULT_HAS_STATUS = 1 << 0,
    FAULT_HAS_RETRY_AFTER = 1 << 1,
    FAULT_HAS_DELAY = 1 << 2,
    FAULT_HAS_MEDIAN = 1 << 3,
    FAULT_HAS_SIGMA = 1 << 4,
    FAULT_HAS_BYTES_PER_S = 1 << 5,
    FAULT_HAS_BYTES = 1 << 6,
    FAULT_HAS_HOLD = 1 << 7,
    FAULT_HAS_METHOD = 1 << 8,
    FAULT_HAS_PATH = 1 << 9,
    FAULT_HAS_TRANSITION = 1 << 10,
};

/* "status" ...; FAULT_NONE has no name (NULL), and the second steps have those of the first. */
const char *fault_kind_name(enum fault_kind kind);
const char *fault_place_name(enum fault_place place);
bool fault_place_parse(const char *name, enum fault_place *ret_place);

/* The kind of this name that a place has; false when it has none. */
bool fault_kind_parse(const char *name, enum fault_place place, enum fault_kind *ret_kind);

/* The name that a place has and that is most like this one, for a message. */
const char *fault_nearest(const char *name, enum fault_place place);

/* The parameters that belong to a kind at a place, and those of them it cannot do without. */
unsigned fault_params(enum fault_kind kind, enum fault_place place);
unsigned fault_needs(enum fault_kind kind);

/* A delay: evenly from least to most, or by a log-normal distribution, cut at FAULT_CALL_MOST_MS.
 */
struct fault_delay {
    int64_t least_ms, most_ms;
    int64_t median_ms; /* FAULT_UNSET: not log-normal */
    double sigma;
};

/* "500ms" or "100ms-900ms"; false when the text is neither. */
bool fault_delay_parse(const char *text, struct fault_delay *ret_delay);

/* What a fault does, FAULT_UNSET where it was not said. */
struct fault_effect {
    enum fault_kind kind;
    int64_t status, retry_after_s;
    struct fault_delay delay;
    int64_t bytes_per_s, bytes, hold_ms;
};

/* What it strikes: NULL and FAULT_UNSET match all. */
struct fault_match {
    const char *method, *path, *invoice;
    int64_t transition; /* an enum status */
};

struct fault {
    int64_t number; /* "fault_7" */
    enum fault_place place;
    struct fault_match match;
    struct fault_effect effect;
    int64_t times, after; /* times: FAULT_UNSET is without end */
    int64_t probability;  /* up to FAULT_ALWAYS */
    int64_t seen, hits;   /* matches, and those at which it fired */
    uint64_t random;      /* state of its own stream of random numbers */
    const char *given;    /* what was asked for, a JSON object's text */
};

/* A call or an attempt of a callback, as matches see it. */
struct fault_subject {
    enum fault_place place;
    const char *method, *path; /* of calls: as they came, without a trailing slash */
    const char *invoice;       /* its id, NULL: it concerns none that is known */
    int64_t transition;        /* what a callback reports */
    bool answered;             /* a callback whose reason is a call that can wait with its answer */
    bool behind;               /* a callback of an invoice that has one held by `reorder` */
};

/* A fault that fired: all that is left to know when the fault itself is gone. */
struct fault_hit {
    int64_t number;
    struct fault_effect effect;
    int64_t delay_ms; /* drawn, for FAULT_DELAY */
};

bool fault_matches(const struct fault *fault, const struct fault_subject *subject);

/*
 * The first fault of the list that matches and fires, counting as it goes; a match that `after`,
 * `times` or `probability` lets pass goes on to the next. False when none does.
 */
bool fault_ask(struct fault *faults, size_t n, const struct fault_subject *subject,
               struct fault_hit *ret_hit);
