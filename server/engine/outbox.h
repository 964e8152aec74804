/*
 * The outbox: callbacks from being queued to their last attempt (P951, server/docs/callbacks.md).
 * The body is the private document at the moment of queueing and never changes; the signature is
 * made with it.
 */
#pragma once

#include "engine/engine.h"

#define OUTBOX_OK_CODE 200 /* nothing else is success (P971) */

/*
 * Composes the callback that reports an invoice's state. False when none is due: no URL, or the
 * account wants only final statuses. Texts live in `arena`. The invoice's callback_logs get
 * it too; insert it with outbox_insert once the invoice has its row.
 */
bool outbox_compose(struct engine *engine, struct tenant *tenant, struct arena *arena,
                    struct invoice *invoice, int64_t at_ms, struct callback *ret_callback);

/*
 * Inserts it; it is sent when the turn is committed, unless a fault has it otherwise, which may
 * change the invoice's callback_logs (in the arena, saved). `ret_awaited`: of a call that can wait
 * with its reply, else NULL; set to the callback if the reply must wait for its end.
 */
void outbox_insert(struct engine *engine, struct tenant *tenant, struct arena *arena,
                   struct invoice *invoice, int64_t *ret_awaited, struct callback *callback);

/* The exact bytes that every attempt sends, in the arena. */
const char *outbox_body(const struct engine *engine, struct arena *arena,
                        const struct callback *callback);

#define OUTBOX_LOGS_KEPT 16 /* entries of callback_logs that an invoice's row keeps */

#define OUTBOX_NO_LOGS "[]"

/*
 * The callback_logs that an invoice's row keeps, from its callbacks, oldest first. "": there are
 * too many, and they are read when they are shown (view_invoice.write_logs), so that a change costs
 * the same however many came before.
 */
const char *outbox_logs_of(struct arena *arena, const struct callback *callbacks, size_t n);

/* Makes them again, and saves the invoice. */
void outbox_save_logs(struct engine *engine, struct arena *arena, struct invoice *invoice);

/* Sends the callbacks of an invoice (0: of the account) that `reorder` holds back and that are
 * older than `before`. */
void outbox_release(struct engine *engine, struct tenant *tenant, int64_t invoice, int64_t before);

/* Hands a due callback to the sender; it may meet a fault, unless it has already. */
void outbox_send(struct engine *engine, struct tenant *tenant, struct callback *callback);

/* One more attempt by hand; `resign`: with a new signature. */
void outbox_resend(struct engine *engine, struct tenant *tenant, struct arena *arena,
                   struct callback *callback, bool resign);
