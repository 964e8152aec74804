/* Watches a purchase on the server of --init. */
#include "base/text.h"
#include "base/wall.h"
#include "domain/status.h"
#include "rehearse/init.h"
#include "rehearse/scene.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STEP_MS 200
#define RETURN_S 15
#define UP_MS 5000

/* ------------------------------------------------------------------ what there is to see */

/* The newest invoice: a person may have tried before. A new value; NULL: there is none. */
static json_t *newest_invoice(struct scene *scene)
{
    json_t *list = platform_call(scene, "GET", "payment-invoices?limit=1", NULL);
    const json_t *newest = json_array_get(json_object_get(list, "items"), 0);
    const char *id = json_string_value(json_object_get(newest, "id"));
    json_t *invoice =
        id ? platform_call(scene, "GET", arena_printf(&scene->arena, "payment-invoices/%s", id),
                           NULL)
           : NULL;
    json_decref(list);
    return invoice;
}

static json_t *items_of(struct scene *scene, const char *list, const char *id)
{
    return platform_call(scene, "GET", arena_printf(&scene->arena, "%s&invoice=%s", list, id),
                         NULL);
}

/* "POST /payment-invoices": the first request of the invoice. */
static json_t *creation_of(struct scene *scene, const char *id)
{
    json_t *list = items_of(scene, "requests?limit=1000", id);
    const json_t *items = json_object_get(list, "items");
    const json_t *first = json_array_get(items, json_array_size(items) - 1);
    const char *method = json_string_value(json_object_get(first, "method"));
    const char *path = json_string_value(json_object_get(first, "path"));
    json_t *creation = method && path ? json_sprintf("%s %s", method, path) : json_null();
    json_decref(list);
    return creation;
}

/* The last answer to the callback of a status; sets *ret_done if it was the right one. */
static json_t *callback_of(struct scene *scene, const char *id, const char *status, bool *ret_done)
{
    size_t i;
    const json_t *callback;
    json_t *list = items_of(scene, "callbacks?limit=100&bodies=false", id), *code = json_null();
    json_array_foreach(json_object_get(list, "items"), i, callback)
    {
        const char *transition = json_string_value(json_object_get(callback, "transition"));
        if (text_equal(transition, status)) {
            const json_t *attempts = json_object_get(callback, "attempts");
            const json_t *last = json_array_get(attempts, json_array_size(attempts) - 1);
            json_t *answer = json_object_get(last, "code");
            *ret_done = text_equal(json_string_value(json_object_get(callback, "state")), "done");
            code = answer ? json_incref(answer) : code;
            break;
        }
    }
    json_decref(list);
    return code;
}

/* A new value; NULL: there is no invoice yet. */
static json_t *look(struct scene *scene, bool *ret_done)
{
    json_t *invoice = newest_invoice(scene);
    const json_t *data = json_object_get(invoice, "data");
    const char *id = json_string_value(json_object_get(data, "id"));
    json_t *attributes = json_object_get(data, "attributes");
    const char *word = json_string_value(json_object_get(attributes, "status"));
    enum status status;
    bool answered = false;
    *ret_done = false;
    if (!id || !word) {
        json_decref(invoice);
        return NULL;
    }
    const char *back = platform_return_url(scene, id, "success");
    json_object_set_new(attributes, "return_url", back ? json_string(back) : json_null());
    json_t *creation = creation_of(scene, id), *code = callback_of(scene, id, word, &answered);
    bool heard = answered || json_is_null(json_object_get(attributes, "callback_url"));
    *ret_done = heard && status_parse(word, &status) && status_is_final(status);
    json_t *seen = json_pack("{s:O, s:s, s:O?, s:o, s:o, s:b}", "invoice", attributes, "id", id,
                             "service", json_object_get(invoice, "service"), "creation", creation,
                             "callback", code, "done", (int)*ret_done);
    json_decref(invoice);
    return seen;
}

/* ------------------------------------------------------------------ the worker */

static void send_line(int out, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    dprintf(out, "%s\n", text);
    free(text);
}

static void send_error(const struct init_watch *watch, const struct scene *scene)
{
    json_t *error = json_pack("{s:s}", "error", scene->error);
    send_line(watch->out, error);
    json_decref(error);
}

static const char *key(const struct scene *scene, const char *name)
{
    return json_string_value(json_object_get(scene->account, name)) ?: "";
}

static bool listens(int port)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return good;
}

/* Waits for the shop, but not long: it may ignore its port. Returns false if it has ended. */
static bool wait_up(struct scene *scene)
{
    const struct timespec step = {.tv_nsec = STEP_MS * 1000000L / 10};
    int64_t end = mono_now_ms() + UP_MS;
    while (!shop_has_ended(scene) && !listens(scene->port) && mono_now_ms() < end) {
        nanosleep(&step, NULL);
    }
    return !scene->shop_ended || scene_fail(scene, "the shop ended with %s", scene->shop_ended);
}

static void tell(const struct scene *scene)
{
    const char *mock = scene->rehearsal->mock;
    if (scene->port) {
        printf(
            "The shop was started with PORT=%d and the variables MILKYPAY_..., and with the mock "
            "at %s.\n",
            scene->port, mock);
    } else {
        printf("The mock is at %s. Start your shop with it:\n"
               "  account id  %s\n  API key     %s\n  public key  %s\n  secret key  %s\n",
               mock, key(scene, "id"), key(scene, "api_key"), key(scene, "public_key"),
               key(scene, "secret_key"));
    }
    puts("Order one thing in the shop, pay it on the page of the mock with the card 5519 2838 1203 "
         "0000, and return to the shop.\nCtrl-C ends this earlier.");
    fflush(stdout);
}

/* Leaves the payment to the person. */
static bool open_account(struct scene *scene, struct arena *arena)
{
    json_t *list = platform_call(scene, "GET", "accounts?limit=1", NULL);
    scene->account = json_incref(json_array_get(json_object_get(list, "items"), 0));
    scene->account_id = arena_strdup(arena, key(scene, "id"));
    json_decref(list);
    return scene->account &&
           platform_do(scene, "PATCH",
                       arena_printf(&scene->arena, "accounts/%s", scene->account_id),
                       json_pack("{s:s}", "outcome", "process_pending"));
}

static void watch_purchase(const struct init_watch *watch, struct scene *scene)
{
    const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
    json_t *before = NULL;
    for (bool done = false; !done && !scene->error;) {
        json_t *seen = look(scene, &done);
        if (seen && !json_equal(seen, before)) {
            send_line(watch->out, seen);
        }
        json_decref(before);
        before = seen;
        if (!done && shop_has_ended(scene)) {
            scene_fail(scene, "the shop ended with %s", scene->shop_ended);
        }
        if (!done && !scene->error) {
            arena_reset(&scene->arena); /* a person takes his time */
            nanosleep(&step, NULL);
        }
    }
    json_decref(before);
}

/* The payer's browser comes back after the callback was answered. A script needs no time for that.
 */
static void let_return(struct scene *scene)
{
    const struct timespec second = {.tv_sec = 1};
    if (!isatty(STDIN_FILENO)) {
        return;
    }
    printf("The payment is complete. Return to the shop now: it runs for %d seconds more.\n",
           RETURN_S);
    fflush(stdout);
    for (int s = 0; s < RETURN_S && !shop_has_ended(scene); s++) {
        nanosleep(&second, NULL);
    }
}

int init_watch(void *arg, const struct keeper_place *place)
{
    const struct init_watch *watch = arg;
    struct arena arena = {0};
    struct scene scene = {.rehearsal = watch->rehearsal, .place = place, .port = watch->port};
    if (open_account(&scene, &arena) && (!watch->port || (shop_run(&scene) && wait_up(&scene)))) {
        tell(&scene);
        watch_purchase(watch, &scene);
        if (!scene.error) {
            let_return(&scene);
        }
    }
    if (scene.error) {
        send_error(watch, &scene);
    }
    shop_stop(&scene);
    json_decref(scene.account);
    arena_finish(&scene.arena);
    arena_finish(&arena);
    return EXIT_SUCCESS;
}
