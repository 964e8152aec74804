/* What the platform holds true about the account, and what the shop says of its order. */
#pragma once

#include "rehearse/scene.h"

struct ledger_invoice {
    const char *id, *reference, *status, *resolution, *currency;
    const char *session;                          /* in the URL of its page; NULL: it has none */
    int64_t amount, paid, refunded, charged_back; /* money.h; 0 for null */
    bool payout;
};

struct ledger {
    struct ledger_invoice *invoices; /* oldest first */
    size_t n;
    json_t *callbacks; /* oldest first, with their attempts; GET /_mock/callbacks */
};

/* Reads the invoices and the callbacks of the account. Returns false after scene_fail. */
bool ledger_read(struct scene *scene, struct ledger *ret_ledger);
void ledger_finish(struct ledger *ledger);

/* So many percent of an amount, rounded down to what the currency has. */
int64_t ledger_share(int64_t amount, int64_t percent, const char *currency);

const struct ledger_invoice *ledger_find(const struct ledger *ledger, const char *id);

/* What a state hook told, of an order or of a payout. */
struct shop_state {
    bool read;           /* false: `told` says why not */
    bool denied;         /* not read, but the shop answered that there is no such order */
    const char *told;    /* the shop's own word, or why there is none */
    const char *shown;   /* the same with its meaning in the map: "open (unpaid)" */
    const char *state;   /* one of ours, or "unknown" */
    int64_t fulfilments; /* -1: the hook does not say */
    int64_t amount;      /* MONEY_NONE: the hook does not say */
    int64_t refunded;    /* the same */
};

/* Runs HOOK_STATE or HOOK_PAYOUT_STATE. Returns false after scene_fail if it could not be run. */
bool shop_state_read(struct scene *scene, enum rehearse_hook_kind kind,
                     struct shop_state *ret_state);

bool shop_state_equal(const struct shop_state *a, const struct shop_state *b);
