/*
 * Snapshots that are read from files. A file may be large, so its call is parked, and the loop
 * reads a piece of one file per turn, in the order in which they came.
 */
#pragma once

#include "call/call.h"
#include "engine/snapshot.h"

struct imports;

struct imports *imports_new(struct engine *engine, const struct router *router);
void imports_free(struct imports *imports); /* none may be left; NULL is fine */

/* Parks a call whose body is a file; its path names the snapshot. */
struct answer *imports_add(struct imports *imports, const struct call *call);

/* As a loop_source: reads on, and answers the call whose file is done or wrong; at the end answers
 * all with 503. */
int64_t imports_wait_ms(const void *imports);
void imports_run(void *imports);
void imports_end(void *imports);

/* The members of a snapshot; and why there is none, NULL for SNAPSHOT_DONE. */
void snapshot_write(struct json_out *out, const struct snapshot *snapshot);
struct answer *snapshot_refuse(struct call *call, enum snapshot_result result) ATTR_MUST_USE;
