/* --profile-file: the shapes that the server answers by. */
#pragma once

#include "fixture/shapes.h"

/* Reads the file, whose documents must be replies of this server. Returns NULL, or what is wrong,
 * one line for each mistake. */
const char *profile_file_load(struct arena *arena, const char *file, struct shapes *ret_shapes);
