/* Judges an order at rest. */
#include "base/text.h"
#include "base/wall.h"
#include "domain/money.h"
#include "rehearse/rehearse_oracles.h"

#include <time.h>

/* A state is read again after a part of the time since it changed: soon after a change, and rarely
 * where a shop stays wrong, since each read may be a command of the shop. */
#define STEP_PART 4
#define STEP_LEAST_MS 25
#define STEP_MOST_MS 250
#define REST_MOST_MS 5000 /* how long a shop may take to come to the right state */

static bool may_improve(const struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++) {
        if (findings->list[i].state) {
            return true;
        }
    }
    return false;
}

/* Reads the state; it stays in the timeline if the shop says something new. */
static bool read_state(struct scene *scene, enum rehearse_hook_kind kind,
                       const struct shop_state *before, struct shop_state *ret_now)
{
    size_t size = json_array_size(scene->timeline);
    if (!shop_state_read(scene, kind, ret_now)) {
        return false;
    }
    if (before && shop_state_equal(before, ret_now)) {
        while (json_array_size(scene->timeline) > size) {
            json_array_remove(scene->timeline, size);
        }
    } else {
        json_t *entry = json_array_get(scene->timeline, json_array_size(scene->timeline) - 1);
        bool known = !text_equal(ret_now->state, "unknown");
        json_object_set_new(entry, "shop_state",
                            json_string(known ? ret_now->state : ret_now->told));
    }
    return true;
}

/*
 * In an ordinary purchase the settings must find what they name. An extract that finds nothing
 * would let every mistake pass, and a word that is not in the map would look like a mistake of the
 * shop. Returns false after scene_fail.
 */
static bool settings_fit(struct scene *scene, enum rehearse_hook_kind kind,
                         const struct shop_state *state)
{
    const struct rehearse_settings *settings = &scene->rehearsal->settings;
    bool order = kind == HOOK_STATE, paid = order && text_equal(state->state, "paid");
    if (!json_is_true(json_object_get(scene->scenario, "ordinary")) || scene->shop_ended) {
        return true;
    }
    if (!state->read) {
        return scene_fail(scene, "the state of the %s cannot be read: %s",
                          order ? "order" : "payout", state->told);
    }
    if (text_equal(state->state, "unknown")) {
        return scene_fail(scene, "%s.map does not say what \"%s\" means",
                          settings->hooks[kind].name, state->told);
    }
    if (paid && settings->fulfilments.given && state->fulfilments < 0) {
        return scene_fail(scene, "state.fulfilments finds no number in the answer");
    }
    if (paid && settings->shop_amount.given && state->amount == MONEY_NONE) {
        return scene_fail(scene, "state.amount finds no amount in the answer");
    }
    return true;
}

/* A state that is read again and again. */
struct watched {
    struct shop_state now;
    int64_t since; /* when it changed last */
    int64_t end;   /* nobody waits longer for it to become right */
};

static bool watch(struct scene *scene, enum rehearse_hook_kind kind, struct watched *ret_watched)
{
    ret_watched->since = mono_now_ms();
    ret_watched->end = ret_watched->since + REST_MOST_MS;
    return read_state(scene, kind, NULL, &ret_watched->now);
}

static bool look_again(struct scene *scene, enum rehearse_hook_kind kind, struct watched *watched)
{
    int64_t part = (mono_now_ms() - watched->since) / STEP_PART;
    int64_t step_ms = part < STEP_LEAST_MS  ? STEP_LEAST_MS
                      : part > STEP_MOST_MS ? STEP_MOST_MS
                                            : part;
    const struct timespec step = {.tv_nsec = step_ms * 1000000};
    struct shop_state now;
    nanosleep(&step, NULL);
    if (!read_state(scene, kind, &watched->now, &now)) {
        return false;
    }
    if (!shop_state_equal(&watched->now, &now)) {
        watched->since = mono_now_ms();
    }
    watched->now = now;
    return true;
}

static bool is_at_rest(const struct scene *scene, const struct watched *watched)
{
    return mono_now_ms() - watched->since >= scene->rehearsal->settings.rest_ms;
}

/* Judges what a hook tells: of the order, or of the payout. */
static bool judge_told(struct scene *scene, enum rehearse_hook_kind kind,
                       const struct ledger *ledger, bool last, struct findings *ret_findings)
{
    struct watched watched;
    const struct judging judging = {.scene = scene,
                                    .ledger = ledger,
                                    .shop = kind == HOOK_STATE ? &watched.now : NULL,
                                    .payout = kind == HOOK_PAYOUT_STATE ? &watched.now : NULL,
                                    .last = last,
                                    .findings = ret_findings};
    if (!watch(scene, kind, &watched)) {
        return false;
    }
    while (look_again(scene, kind, &watched)) {
        ret_findings->n = 0;
        if (is_at_rest(scene, &watched)) {
            oracles_judge(&judging);
            if (!may_improve(ret_findings) || mono_now_ms() > watched.end) {
                scene->delivered |= watched.now.fulfilments > 0;
                return settings_fit(scene, kind, &watched.now);
            }
        }
    }
    return false;
}

bool judge_at_rest(struct scene *scene, bool last)
{
    const struct rehearse_hook *hooks = scene->rehearsal->settings.hooks;
    struct ledger ledger;
    struct findings findings = {0};
    bool good = ledger_read(scene, &ledger);
    if (good && hooks[HOOK_STATE].given && scene->order) {
        good = judge_told(scene, HOOK_STATE, &ledger, last, &findings);
    } else if (good && hooks[HOOK_PAYOUT_STATE].given && scene->payout) {
        good = judge_told(scene, HOOK_PAYOUT_STATE, &ledger, last, &findings);
    } else if (good) {
        oracles_judge(&(struct judging){
            .scene = scene, .ledger = &ledger, .last = last, .findings = &findings});
    }
    for (size_t i = 0; i < findings.n; i++) {
        scene_find(scene, &findings.list[i]);
    }
    ledger_finish(&ledger);
    return good;
}

bool judge_keep(struct scene *scene)
{
    struct watched watched;
    bool good = watch(scene, HOOK_STATE, &watched);
    do {
        good = good && look_again(scene, HOOK_STATE, &watched);
    } while (good && !is_at_rest(scene, &watched) && mono_now_ms() < watched.end);
    if (good && watched.now.read) {
        scene->kept = watched.now.state;
        scene->kept_shown = watched.now.shown;
    }
    return good;
}
