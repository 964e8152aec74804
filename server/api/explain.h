/* Why a call was refused, where, and what would have been right: for those who look into the
 * journal. */
#pragma once

#include "call/call.h"

/*
 * Writes the member `key`: null when the recorded request was not refused, else {"rule", "where",
 * "message", "nearest", "fields"}. `nearest` is the nearest valid form or null, `fields` the wrong
 * fields with what each takes. Never shows a secret.
 */
void explain_write(struct call *call, struct json_out *out, const char *key,
                   const struct journal_record *record);
