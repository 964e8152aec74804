/* One scenario under way, in its worker. Private to server/rehearse/. */
#pragma once

#include "rehearse/rehearsal.h"
#include "rehearse/rehearse_process.h"

#define SCENE_ID_TEXT 32

struct scene {
    const struct rehearsal *rehearsal;
    const json_t *scenario; /* its object in scenarios.json */
    const char *id;
    struct arena arena;
    int64_t began_ms, deadline_ms; /* mono_now_ms */
    const char *error;             /* why it cannot be judged; NULL: it can, so far */

    /* The account. */
    json_t *account; /* as POST /_mock/accounts answered */
    const char *account_id;

    /* The shop. */
    const struct process_place *place;
    int port;
    const char *shop;       /* URL */
    pid_t shop_pid;         /* 0: it is not ours, or does not run */
    const char *shop_ended; /* how it ended by itself; NULL: it runs */

    /* The order that the payer sees. */
    int presses;         /* how often the order hook was called for another order */
    const char *click;   /* the same for repeated presses of one button */
    const char *order;   /* what `id` extracted, else the reference */
    const char *invoice; /* the one whose page the payer sees */
    const char *reference, *return_url, *callback_url;
    const char *currency, *amount; /* of the invoice, once there is one; else as ordered */
    const char *refund_amount;     /* of the refund hook */

    bool forged;  /* a forged callback was sent */
    bool looked;  /* the shop was made to read the platform */
    json_t *seen; /* how much of the server's journal is in the timeline */
    json_t *timeline, *failures;
};

/* Sets scene->error unless it is set. Returns false, so that callers can return it. */
bool scene_fail(struct scene *scene, const char *format, ...) ATTR_PRINTF(2, 3);

/* The time that is left, in milliseconds, at most `most`; at least 1. */
int64_t scene_left_ms(const struct scene *scene, int64_t most);

/* A member of the scenario; NULL if it has none. */
const char *scene_text(const struct scene *scene, const char *member);

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

/* Makes the scenario's account and stops its clock. */
bool platform_open_account(struct scene *scene);
void platform_close_account(struct scene *scene);

/* Waits until no callback is being sent, and advances the clock from retry to retry until none is
 * left. */
bool platform_settle(struct scene *scene);

/* ------------------------------------------------------------------ rehearse_shop.c */

bool shop_start(struct scene *scene);
bool shop_restart(struct scene *scene);
void shop_stop(struct scene *scene);

/* Whether the shop's process has ended by itself; sets scene->shop_ended. */
bool shop_has_ended(struct scene *scene);
