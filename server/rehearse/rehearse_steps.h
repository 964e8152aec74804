/* The steps of scenarios.json. */
#pragma once

#include "rehearse/rehearse_hook.h"
#include "rehearse/scene.h"

/* Does the steps of a list, until one fails. Returns false after scene_fail. */
bool steps_do(struct scene *scene, const json_t *steps);

/* Whether there is a step of this name. */
bool step_is_known(const char *name);

/* rehearse_payer.c: what the payer does. `given` is the value of the step. */
bool step_order(struct scene *scene, const json_t *given);
bool step_pay(struct scene *scene, const json_t *given);
bool step_return(struct scene *scene, const json_t *given);

/* rehearse_staff.c: what the merchant's staff and jobs do. */
bool step_refund(struct scene *scene, const json_t *given);
bool step_payout(struct scene *scene, const json_t *given);
bool step_restart(struct scene *scene, const json_t *given);
bool step_kill(struct scene *scene, const json_t *given);
bool step_start(struct scene *scene, const json_t *given);
bool step_reconcile(struct scene *scene, const json_t *given);

/* rehearse_twice.c: runs a hook twice at the same instant, in two processes, and gives the better
 * answer. */
bool hook_run_twice(struct scene *scene, const struct rehearse_hook *hook,
                    struct hook_answer *ret_answer);
