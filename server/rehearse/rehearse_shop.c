/* The shop of a scenario: started, asked until it answers, ended. */
#include "base/wall.h"
#include "rehearse/rehearse_call.h"
#include "rehearse/rehearse_hook.h"
#include "rehearse/rehearse_process.h"
#include "rehearse/scene.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define STEP_MS 20
#define GRACE_MS 2000
#define ASK_MS 5000
#define TAIL 400

static char *variable(struct scene *scene, const char *name, const char *value)
{
    return arena_printf(&scene->arena, "%s=%s", name, value);
}

static const char *key(const struct scene *scene, const char *name)
{
    return json_string_value(json_object_get(scene->account, name)) ?: "";
}

bool shop_has_ended(struct scene *scene)
{
    int status;
    char how[64];
    if (scene->shop_pid > 0 && waitpid(scene->shop_pid, &status, WNOHANG) > 0) {
        scene->shop_pid = 0;
        process_describe(status, how, sizeof how);
        /* A command that ends well may have left the shop in the background. */
        scene->shop_ended = status ? arena_strdup(&scene->arena, how) : NULL;
    }
    return scene->shop_ended;
}

bool shop_run(struct scene *scene)
{
    char *const *command = scene->rehearsal->options.command;
    char *environment[] = {
        variable(scene, "MILKYPAY_URL", scene->rehearsal->mock),
        variable(scene, "MILKYPAY_ACCOUNT_ID", key(scene, "id")),
        variable(scene, "MILKYPAY_API_KEY", key(scene, "api_key")),
        variable(scene, "MILKYPAY_PUBLIC_KEY", key(scene, "public_key")),
        variable(scene, "MILKYPAY_SECRET_KEY", key(scene, "secret_key")),
        variable(scene, "REHEARSE_DIR", scene->place->dir),
        scene->port ? arena_printf(&scene->arena, "PORT=%d", scene->port) : NULL,
        NULL,
    };
    scene->shop_ended = NULL;
    scene->shop_pid =
        process_start(command, environment, scene->place->output, scene->place->output);
    return scene->shop_pid > 0 || scene_fail(scene, "%s: %s", command[0], strerror(errno));
}

/* What the shop printed last, to follow a reason; "" if it printed nothing. */
static const char *last_words(struct scene *scene)
{
    char text[TAIL];
    keeper_tail_text(scene->place->tail, text, sizeof text);
    return *text ? arena_printf(&scene->arena, "; it printed: %s", text) : "";
}

/* Asks once. Returns true if the shop answers, whatever it says. */
static bool answers(struct scene *scene, const char *url, const char **ret_failure,
                    bool *ret_refused)
{
    const struct rehearse_call call = {.method = "GET", .url = url, .timeout_ms = ASK_MS};
    struct rehearse_reply reply;
    rehearse_call(&scene->arena, &call, &reply);
    bool good = !reply.failure && reply.status < 500;
    *ret_failure = reply.failure ?: arena_printf(&scene->arena, "status %d", reply.status);
    *ret_refused = reply.refused;
    rehearse_reply_finish(&reply);
    return good;
}

static bool wait_ready(struct scene *scene)
{
    const struct rehearse_settings *settings = &scene->rehearsal->settings;
    const char *url =
        hook_fill_url(scene, arena_printf(&scene->arena, "{shop}%s", settings->ready));
    int64_t end = mono_now_ms() + settings->ready_within_ms;
    const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
    for (;;) {
        const char *failure;
        bool refused;
        bool ready = answers(scene, url, &failure, &refused);
        if (shop_has_ended(scene)) {
            nanosleep(&step, NULL); /* its last words are on the way */
            return scene_fail(scene, "the shop ended with %s before it answered at %s%s",
                              scene->shop_ended, url, last_words(scene));
        }
        if (ready) {
            return true;
        }
        if (refused || mono_now_ms() > end) {
            return scene_fail(scene, "the shop does not answer at %s: %s%s", url, failure,
                              last_words(scene));
        }
        nanosleep(&step, NULL);
    }
}

bool shop_start(struct scene *scene)
{
    return (!scene->rehearsal->options.command || shop_run(scene)) && wait_ready(scene);
}

void shop_stop(struct scene *scene)
{
    if (scene->shop_pid > 0) {
        process_end(scene->shop_pid, GRACE_MS);
        scene->shop_pid = 0;
    }
}

void shop_kill(struct scene *scene)
{
    if (scene->shop_pid > 0) {
        process_end(scene->shop_pid, 0);
        scene->shop_pid = 0;
    }
}

bool shop_restart(struct scene *scene)
{
    const struct rehearse_hook *hook = &scene->rehearsal->settings.hooks[HOOK_RESTART];
    if (hook->given) {
        return hook_do(scene, hook) && wait_ready(scene);
    }
    shop_kill(scene);
    return shop_start(scene);
}
