/* Plays one scenario from its account to its result. Private to server/rehearse/. */
#pragma once

#include "rehearse/rehearsal.h"
#include "rehearse/scene.h"

/* A scenario to play, or played. */
struct performance {
    const struct rehearsal *rehearsal;
    json_t *scenario; /* borrowed from the catalogue */
    int port;         /* of its shop; 0: none */
    json_t *result;   /* NULL: not yet */
};

/* The next port for a shop that nothing listens on, held until *ret_claim is closed; 0: there is
 * none. It is below the ports that the kernel gives to connections, so that none of those takes it
 * before the shop listens. */
int pool_port(int *ret_claim);

/* How long a scenario may take, without the start of its shop. */
#define PERFORMANCE_MOST_MS 60000

/* What is found of a shop whose answers outlast the platform's patience: nothing else can be tested
 * in any reasonable time. */
#define TOO_SLOW "a callback was not answered in time"

/* Members of the result that the program takes out of it, for the members of struct rehearsal. */
#define SHOWS_PAGE "shows_page"
#define DELIVERS "delivers"

/* rehearse_worker.c: starts the worker, which writes the result to `out`. Returns its keeper, or -1
 * with errno. */
pid_t performance_start(struct performance *performance, int out);

/* rehearse_result.c: a result without a run: NOT TESTED, ERROR. */
json_t *performance_result(const struct performance *performance, const char *result,
                           const char *reason);

/* The result of a run. */
json_t *scene_result(struct scene *scene, const struct performance *performance);

/* rehearse_pool.c: plays those without a result, several at once. Afterwards each has its result,
 * unless a signal ended it, whose number is returned; else 0. */
int pool_run(const struct rehearsal *rehearsal, struct performance *list, size_t n);
