/* Finds callbacks by what a person asks for: lists, counts, and groups of the same failure. */
#pragma once

#include "domain/invoice.h"
#include "store/store.h"

/* TIME_NONE and NULL mean any. */
struct callback_filter {
    int64_t account;
    int64_t invoice, state, transition;
    int64_t other_than;            /* a state that it must not have */
    bool failing;                  /* the last attempt failed, and no fault dropped it */
    int64_t code_least, code_most; /* of the last attempt; 0: no response */
    int64_t from_ms, to_ms;        /* when it was queued, account time, inclusive */
    const char *url, *error;       /* a part of its URL, and of the last attempt's error */
    const char *ids;               /* row numbers, a JSON list */
    int64_t above, below;          /* row numbers, exclusive */
};

/* A filter that every callback of the account passes. */
struct callback_filter store_callback_any(int64_t account);

/*
 * Limits the filter to the first `most` rows of its account (of its failing callbacks, of its
 * invoice) between `above` and `below`, counted from the oldest if `upward`, else from the newest.
 * The cost of a call is bounded by that. Returns the last of these rows, 0 if there are no more.
 */
int64_t store_callback_limit(struct store *store, struct callback_filter *filter, bool upward,
                             int64_t most);

/* The first `limit` matching callbacks from the oldest if `upward`, else from the newest, with
 * their bodies. Returns how many. */
size_t store_callback_find(struct store *store, struct arena *arena,
                           const struct callback_filter *filter, bool upward, int64_t limit,
                           struct callback **ret_callbacks);

int64_t store_callback_count(struct store *store, const struct callback_filter *filter);

/* Callbacks that fail in the same way. */
struct callback_failure {
    const char *url; /* without its query */
    const char *error;
    int64_t code, count, retrying, first_ms, last_ms, last_seq;
    int64_t tried_ms; /* the last attempt of all of them, account time */
};

/* The matching failing callbacks in groups, the largest first, at most `limit`, in the arena.
 * Returns how many. */
size_t store_callback_failures(struct store *store, struct arena *arena,
                               const struct callback_filter *filter, int64_t limit,
                               struct callback_failure **ret_failures);
