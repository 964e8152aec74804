/* The engine's start and end, and the end of each turn. */
#pragma once

#include "engine/engine.h"

/*
 * Opens the engine on a store: keys, accounts (the fixtures' are made when they are not there),
 * callbacks that were under way. On an error returns the reason.
 */
const char *engine_start(struct store *store, const struct fixture *fixture,
                         const struct engine_options *options, struct arena *arena,
                         struct engine *ret_engine);
void engine_finish(struct engine *engine);

/* What must be in the turn's transaction beside its changes; before store_commit. */
void engine_before_commit(struct engine *engine);

/* The end of a turn, after store_commit: sends callbacks and tells waiters, or undoes in memory
 * what was rolled back. */
void engine_committed(struct engine *engine);
void engine_rolled_back(struct engine *engine);
