/* Start and end of the engine, and the end of each turn. */
#pragma once

#include "engine/engine.h"

/*
 * Starts the engine on a store: loads keys and accounts, creates missing fixture accounts, and
 * resumes pending callbacks. Returns NULL, or the reason of an error.
 */
const char *engine_start(struct store *store, const struct fixture *fixture,
                         const struct engine_options *options, struct arena *arena,
                         struct engine *ret_engine);
void engine_finish(struct engine *engine);

/* Writes what belongs to the turn's transaction besides its changes; call it before
 * store_commit. */
void engine_before_commit(struct engine *engine);

/* Ends a turn after store_commit: sends callbacks and wakes waiting calls, or restores memory after
 * a rollback. */
void engine_committed(struct engine *engine);
void engine_rolled_back(struct engine *engine);
