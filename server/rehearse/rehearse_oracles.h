/* What must be true after every scenario, whatever it did: the shop against the ledger. */
#pragma once

#include "rehearse/rehearse_ledger.h"

#define FINDINGS_MOST 24

struct finding {
    const char *oracle; /* "O1" */
    const char *text, *expected, *observed;
    bool mild;  /* only a warning */
    bool state; /* the shop may still come to it */
};

struct findings {
    struct finding list[FINDINGS_MOST];
    size_t n;
};

struct judging {
    struct scene *scene;
    const struct ledger *ledger;
    const struct shop_state *shop; /* NULL: there is no state hook */
    struct findings *findings;
};

/* Adds what is wrong to judging->findings. */
void oracles_judge(const struct judging *judging);
