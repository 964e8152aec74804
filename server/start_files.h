/* The files of a start: it reads fixtures, catalogue and profile file; it writes database,
 * ready file and report. */
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

/*
 * Whether --db, --ready-file and --report can be written, for --check: makes nothing. Returns NULL,
 * or what is wrong as start_files_load does. A start finds out by itself.
 */
const char *start_files_writable(const struct config *config, struct arena *arena);
