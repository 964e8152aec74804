/* How the control API shows a snapshot, and why there is none. */
#pragma once

#include "call/call.h"
#include "engine/snapshot.h"
#include "wire/json_out.h"

/* The members of a snapshot. */
void snapshot_write(struct json_out *out, const struct snapshot *snapshot);

/* Answers with what keeps a snapshot from being made or written; nothing for SNAPSHOT_DONE. */
void snapshot_reply_refusal(struct call *call, enum snapshot_result result);
