/*
 * Imports snapshots from files. A file may be large, so its call is parked, and the loop reads a
 * piece of one file per turn, in order of arrival.
 */
#pragma once

#include "call/call.h"
#include "engine/snapshot.h"

struct imports;

/* No call may be parked when it is freed. */
struct imports *imports_new(struct engine *engine, const struct router *router);

/* Parks a call whose body is a file; its path names the snapshot. */
struct answer *imports_add(struct imports *imports, const struct call *call);

/* As a loop_source: continues reading, and answers a call when its file is complete or wrong; at
 * shutdown answers all with 503. */
int64_t imports_wait_ms(const void *imports);
void imports_run(void *imports);
void imports_end(void *imports);

/* Writes the members of a snapshot. Refuses a failed import; returns NULL for SNAPSHOT_DONE. */
void snapshot_write(struct json_out *out, const struct snapshot *snapshot);
struct answer *snapshot_refuse(struct call *call, enum snapshot_result result) ATTR_MUST_USE;
