/*
 * Rows that nobody can see any more: those of an account's earlier numbers and of snapshots that
 * were deleted. To delete a hundred thousand of them takes a second, for which the loop must not
 * stand still, so they go a few per turn.
 */
#pragma once

#include "store/store.h"

/* Deletes about `limit` of them, each with what belongs to it; true while there are more. */
bool store_leftover_sweep(struct store *store, int64_t limit);
