/*
 * Waiting calls (server/docs/time.md): parked until their condition holds. A change marks the calls
 * that it may satisfy, and after the commit only these are checked.
 */
#pragma once

#include "call/call.h"

struct waits;

struct waits *waits_new(struct engine *engine,
                        const struct router *router); /* free with waits_free */
void waits_free(struct waits *waits);

/* Call after a reply to a change of an invoice: with the fault before_response the reply waits for
 * the end of the callback's attempt, at most 5 s. */
struct answer *waits_hold_reply(struct call *call, struct answer *answer) ATTR_MUST_USE;

/* engine_hooks.changed; `arg` is the waits. */
void waits_changed(void *arg, int64_t account, int64_t invoice);

/* engine_hooks.waits_for_callbacks; `arg` is the waits. */
bool waits_for_callbacks(void *arg, int64_t account, int64_t invoice);

/* journal_listen; `arg` is the waits. */
void waits_journaled(void *arg, const struct journal_record *record);

/* An account (tenant.journal_id), or a sink of it, received a request. */
void waits_received(struct waits *waits, int64_t account);

/* As a loop_source: answers calls whose condition holds or whose timeout has expired; at shutdown
 * all, with 503. */
int64_t waits_wait_ms(const void *waits);
void waits_run(void *waits);
void waits_end(void *waits);

size_t waits_count(const struct waits *waits);
