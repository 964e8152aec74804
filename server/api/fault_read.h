/* A fault as the control API takes it (server/docs/faults.md). */
#pragma once

#include "call/call.h"

/*
 * Reads and checks a fault; its texts live in the call's arena. Answers 422 and returns false when
 * a name is unknown (and says the nearest), a parameter does not belong to the fault or is out of
 * range.
 */
bool fault_read(struct call *call, const json_t *body, struct fault *ret_fault);
