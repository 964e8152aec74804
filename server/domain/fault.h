/*
 * Faults by name (server/docs/faults.md): deliberate failures of an account's calls, pages and
 * callbacks. This file has the table of names, what a fault matches and when it fires. The same
 * seed gives the same decisions. The effects are elsewhere: call/call_fault.c for calls and pages,
 * engine/outbox_fault.c for callbacks.
 */
#pragma once

#include "base/nearest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULT_ALWAYS ((int64_t)100000000)    /* a probability of 1, in money.h's units */
#define FAULT_CALL_MOST_MS ((int64_t)600000) /* how long a call may be delayed or held */
#define FAULT_HOLD_MS 60000                  /* default of commit_then_timeout */
#define FAULT_STATUS_CODE 500                /* default of status */
#define FAULT_UNSET ((int64_t)-1)

/* Where a fault applies; `on` in the control API. */
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
    FAULT_REORDER = 13,   /* held until the next callback has ended */
    FAULT_REORDERED = 14, /* released */
    FAULT_BEFORE_RESPONSE = 15,
    FAULT_BAD_SIGNATURE = 16,
    FAULT_WRONG_SECRET = 17,
    FAULT_NO_SIGNATURE = 18,
    FAULT_HALF = 19, /* `truncate` of a callback */
    FAULT_REENCODED = 20,
    FAULT_WRONG_AMOUNT = 21,
    FAULT_UNKNOWN_STATUS = 22,
    FAULT_AT_ONCE = 23,      /* `duplicate_at_once`: both are to be sent, or are being sent */
    FAULT_AT_ONCE_LAST = 24, /* one of the two has ended */
    /* No faults, but marks of a callback that a call made by hand. They stay with it. */
    FAULT_BY_HAND = 25,        /* genuine: what the platform would send */
    FAULT_BY_HAND_EDITED = 26, /* signed rightly */
    FAULT_BY_HAND_FORGED = 27,
    FAULT_OVERLAP = 28,      /* the retry is to begin, or has begun, during the attempt */
    FAULT_OVERLAP_LAST = 29, /* one of the two has ended */
    FAULT_AFTER_RETURN = 30, /* queued until the payer is sent back, or until it is due */
    FAULT_BEFORE_RETURN = 31,
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

/* "status" ...; NULL for FAULT_NONE. A second step has the name of the first. */
const char *fault_kind_name(enum fault_kind kind);
const char *fault_place_name(enum fault_place place);
bool fault_place_parse(const char *name, enum fault_place *ret_place);

/* Finds the kind of this name at a place. Returns false if there is none. */
bool fault_kind_parse(const char *name, enum fault_place place, enum fault_kind *ret_kind);

/* The names at a place that are like this one, or mean the same; and all of them, for messages. */
struct nearest fault_nearest(const char *name, enum fault_place place);
const char *fault_names(enum fault_place place, struct arena *arena);

/* The parameters of a kind at a place, and those of them that are required. */
unsigned fault_params(enum fault_kind kind, enum fault_place place);
unsigned fault_needs(enum fault_kind kind);

/* A delay: uniform from least to most, or log-normal, limited to FAULT_CALL_MOST_MS. */
struct fault_delay {
    int64_t least_ms, most_ms;
    int64_t median_ms; /* FAULT_UNSET: not log-normal */
    double sigma;
};

/* "500ms" or "100ms-900ms"; false when the text is neither. */
bool fault_delay_parse(const char *text, struct fault_delay *ret_delay);

/* The effect of a fault; FAULT_UNSET for parameters that were not given. */
struct fault_effect {
    enum fault_kind kind;
    int64_t status, retry_after_s;
    struct fault_delay delay;
    int64_t bytes_per_s, bytes, hold_ms;
};

/* What it applies to; NULL and FAULT_UNSET match all. */
struct fault_match {
    const char *method, *path, *invoice;
    int64_t transition; /* an enum status */
};

struct fault {
    int64_t number; /* "fault_7" */
    enum fault_place place;
    struct fault_match match;
    struct fault_effect effect;
    int64_t times, after; /* times: FAULT_UNSET is unlimited */
    int64_t probability;  /* up to FAULT_ALWAYS */
    int64_t seen, hits;   /* how many calls matched, and at how many it fired */
    uint64_t random;      /* state of its random number generator */
    const char *given;    /* the request that added it, JSON text */
};

/* A call or an attempt of a callback, as matches see it. */
struct fault_subject {
    enum fault_place place;
    const char *method, *path; /* of calls: as they came, without a trailing slash */
    const char *invoice;       /* its id, or NULL if it concerns no known invoice */
    int64_t transition;        /* what a callback reports */
    bool answered;             /* callback caused by a call whose answer can wait */
    bool by_payer;             /* callback caused by the payer */
    bool behind;               /* its invoice has a callback held by `reorder` */
};

/* A fault that fired: everything that is needed after the fault was deleted. */
struct fault_hit {
    int64_t number;
    struct fault_effect effect;
    int64_t delay_ms; /* drawn, if the fault has a delay */
};

bool fault_matches(const struct fault *fault, const struct fault_subject *subject);

/* False if it has fired as often as it may. */
bool fault_is_active(const struct fault *fault);

/*
 * Finds the first fault of the list that matches and fires, and updates the counters. If `after`,
 * `times` or `probability` stops a matching fault, the next one is tried. Returns false if none
 * fires.
 */
bool fault_ask(struct fault *faults, size_t n, const struct fault_subject *subject,
               struct fault_hit *ret_hit);
