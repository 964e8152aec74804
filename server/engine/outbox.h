/*
 * The outbox: callbacks from being queued to their last attempt (P951, server/docs/callbacks.md).
 * The body is the private document at the time of queueing and never changes. The signature is made
 * at the same time.
 */
#pragma once

#include "engine/engine.h"

#define OUTBOX_OK_CODE 200 /* no other code is success (P971) */

/*
 * Composes the callback for an invoice's current state, and adds it to the invoice's callback_logs.
 * Returns false if none is due: there is no URL, or the account sends only final statuses. Texts
 * live in `arena`. Call outbox_insert once the invoice has its row.
 */
bool outbox_compose(struct engine *engine, struct tenant *tenant, struct arena *arena,
                    struct invoice *invoice, int64_t at_ms, struct callback *ret_callback);

/*
 * Inserts the callback; it is sent after the turn's commit, unless a fault changes that. A fault
 * may change the invoice's callback_logs (in the arena, saved). `ret_awaited`: NULL if the call
 * cannot delay its reply; else set to the callback if the reply must wait for its end.
 */
void outbox_insert(struct engine *engine, struct tenant *tenant, struct arena *arena,
                   struct invoice *invoice, int64_t *ret_awaited, struct callback *callback);

/* Returns the exact bytes that every attempt sends, in the arena. */
const char *outbox_body(const struct engine *engine, struct arena *arena,
                        const struct callback *callback);

/* Writes the body of a callback for the invoice's current state. */
void outbox_document(struct engine *engine, struct tenant *tenant, const struct invoice *invoice,
                     struct buf *ret_body);

#define OUTBOX_LOGS_KEPT 16 /* entries of callback_logs that an invoice's row keeps */

#define OUTBOX_NO_LOGS "[]"

/*
 * The callback_logs that an invoice's row keeps, from its callbacks, oldest first. Returns "" if
 * there are too many; they are then read on display (view_invoice.write_logs), so a change costs
 * the same however many exist.
 */
const char *outbox_logs_of(struct arena *arena, const struct callback *callbacks, size_t n);

/* Rebuilds them and saves the invoice. */
void outbox_save_logs(struct engine *engine, struct arena *arena, struct invoice *invoice);

/* Sends the callbacks that `reorder` holds and that are older than `before`: of an invoice, or of
 * the account if `invoice` is 0. */
void outbox_release(struct engine *engine, struct tenant *tenant, int64_t invoice, int64_t before);

/*
 * The reply of the current call sends the payer back to the shop. Callbacks of the fault
 * `after_return` follow it, like the first callback of a call. Returns the one of `before_return`
 * whose end the reply must wait for, 0: none.
 */
int64_t outbox_payer_returns(struct engine *engine, struct tenant *tenant,
                             const struct invoice *invoice);

/* Sends the callbacks of the account that `after_return` holds. */
void outbox_release_returns(struct engine *engine, struct tenant *tenant);

/* Passes a due callback to the sender. It may meet a fault, unless it already has. */
void outbox_send(struct engine *engine, struct tenant *tenant, struct callback *callback);

/* Makes one manual attempt; `resign`: with a new signature. Returns false if one is in progress. */
bool outbox_resend(struct engine *engine, struct tenant *tenant, struct arena *arena,
                   struct callback *callback, bool resign);

#define OUTBOX_BY_HAND_MOST 100 /* callbacks made by hand that an invoice keeps, the newest */

/*
 * Inserts a callback that a call composed, and makes one attempt. It meets no faults, is not in the
 * invoice's callback_logs, and nobody waits for it but for `idle`. Fills the members that it does
 * not share with other callbacks. Returns false if OUTBOX_BY_HAND_MOST of the invoice, or of the
 * account without an invoice, have not ended.
 */
bool outbox_by_hand(struct engine *engine, struct tenant *tenant, struct callback *callback);

/* attempt.c: what an attempt sends, and what follows when it ends. These are the sender's hooks
 * (deliver/deliver.h); `arg` is the engine. */
bool attempt_load(void *arg, struct arena *arena, int64_t callback, bool second,
                  struct delivery *ret_delivery);
void attempt_ended(void *arg, const struct delivery_result *result);
