/* What faults do to callbacks (server/docs/faults.md; names in domain/fault.h). */
#pragma once

#include "engine/engine.h"

/* Returns true if the tenant has faults for callbacks: the quick check. */
static inline bool outbox_fault_may(const struct tenant *tenant)
{
    return tenant->faults.places & FAULT_AT(FAULT_ON_CALLBACK);
}

/*
 * Finds the fault that a due attempt meets and stores it with the callback until the attempt has
 * ended. Returns true if the attempt must be sent; else state and due_ms say what happens instead.
 * `answered`: the call that causes it can delay its reply.
 */
bool outbox_fault_meet(struct engine *engine, struct tenant *tenant, struct callback *callback,
                       bool answered);

/* Changes what an attempt sends as its fault requires; new texts go to the arena. */
void outbox_fault_apply(const struct tenant *tenant, struct arena *arena,
                        const struct callback *callback, struct delivery *delivery);

/* What an attempt with this fault is to its receiver. */
enum evidence_sent outbox_fault_sent(enum fault_kind kind);

/* Describes the signing of the current attempt, for a receiver that finds the signature wrong:
 * "signed with the live secret key, because test_mode is false: does the receiver verify with that
 * key?", whether that key is a previous one or has replaced one, or what the fault did. `body`:
 * outbox_body. */
const char *outbox_fault_signing(const struct tenant *tenant, struct arena *arena,
                                 const struct callback *callback, const char *body);
