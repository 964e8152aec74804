/* The earlier invoice that a call repeats, for a 409 that a fault asks for. */
#pragma once

#include "call/call.h"

/* Answers as the call itself does when its reference_id is taken or its payout has started; false:
 * no earlier invoice is in its way. router.conflict. */
bool conflict_reply(struct call *call);
