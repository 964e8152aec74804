/*
 * Tells on stderr how far the run is: on a terminal one line that changes, elsewhere a line for
 * each scenario. Private to server/rehearse/.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct progress {
    size_t total, done, failed;
    bool moving; /* the line changes */
};

/* `plain`: others write to stderr too, so that no line can change. */
struct progress progress_begin(size_t total, bool plain);

/* A scenario has its result. */
void progress_tell(struct progress *progress, const json_t *result);

/* Takes the line away. */
void progress_end(const struct progress *progress);
