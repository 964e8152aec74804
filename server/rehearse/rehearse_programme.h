/* Which scenarios are played, in which order. Private to server/rehearse/. */
#pragma once

#include "rehearse/rehearse_worker.h"

struct programme {
    struct performance *list;
    size_t n;
};

/* The reason of a scenario that a signal left out. */
#define PROGRAMME_NOT_RUN "not run: the rehearsal was interrupted"

/* Loads scenarios.json. */
void catalogue_load(struct rehearsal *rehearsal);
void catalogue_print(const struct rehearsal *rehearsal);

/* Returns NULL, or why --only names something that there is not. */
const char *catalogue_check_only(struct rehearsal *rehearsal);

/*
 * Plays the chosen scenarios: first the controls, which are ordinary cases without any fault, and
 * then the others. What cannot be tested or judged, or was not run because of a signal, gets a
 * result that says why. Returns the number of the signal, else 0. The results are new references.
 */
int programme_play(struct rehearsal *rehearsal, json_t **ret_controls, json_t **ret_results);
