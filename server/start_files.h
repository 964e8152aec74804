/* The files that a start reads: fixtures, catalogue, profile file. */
#pragma once

#include "config.h"
#include "fixture/fixture.h"
#include "fixture/shapes.h"

/*
 * Reads those that the options name. Returns NULL, or all that is wrong with them, with line ends
 * between the reasons, in the arena. Free the fixture with fixture_finish in both cases; the shapes
 * live in the arena.
 */
const char *start_files_load(const struct config *config, struct arena *arena,
                             struct fixture *ret_fixture, struct shapes *ret_shapes);
