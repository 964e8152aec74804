/* One scenario under way, in its worker. Private to server/rehearse/. */
#pragma once

#include "rehearse/rehearsal.h"
#include "rehearse/rehearse_keeper.h"

#define FINDINGS_MOST 24

/* The harm of another amount than was ordered: it changes nothing in what follows. */
#define HARM_ORDERED "ordered"

/* What an oracle found. */
struct finding {
    const char *oracle; /* "O1" */
    const char *text, *expected, *observed;
    const char *harm; /* what kind of harm this is; a scenario lists those that its `costs` tells */
    const char *costs;       /* what it costs if the scenario does not tell; NULL for a mild one */
    const char *without_job; /* its text before the job of the shop ran; NULL: it did not run */
    bool mild;               /* only a warning */
    bool state;              /* the shop may still come to it */
};

struct findings {
    struct finding list[FINDINGS_MOST];
    size_t n;
};

/* What a callback is that was made by hand. */
#define PLANTED_GENUINE "genuine"
#define PLANTED_UNTRUE "untrue" /* signed rightly, but it says what did not happen */
#define PLANTED_FORGED "forged"

struct scene {
    const struct rehearsal *rehearsal;
    const json_t *scenario; /* its object in scenarios.json */
    const char *id;
    struct arena arena;
    int64_t began_ms, deadline_ms; /* mono_now_ms */
    const char *error;             /* why it cannot be judged; NULL: it can, so far */
    const char *untested;          /* why it says nothing if nothing fails; NULL: it does */
    const char *need;              /* what the settings must have for that */

    /* The account. */
    json_t *account; /* as POST /_mock/accounts answered */
    const char *account_id;

    /* The shop. */
    const struct keeper_place *place;
    int port;
    const char *shop;       /* URL */
    pid_t shop_pid;         /* 0: it is not ours, or does not run */
    const char *shop_ended; /* how it ended by itself; NULL: it runs */

    /* The order that the payer sees. */
    int presses;          /* how many orders the payer may have: an error page invites another */
    bool page_shown;      /* the answer of the order showed the invoice */
    bool delivered;       /* the shop said that it has fulfilled the order */
    bool confused;        /* a second press may have been an order of its own */
    int refunds, payouts; /* how often they were ordered */
    bool without_order;   /* the shop took no order, so there is nothing to pay */
    const char *click;    /* the same for repeated presses of one button */
    const char *order;    /* what `id` extracted, else the reference */
    const char *payout;   /* what `id` of the last payout extracted, else its `click` */
    const char *invoice;  /* the one whose page the payer sees */
    const char *reference, *return_url, *callback_url;
    const char *stranger;          /* an invoice of another account */
    const char *other;             /* a paid one of this account that is no order of the shop */
    const char *currency, *amount; /* of the invoice, once there is one; else as ordered */
    const char *hook_amount;       /* of the refund hook; NULL: `amount` */

    bool forged;            /* something was sent that is not genuine */
    bool looked;            /* the shop was made to read the platform */
    json_t *planted;        /* callbacks made by hand: id -> whether it is genuine */
    json_t *seen;           /* how much of the server's journal is in the timeline */
    const char *kept;       /* the state that the step `keep` read; NULL: none */
    const char *kept_shown; /* the same as people see it */
    json_t *timeline;
    struct findings findings;
};

/* Sets scene->error unless it is set. Returns false, so that callers can return it. */
bool scene_fail(struct scene *scene, const char *format, ...) ATTR_PRINTF(2, 3);

/* The time that is left, in milliseconds, at most `most`; at least 1. */
int64_t scene_left_ms(const struct scene *scene, int64_t most);

/* A member of the scenario; NULL if it has none. */
const char *scene_text(const struct scene *scene, const char *member);

/* Adds a finding, unless it is there already; instead of what was found before the job ran. */
void scene_find(struct scene *scene, const struct finding *finding);

/* ------------------------------------------------------------------ rehearse_timeline.c */

/* Adds an entry and returns it, so that the caller can set more of its members. */
json_t *timeline_add(struct scene *scene, const char *kind, const char *from, const char *to,
                     const char *format, ...) ATTR_PRINTF(5, 6);

/* Adds what the server has recorded since the last call: requests, changes, callbacks. */
void timeline_collect(struct scene *scene);

/* ------------------------------------------------------------------ rehearse_platform.c */

/* Calls the control API. `path` is below /_mock/ and gets the account. Returns the body (a new
 * reference), or NULL after scene_fail. `body` is taken over; NULL: none. */
json_t *platform_call(struct scene *scene, const char *method, const char *path, json_t *body);

/* The same, but the status is for the caller to judge; NULL only without any answer. */
json_t *platform_try(struct scene *scene, const char *method, const char *path, json_t *body,
                     int *ret_status);

/* platform_call without its answer. */
bool platform_do(struct scene *scene, const char *method, const char *path, json_t *body);

/* Makes the scenario's account and stops its clock. */
bool platform_open_account(struct scene *scene);
void platform_close_account(struct scene *scene);

/* The URL to which the payer of an invoice returns; `which` of them if the shop gave several, such
 * as "success". In the scene's arena; NULL: there is none. */
const char *platform_return_url(struct scene *scene, const char *invoice, const char *which);

/* Makes an invoice of another account, for scene->stranger. */
bool platform_make_stranger(struct scene *scene);

/* Makes a cheap paid invoice of this account that the shop knows nothing of, for scene->other. */
bool platform_make_other(struct scene *scene);

/* ------------------------------------------------------------------ rehearse_settle.c */

/* Waits until no callback is being sent. */
bool platform_wait(struct scene *scene);

/* The same, and advances the clock from retry to retry until none is left. */
bool platform_settle(struct scene *scene);

/* ------------------------------------------------------------------ rehearse_shop.c */

bool shop_start(struct scene *scene);

/* Starts its command and does not wait. */
bool shop_run(struct scene *scene);

bool shop_restart(struct scene *scene);
void shop_kill(struct scene *scene);
void shop_stop(struct scene *scene);

/* Whether the shop's process has ended by itself; sets scene->shop_ended. */
bool shop_has_ended(struct scene *scene);

/* ------------------------------------------------------------------ rehearse_judge.c */

/*
 * Judges the order at rest: the shop's state has been the same for rest_ms. A state that is wrong
 * may become right for some time more, because shops may work behind a queue. `last`: the scenario
 * is over. Returns false after scene_fail.
 */
bool judge_at_rest(struct scene *scene, bool last);

/* Reads the state at rest, and keeps it in scene->kept. */
bool judge_keep(struct scene *scene);
