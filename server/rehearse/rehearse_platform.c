/* The client of the server's control API. */
#include "base/buf.h"
#include "base/crypt.h"
#include "base/text.h"
#include "base/wall.h"
#include "rehearse/rehearse_call.h"
#include "rehearse/scene.h"

#include <stdlib.h>
#include <string.h>

#define CALL_MS 60000
#define RETRY_LIMIT 5 /* attempts of a callback: over after 10 minutes of the account's clock */

json_t *platform_try(struct scene *scene, const char *method, const char *path, json_t *body,
                     int *ret_status)
{
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    const char *separator = strchr(path, '?') ? "&" : "?";
    const char *account = scene->account_id ? arena_printf(&scene->arena, "%saccount=%s", separator,
                                                           scene->account_id)
                                            : "";
    const struct rehearse_call call = {
        .method = method,
        .url = arena_printf(&scene->arena, "%s/_mock/%s%s", scene->rehearsal->mock, path, account),
        .type = body ? "application/json" : NULL,
        .body = text,
        .timeout_ms = CALL_MS,
    };
    struct rehearse_reply reply;
    rehearse_call(&scene->arena, &call, &reply);
    json_t *answer = reply.failure ? NULL
                                   : json_loadb(reply.body.data ?: "", reply.body.size,
                                                JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    *ret_status = reply.status;
    if (!answer) {
        scene_fail(scene, "%s %s of the mock: %s", method, path, reply.failure ?: "no JSON");
    }
    rehearse_reply_finish(&reply);
    json_decref(body);
    free(text);
    return answer;
}

json_t *platform_call(struct scene *scene, const char *method, const char *path, json_t *body)
{
    int status;
    json_t *answer = platform_try(scene, method, path, body, &status);
    if (answer && status >= 300) {
        const char *message =
            json_string_value(json_object_get(json_object_get(answer, "error"), "message"));
        scene_fail(scene, "%s %s of the mock: %d %s", method, path, status, message ?: "");
        json_decref(answer);
        return NULL;
    }
    return answer;
}

bool platform_do(struct scene *scene, const char *method, const char *path, json_t *body)
{
    json_t *answer = platform_call(scene, method, path, body);
    json_decref(answer);
    return answer;
}

/* ------------------------------------------------------------------ the account */

/* The account's settings: those of every scenario, then the scenario's own. */
static json_t *settings_of(const struct scene *scene)
{
    json_t *settings = json_pack("{s:s, s:i, s:s*}", "outcome", "process_pending", "retry_limit",
                                 RETRY_LIMIT, "callback_url", scene->callback_url);
    json_object_update(settings, json_object_get(scene->scenario, "account"));
    return settings;
}

/* The demo account, for a shop that runs already. */
static json_t *demo_account(struct scene *scene)
{
    json_t *all = platform_call(scene, "GET", "accounts?limit=1", NULL);
    json_t *first = json_array_get(json_object_get(all, "items"), 0);
    scene->account_id =
        arena_strdup(&scene->arena, json_string_value(json_object_get(first, "id")));
    json_incref(first);
    json_decref(all);
    if (!platform_do(scene, "POST", "reset", NULL) ||
        !platform_do(scene, "PATCH", arena_printf(&scene->arena, "accounts/%s", scene->account_id),
                     settings_of(scene))) {
        json_decref(first);
        return NULL;
    }
    return first;
}

static json_t *new_account(struct scene *scene)
{
    json_t *settings = settings_of(scene);
    json_object_set_new(settings, "name", json_sprintf("rehearsal %s", scene->id));
    return platform_call(scene, "POST", "accounts", settings);
}

bool platform_open_account(struct scene *scene)
{
    scene->account = scene->rehearsal->options.shop ? demo_account(scene) : new_account(scene);
    scene->account_id =
        arena_strdup(&scene->arena, json_string_value(json_object_get(scene->account, "id")));
    return scene->account &&
           platform_do(scene, "PUT", "clock", json_pack("{s:s}", "mode", "frozen"));
}

void platform_close_account(struct scene *scene)
{
    if (scene->account_id && !scene->rehearsal->options.shop) {
        const char *path = arena_printf(&scene->arena, "accounts/%s", scene->account_id);
        platform_do(scene, "DELETE", path, NULL);
    }
}

/* ------------------------------------------------------------------ other invoices */

static const char *basic_login(struct scene *scene, const json_t *account)
{
    buf_auto plain = {0}, encoded = {0};
    buf_printf(&plain, "%s:%s", json_string_value(json_object_get(account, "id")),
               json_string_value(json_object_get(account, "api_key")));
    crypt_base64(&encoded, plain.data, plain.size);
    return arena_printf(&scene->arena, "Basic %s", encoded.data);
}

/* Its callbacks go to a receiver of the mock. */
static const char *make_invoice(struct scene *scene, const json_t *account, const char *amount)
{
    const char *mock = scene->rehearsal->mock;
    json_t *headers = json_pack("{s:s}", "Authorization", basic_login(scene, account));
    const struct rehearse_call call = {
        .method = "POST",
        .url = arena_printf(&scene->arena, "%s/payment-invoices", mock),
        .headers = headers,
        .type = "application/json",
        .body = arena_printf(&scene->arena,
                             "{\"service\":\"payment_card_usd_hpp\",\"currency\":\"USD\","
                             "\"amount\":%s,\"test_mode\":true,"
                             "\"callback_url\":\"%s/_mock/sink/rehearsal\"}",
                             amount, mock),
        .timeout_ms = CALL_MS,
    };
    struct rehearse_reply reply;
    rehearse_call(&scene->arena, &call, &reply);
    json_t *answer = json_loadb(buf_str(&reply.body), reply.body.size, 0, NULL);
    const char *id = arena_strdup(
        &scene->arena, json_string_value(json_object_get(json_object_get(answer, "data"), "id")));
    json_decref(answer);
    json_decref(headers);
    rehearse_reply_finish(&reply);
    return id;
}

/* Only the newer profiles show `return_urls`. */
const char *platform_return_url(struct scene *scene, const char *invoice, const char *which)
{
    const char *path =
        arena_printf(&scene->arena, "payment-invoices/%s/document?profile=2024", invoice);
    json_t *shown = platform_call(scene, "GET", path, NULL);
    const json_t *attributes = json_object_get(json_object_get(shown, "data"), "attributes");
    const json_t *one = json_object_get(json_object_get(attributes, "return_urls"), which);
    const char *url =
        json_string_value(one) ?: json_string_value(json_object_get(attributes, "return_url"));
    url = arena_strdup(&scene->arena, url);
    json_decref(shown);
    return url;
}

bool platform_make_stranger(struct scene *scene)
{
    const char *own = scene->account_id;
    json_t *settings = json_pack("{s:s, s:s}", "outcome", "process_pending", "name", "a stranger");
    scene->account_id = NULL; /* the call is about no account */
    json_t *account = platform_call(scene, "POST", "accounts", settings);
    scene->account_id = own;
    scene->stranger = account ? make_invoice(scene, account, scene->amount) : NULL;
    json_decref(account);
    return scene->stranger || scene_fail(scene, "no invoice of another account could be made");
}

bool platform_make_other(struct scene *scene)
{
    scene->other = make_invoice(scene, scene->account, "1");
    if (!scene->other) {
        return scene_fail(scene, "no other invoice of the account could be made");
    }
    const char *path = arena_printf(&scene->arena, "payment-invoices/%s/transition", scene->other);
    return platform_do(scene, "POST", path, json_pack("{s:s}", "status", "processed"));
}
