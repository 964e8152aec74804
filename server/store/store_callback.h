/* Callbacks (the outbox) and their attempts in the database. Errors: see store.h. */
#pragma once

#include "domain/invoice.h"
#include "store/store.h"

/* A number for a new callback. Numbers are never reused, even after the last rows were deleted. */
int64_t store_callback_next_seq(struct store *store);

/* Inserts and sets `callback->seq`. */
void store_callback_insert(struct store *store, struct callback *callback);

/*
 * Deletes the oldest callbacks made by hand of an invoice (0: of the account without one) that have
 * ended, so that with a new one it has at most `most`. Returns false if too many have not ended.
 */
bool store_callback_make_room(struct store *store, int64_t account, int64_t invoice, int64_t most);

/* The oldest callback of an invoice, or of the account if `invoice` is 0 and it is queued, that is
 * in this state and has met this fault. */
bool store_callback_met(struct store *store, struct arena *arena, int64_t account, int64_t invoice,
                        enum fault_kind fault, enum callback_state state,
                        struct callback *ret_callback);

/* Saves state, due_ms, attempts, ended_ms, code, manual, signature, fault and extra. */
void store_callback_update(struct store *store, const struct callback *callback);

/* Returns true if it exists. Texts go to the arena. */
bool store_callback_get(struct store *store, struct arena *arena, int64_t seq,
                        struct callback *ret_callback);

#define STORE_CALLBACKS_ALL (-1)

/* The newest `most` callbacks of an invoice, oldest first, without url, signature and body; returns
 * how many. */
size_t store_callback_of_invoice(struct store *store, struct arena *arena, int64_t invoice,
                                 int64_t most, struct callback **ret_callbacks);

/* Reads the next callback of the account due at or before `by_ms`. Returns false if there is
 * none. */
bool store_callback_next_due(struct store *store, struct arena *arena, int64_t account,
                             int64_t by_ms, struct callback *ret_callback);

/* The earliest due time in the account; TIME_NONE if none waits. */
int64_t store_callback_first_due(struct store *store, int64_t account);

/* How many wait for their due time, and how many of an account were due before a time. */
int64_t store_callback_due_count(struct store *store);
int64_t store_callback_overdue(struct store *store, int64_t account, int64_t before_ms);

/* After a crash: callbacks that were being sent become due at the time they were queued, before all
 * later ones. */
void store_callback_requeue(struct store *store, int64_t account);

/* Reads the oldest callback that `reorder` holds back, of an invoice or (0) of the whole account.
 * Returns false if there is none. */
bool store_callback_held(struct store *store, struct arena *arena, int64_t account, int64_t invoice,
                         struct callback *ret_callback);

void store_attempt_insert(struct store *store, const struct attempt *attempt);

/* All attempts of a callback in order; returns how many. */
size_t store_attempt_all(struct store *store, struct arena *arena, int64_t callback,
                         struct attempt **ret_attempts);

/* The attempts of all callbacks of an invoice, and the last ones of one callback, in order and
 * without headers and bodies; returns how many. */
size_t store_attempt_heads(struct store *store, struct arena *arena, int64_t invoice,
                           struct attempt **ret_attempts);
size_t store_attempt_last(struct store *store, struct arena *arena, int64_t callback, int64_t limit,
                          struct attempt **ret_attempts);

/* The body that answered the last attempt of a callback, cut to `most` bytes, in the arena; NULL if
 * there is none. */
const char *store_attempt_answer(struct store *store, struct arena *arena, int64_t callback,
                                 int64_t most);
