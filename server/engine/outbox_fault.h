/* What faults do to callbacks (server/docs/faults.md; names in domain/fault.h). */
#pragma once

#include "engine/engine.h"

/* Whether the tenant has faults for callbacks: the cheap look. */
static inline bool outbox_fault_may(const struct tenant *tenant)
{
    return tenant->faults.places & FAULT_AT(FAULT_ON_CALLBACK);
}

/*
 * An attempt is due: asks for the fault that it meets, which stays with the callback until the
 * attempt has ended. True: it is to be sent. False: state and due_ms say what becomes of it
 * instead. `answered`: the call that causes it can wait with its answer.
 */
bool outbox_fault_meet(struct engine *engine, struct tenant *tenant, struct callback *callback,
                       bool answered);

/* Changes what an attempt sends to what its fault makes of it; new texts go to the arena. */
void outbox_fault_apply(const struct tenant *tenant, struct arena *arena,
                        const struct callback *callback, struct delivery *delivery);

/* What the coming or current attempt is signed with, for a receiver that finds the signature
 * wrong: "signed with the live secret: the invoice has test_mode false", or its fault's doing. */
const char *outbox_fault_signing(struct arena *arena, const struct callback *callback);
