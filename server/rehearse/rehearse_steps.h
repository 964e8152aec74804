/* The steps of scenarios.json. */
#pragma once

#include "rehearse/scene.h"

/* Does the steps of a list, until one fails. Returns false after scene_fail. */
bool steps_do(struct scene *scene, const json_t *steps);

/* Whether a step has this name. */
bool step_is_known(const char *name);
