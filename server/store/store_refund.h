/* Refunds in the database. Errors: see store.h. */
#pragma once

#include "domain/invoice.h"
#include "store/store.h"

/* Inserts; false when the account has a refund of that reference_id (or the turn is poisoned). */
bool store_refund_insert(struct store *store, const struct refund *refund);

/* Saves amount, status and finished_ms of the refund with this account and reference_id. */
void store_refund_update(struct store *store, const struct refund *refund);

/* True when there is one. Texts go to the arena. */
bool store_refund_by_reference(struct store *store, struct arena *arena, int64_t account,
                               const char *reference_id, struct refund *ret_refund);
bool store_refund_pending(struct store *store, struct arena *arena, int64_t invoice,
                          struct refund *ret_refund);

/* All of an invoice in the order of their making, into the arena; returns how many. */
size_t store_refund_all(struct store *store, struct arena *arena, int64_t invoice,
                        struct refund **ret_refunds);
