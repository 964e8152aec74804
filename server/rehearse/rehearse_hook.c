#include "rehearse/rehearse_hook.h"

#include "base/text.h"
#include "base/wall.h"
#include "mask/mask.h"
#include "rehearse/rehearse_call.h"
#include "rehearse/rehearse_process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define OUTPUT_MOST ((size_t)1 << 20)
#define COMPLAINT_MOST 300

/* ------------------------------------------------------------------ requests */

static const char *form_text(struct scene *scene, const json_t *form)
{
    buf_auto text = {0};
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)form, name, value)
    {
        buf_text(&text, text.size ? "&" : "");
        buf_url_text(&text, name);
        buf_char(&text, '=');
        buf_url_text(&text, hook_fill(scene, json_string_value(value)));
    }
    return arena_copy(&scene->arena, buf_str(&text), text.size);
}

static const char *body_of(struct scene *scene, const struct rehearse_hook *hook,
                           const char **ret_type)
{
    *ret_type = NULL;
    if (hook->form) {
        *ret_type = "application/x-www-form-urlencoded";
        return form_text(scene, hook->form);
    }
    if (hook->json) {
        json_t *value = hook_fill_json(scene, hook->json);
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        const char *kept = arena_strdup(&scene->arena, text);
        json_decref(value);
        free(text);
        *ret_type = "application/json";
        return kept;
    }
    return hook->body ? hook_fill(scene, hook->body) : text_equal(hook->method, "POST") ? "" : NULL;
}

static bool is_expected(const struct rehearse_hook *hook, int status)
{
    size_t i;
    json_t *each;
    if (hook->wrong_from && status >= hook->wrong_from) {
        return false;
    }
    json_array_foreach(hook->expect, i, each)
    {
        if (json_integer_value(each) == status) {
            return true;
        }
    }
    return !hook->expect && status < 400;
}

/* Without the values of those that may be secrets. */
static json_t *shown_headers(const json_t *headers)
{
    json_t *shown = json_object(), *value;
    const char *name;
    json_object_foreach((json_t *)headers, name, value)
    {
        json_object_set_new(shown, name,
                            mask_hides_header(name) ? json_string("***") : json_incref(value));
    }
    return shown;
}

static json_t *shown_body(const char *body, size_t size)
{
    json_t *text = json_stringn(body, size < OUTPUT_MOST / 16 ? size : OUTPUT_MOST / 16);
    return text ? text : json_string("(not text)");
}

static void request(struct scene *scene, const struct rehearse_hook *hook,
                    struct hook_answer *ret_answer)
{
    struct rehearse_call call = {.method = hook->method,
                                 .url = hook_fill_url(scene, hook->url),
                                 .timeout_ms = scene_left_ms(scene, hook->within_ms)};
    json_t *headers = hook->headers ? hook_fill_json(scene, hook->headers) : json_object();
    call.headers = headers;
    call.body = body_of(scene, hook, &call.type);
    if (scene->error) {
        json_decref(headers);
        return;
    }
    json_t *entry = timeline_add(scene, "hook", "rehearsal", "shop", "%s: %s %s", hook->name,
                                 call.method, call.url);
    struct rehearse_reply reply;
    rehearse_call(&scene->arena, &call, &reply);
    json_object_set_new(entry, "request",
                        json_pack("{s:o, s:o, s:s?}", "line",
                                  json_sprintf("%s %s", call.method, call.url), "headers",
                                  shown_headers(headers), "body", call.body));
    json_object_set_new(
        entry, "response",
        json_pack("{s:o, s:o, s:o}", "line",
                  reply.failure ? json_string(reply.failure) : json_sprintf("%d", reply.status),
                  "headers", shown_headers(reply.headers), "body",
                  shown_body(buf_str(&reply.body), reply.body.size)));
    json_decref(headers);
    ret_answer->good = !reply.failure && is_expected(hook, reply.status);
    ret_answer->status = reply.failure ? 0 : reply.status;
    ret_answer->told = reply.failure ?: arena_printf(&scene->arena, "status %d", reply.status);
    json_object_update(ret_answer->headers, reply.headers);
    ret_answer->body = reply.body;
    reply.body = (struct buf){0};
    rehearse_reply_finish(&reply);
}

/* ------------------------------------------------------------------ commands */

static char **words_of(struct scene *scene, const json_t *command)
{
    size_t n = json_array_size(command);
    char **words = arena_alloc(&scene->arena, (n + 1) * sizeof *words);
    for (size_t i = 0; i < n; i++) {
        words[i] = arena_strdup(
            &scene->arena, hook_fill_word(scene, json_string_value(json_array_get(command, i))));
    }
    return words;
}

static void read_output(int fd, struct buf *ret_text)
{
    ssize_t n = pread(fd, buf_reserve(ret_text, OUTPUT_MOST), OUTPUT_MOST - 1, 0);
    ret_text->size += n > 0 ? (size_t)n : 0;
    ret_text->data[ret_text->size] = '\0';
}

/* Passes on what the command complained of. Returns the end of it on one line, to follow a reason;
 * "" if it did not complain. */
static const char *complaint(struct scene *scene, int err)
{
    buf_auto text = {0};
    read_output(err, &text);
    dprintf(scene->place->output, "%.*s", (int)text.size, text.data);
    while (text.size && strchr("\n\r ", text.data[text.size - 1])) {
        text.data[--text.size] = '\0';
    }
    char *last = text.data + (text.size > COMPLAINT_MOST ? text.size - COMPLAINT_MOST : 0);
    text_replace(last, "\n\r\t", ' ');
    text_flatten(last);
    return *last ? arena_printf(&scene->arena, "; it printed: %s", last) : "";
}

static const char *run_words(struct scene *scene, const struct rehearse_hook *hook, char **words,
                             int out, int err, struct hook_answer *answer)
{
    int status = 0;
    char how[64];
    pid_t pid = process_start(words, hook_variables(scene), out, err);
    if (pid < 0) {
        return arena_printf(&scene->arena, "%s: %s", words[0], strerror(errno));
    }
    bool ended = process_wait(pid, mono_now_ms() + scene_left_ms(scene, hook->within_ms), &status);
    if (!ended) {
        process_end(pid, 0);
    }
    const char *why = complaint(scene, err);
    process_describe(status, how, sizeof how);
    read_output(out, &answer->body);
    answer->good = ended && status == 0;
    return answer->good
               ? arena_strdup(&scene->arena, how)
               : arena_printf(&scene->arena, "%s%s", ended ? how : "it did not end in time", why);
}

static void command(struct scene *scene, const struct rehearse_hook *hook,
                    struct hook_answer *ret_answer)
{
    char **words = words_of(scene, hook->command);
    if (scene->error) {
        return;
    }
    json_t *entry =
        timeline_add(scene, "hook", "rehearsal", "shop", "%s: command %s", hook->name, words[0]);
    /* Files rather than pipes: a process that the command left behind holds up nothing. */
    int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
    ret_answer->told = run_words(scene, hook, words, out, err, ret_answer);
    close(out);
    close(err);
    json_object_set_new(entry, "response",
                        json_pack("{s:s, s:{}, s:o}", "line", ret_answer->told, "headers", "body",
                                  shown_body(buf_str(&ret_answer->body), ret_answer->body.size)));
}

/* ------------------------------------------------------------------ all */

bool hook_run(struct scene *scene, const struct rehearse_hook *hook, struct hook_answer *ret_answer)
{
    *ret_answer = (struct hook_answer){.headers = json_object()};
    if (hook->command) {
        command(scene, hook, ret_answer);
    } else {
        request(scene, hook, ret_answer);
    }
    if (scene->error && !ret_answer->told) {
        scene->error = arena_printf(&scene->arena, "the hook %s: %s", hook->name, scene->error);
        ret_answer->told = scene->error;
    }
    return !scene->error;
}

void hook_answer_finish(struct hook_answer *answer)
{
    json_decref(answer->headers);
    buf_finish(&answer->body);
    *answer = (struct hook_answer){0};
}

bool hook_do(struct scene *scene, const struct rehearse_hook *hook)
{
    struct hook_answer answer;
    bool run = hook_run(scene, hook, &answer), good = answer.good;
    if (run && !good) {
        scene_fail(scene, "the hook %s: %s", hook->name, answer.told);
    }
    hook_answer_finish(&answer);
    return run && good;
}
