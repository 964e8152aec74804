/* What must be true after every scenario, whatever it did: the shop against the ledger. */
#pragma once

#include "rehearse/rehearse_ledger.h"

struct judging {
    struct scene *scene;
    const struct ledger *ledger;
    const struct shop_state *shop; /* NULL: there is no state hook */
    bool last;                     /* the scenario is over: callbacks have ended */
    struct findings *findings;
};

/* Adds what is wrong to judging->findings. */
void oracles_judge(const struct judging *judging);

/* rehearse_told.c: whether this attempt is not genuine: its signature does not belong to its bytes
 * and to this account. */
bool told_is_forgery(const struct scene *scene, const json_t *callback, const json_t *attempt);

/* Whether a genuine callback told the shop of this status, and got 200. */
bool told_of(const struct scene *scene, const struct ledger *ledger, const char *status);
