/*
 * Snapshots that are read from files. A file may be large, so its call is parked, and the loop
 * reads a piece of one file per turn, in the order in which they came.
 */
#pragma once

#include "call/call.h"

struct imports;

struct imports *imports_new(struct engine *engine, const struct router *router);
void imports_free(struct imports *imports); /* none may be left; NULL is fine */

/* Parks a call whose body is a file; its path names the snapshot. */
void imports_add(struct imports *imports, const struct call *call);

/* Reads on; answers the call whose file is done, or wrong. */
void imports_run(struct imports *imports);

/* How long the loop may sleep, -1: no matter. */
int64_t imports_wait_ms(const struct imports *imports);

/* Answers all with 503: the server ends. */
void imports_end(struct imports *imports);
