/* One run of the command: its options, its settings and its catalogue. Private to server/rehearse/.
 */
#pragma once

#include "base/mem.h"
#include "base/pattern.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define REHEARSE_JOBS_MOST 64
#define REHEARSE_SETTINGS "rehearsal.json"

struct rehearse_options {
    const char *settings; /* the file */
    const char *only;     /* ids of scenarios, separated by commas; NULL: all */
    const char *shop;     /* URL of a shop that runs already */
    const char *listen;   /* of the server; NULL: rehearse_listen chooses */
    int64_t seed, jobs;
    bool complete, list, json, output, init;
    const char *report;   /* a folder; NULL: no reports */
    const char *baseline; /* a file; NULL: none */
    const char *render;   /* a saved run, instead of a new one */
    char *const *command; /* ends in NULL; NULL: none was given */
};

/* What a hook is for. */
enum rehearse_hook_kind {
    HOOK_ORDER,
    HOOK_STATE,
    HOOK_REFUND,
    HOOK_RESTART,
    HOOK_RECONCILE,
    HOOK_RETURN,
    HOOK_PAYOUT,
    HOOK_PAYOUT_STATE,
    HOOK_COUNT,
};

/* Where a value is in the answer of a hook. */
struct rehearse_extract {
    bool given;
    const char *pointer; /* a JSON pointer into the body; NULL: `pattern` */
    struct pattern *pattern;
    const char *header; /* the pattern reads this header; NULL: the body */
};

/* How the shop names a state. */
struct rehearse_words {
    struct rehearse_extract status;
    const json_t *map; /* the shop's words -> ours; NULL: they are ours */
};

/* An HTTP request, or a command. Its texts have placeholders. */
struct rehearse_hook {
    bool given;
    const char *name;
    const char *method, *url, *body;
    const json_t *headers, *form, *json; /* objects, any JSON; NULL: none */
    const json_t *command;               /* a list of texts; NULL: it is a request */
    const json_t *expect;                /* a list of statuses; NULL: any below 400 */
    int wrong_from; /* statuses from here on are wrong even if `expect` lists them; 0: none */
    int64_t within_ms;
};

/* What of the settings must be in what the shop orders. */
struct rehearse_fixed {
    bool amount, currency;
};

/* rehearsal.json */
struct rehearse_settings {
    json_t *root;
    struct pattern_set patterns;
    const char *shop_url, *ready;
    int64_t ready_within_ms;
    const char *callback;
    struct rehearse_hook hooks[HOOK_COUNT];
    bool restart_kills; /* "restart": true */
    struct rehearse_extract order_id, payout_id, fulfilments, shop_amount, refunded;
    struct rehearse_words order_words, payout_words;
    int64_t rest_ms;
    const char *currency, *amount;
    struct rehearse_fixed order_fixed, payout_fixed;
};

struct rehearsal {
    struct arena arena;
    struct rehearse_options options;
    struct rehearse_settings settings;
    json_t *catalogue; /* scenarios.json */
    bool shows_page;   /* in an ordinary purchase the answer of the order shows the invoice */
    bool delivers;     /* an ordinary purchase is fulfilled at once */
    json_t *usual;     /* what an ordinary purchase shows already: "failures" of its result */
    const char *mock;  /* URL of the server */
    struct progress *progress;
    pid_t server;
};

/* rehearse_options.c: reads the arguments. Returns NULL or a reason. */
const char *rehearse_read_options(struct rehearsal *rehearsal, int argc, char **argv,
                                  bool *ret_help);
void rehearse_print_help(void);

/* The address of the server, as given or the usual one. */
const char *rehearse_listen(const struct rehearse_options *options);

/* rehearse_settings.c: reads rehearsal.json, or what there is without one. Returns NULL, or the
 * reasons with line ends between them. */
const char *rehearse_read_settings(struct rehearsal *rehearsal);
void rehearse_settings_finish(struct rehearse_settings *settings);

/* Whether a hook uses a placeholder, in a request or as a variable of a command. */
bool rehearse_uses(const struct rehearsal *rehearsal, const char *hook, const char *placeholder);

/* True if the shop is started for each scenario, on a port of its own. */
bool rehearse_has_ports(const struct rehearsal *rehearsal);

/* rehearse_server.c: starts the server. Returns NULL or a reason; it ends with this process. */
const char *rehearse_server_start(struct rehearsal *rehearsal);
void rehearse_server_stop(const struct rehearsal *rehearsal);
