#include "rehearse/rehearse_hook.h"

#include "base/text.h"
#include "base/wall.h"
#include "mask/mask.h"
#include "rehearse/rehearse_call.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define OUTPUT_MOST ((size_t)1 << 20)

/* ------------------------------------------------------------------ placeholders */

struct placeholder {
    const char *name;
    size_t offset; /* into struct scene; 0: `value` */
    const char *(*value)(struct scene *scene);
    bool url; /* a URL, which stands in a URL as it is */
};

static const char *value_port(struct scene *scene)
{
    return scene->port ? arena_printf(&scene->arena, "%d", scene->port) : NULL;
}

static const char *value_mock(struct scene *scene)
{
    return scene->rehearsal->mock;
}

static const char *value_amount(struct scene *scene)
{
    return scene->hook_amount ? scene->hook_amount : scene->amount;
}

static const char *value_dir(struct scene *scene)
{
    return scene->place->dir;
}

#define AT(member) offsetof(struct scene, member)

static const struct placeholder placeholders[] = {
    {"shop", AT(shop), NULL, true},
    {"mock", 0, value_mock, true},
    {"return_url", AT(return_url), NULL, true},
    {"callback_url", AT(callback_url), NULL, true},
    {"port", 0, value_port, false},
    {"order", AT(order), NULL, false},
    {"click", AT(click), NULL, false},
    {"reference", AT(reference), NULL, false},
    {"invoice", AT(invoice), NULL, false},
    {"amount", 0, value_amount, false},
    {"stranger", AT(stranger), NULL, false},
    {"currency", AT(currency), NULL, false},
    {"dir", 0, value_dir, false},
};

static const char *value_of(struct scene *scene, const struct placeholder *placeholder)
{
    return placeholder->value ? placeholder->value(scene)
                              : *(const char **)(void *)((char *)scene + placeholder->offset);
}

/* The placeholder that begins at an opening brace, or NULL: braces of JSON stay. */
static const struct placeholder *placeholder_at(const char *brace)
{
    for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++) {
        size_t size = strlen(placeholders[i].name);
        if (strncmp(brace + 1, placeholders[i].name, size) == 0 && brace[1 + size] == '}') {
            return &placeholders[i];
        }
    }
    return NULL;
}

static const char *fill(struct scene *scene, const char *text, bool url)
{
    buf_auto filled = {0};
    for (const char *at = text; *at;) {
        const struct placeholder *found = *at == '{' ? placeholder_at(at) : NULL;
        if (!found) {
            buf_char(&filled, *at++);
            continue;
        }
        const char *value = value_of(scene, found) ?: "";
        if (url && !found->url) {
            buf_url_text(&filled, value);
        } else {
            buf_text(&filled, value);
        }
        at += strlen(found->name) + 2;
    }
    return arena_copy(&scene->arena, buf_str(&filled), filled.size);
}

const char *hook_fill(struct scene *scene, const char *text)
{
    return fill(scene, text, false);
}

const char *hook_fill_url(struct scene *scene, const char *text)
{
    return fill(scene, text, true);
}

/* ------------------------------------------------------------------ requests */

json_t *hook_fill_json(struct scene *scene, const json_t *value)
{
    const char *name;
    size_t i;
    json_t *each, *copy;
    if (json_is_string(value)) {
        return json_string(hook_fill(scene, json_string_value(value)));
    }
    if (json_is_object(value)) {
        copy = json_object();
        json_object_foreach((json_t *)value, name, each)
        {
            json_object_set_new(copy, name, hook_fill_json(scene, each));
        }
        return copy;
    }
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach(value, i, each)
        {
            json_array_append_new(copy, hook_fill_json(scene, each));
        }
        return copy;
    }
    return json_deep_copy(value);
}

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

static bool is_expected(const json_t *expect, int status)
{
    size_t i;
    json_t *each;
    json_array_foreach(expect, i, each)
    {
        if (json_integer_value(each) == status) {
            return true;
        }
    }
    return !expect && status < 400;
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
    ret_answer->good = !reply.failure && is_expected(hook->expect, reply.status);
    ret_answer->told = reply.failure ?: arena_printf(&scene->arena, "status %d", reply.status);
    ret_answer->headers = json_incref(reply.headers);
    ret_answer->body = reply.body;
    reply.body = (struct buf){0};
    rehearse_reply_finish(&reply);
}

/* ------------------------------------------------------------------ commands */

static char **environment_of(struct scene *scene)
{
    char **list = arena_alloc(&scene->arena, (ARRAY_SIZE(placeholders) + 1) * sizeof *list);
    for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++) {
        const char *name = arena_upper(&scene->arena, placeholders[i].name);
        list[i] = arena_printf(&scene->arena, "REHEARSE_%s=%s", name,
                               value_of(scene, &placeholders[i]) ?: "");
    }
    return list;
}

static char **words_of(struct scene *scene, const json_t *command)
{
    size_t n = json_array_size(command);
    char **words = arena_alloc(&scene->arena, (n + 1) * sizeof *words);
    for (size_t i = 0; i < n; i++) {
        words[i] = arena_strdup(&scene->arena,
                                hook_fill(scene, json_string_value(json_array_get(command, i))));
    }
    return words;
}

static void read_output(int fd, struct buf *ret_text)
{
    ssize_t n = pread(fd, buf_reserve(ret_text, OUTPUT_MOST), OUTPUT_MOST - 1, 0);
    ret_text->size += n > 0 ? (size_t)n : 0;
    ret_text->data[ret_text->size] = '\0';
}

/* What the command printed comes from a file, so that a process that it left behind holds up
 * nothing. */
static const char *run_words(struct scene *scene, const struct rehearse_hook *hook, char **words,
                             struct hook_answer *answer)
{
    int out = memfd_create("hook", MFD_CLOEXEC), status = 0;
    pid_t pid = process_start(words, environment_of(scene), out, scene->place->output);
    char how[64];
    if (pid < 0) {
        close(out);
        return arena_printf(&scene->arena, "%s: %s", words[0], strerror(errno));
    }
    if (!process_wait(pid, mono_now_ms() + scene_left_ms(scene, hook->within_ms), &status)) {
        process_end(pid, 0);
        close(out);
        return "it did not end in time";
    }
    process_describe(status, how, sizeof how);
    read_output(out, &answer->body);
    close(out);
    answer->good = status == 0;
    return arena_strdup(&scene->arena, how);
}

static void command(struct scene *scene, const struct rehearse_hook *hook,
                    struct hook_answer *ret_answer)
{
    char **words = words_of(scene, hook->command);
    json_t *entry =
        timeline_add(scene, "hook", "rehearsal", "shop", "%s: command %s", hook->name, words[0]);
    ret_answer->told = run_words(scene, hook, words, ret_answer);
    ret_answer->headers = json_object();
    json_object_set_new(entry, "response",
                        json_pack("{s:s, s:{}, s:o}", "line", ret_answer->told, "headers", "body",
                                  shown_body(buf_str(&ret_answer->body), ret_answer->body.size)));
}

/* ------------------------------------------------------------------ all */

bool hook_run(struct scene *scene, const struct rehearse_hook *hook, struct hook_answer *ret_answer)
{
    *ret_answer = (struct hook_answer){0};
    if (hook->command) {
        command(scene, hook, ret_answer);
    } else {
        request(scene, hook, ret_answer);
    }
    return !scene->error;
}

void hook_answer_finish(struct hook_answer *answer)
{
    json_decref(answer->headers);
    buf_finish(&answer->body);
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

/* ------------------------------------------------------------------ extracts */

/* One step of a JSON pointer (RFC 6901). */
static const json_t *step_into(struct arena *arena, const json_t *value, const char *token,
                               size_t size)
{
    char *name = arena_copy(arena, token, size), *to = name;
    for (const char *from = name; *from; from++) {
        bool escape = *from == '~' && (from[1] == '0' || from[1] == '1');
        *to++ = escape ? (from[1] == '0' ? '~' : '/') : *from;
        from += escape;
    }
    *to = '\0';
    int64_t index;
    if (json_is_array(value)) {
        return text_to_int(name, &index) && index >= 0 ? json_array_get(value, (size_t)index)
                                                       : NULL;
    }
    return json_object_get(value, name);
}

static const char *text_of(struct scene *scene, const json_t *value)
{
    if (!value || json_is_null(value)) {
        return NULL;
    }
    if (json_is_string(value)) {
        return arena_strdup(&scene->arena, json_string_value(value));
    }
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    const char *kept = arena_strdup(&scene->arena, text);
    free(text);
    return kept;
}

static const char *by_pointer(struct scene *scene, const char *pointer, const struct buf *body)
{
    json_t *root = json_loadb(buf_str(body), body->size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    const json_t *value = root;
    while (value && *pointer == '/') {
        size_t size = strcspn(pointer + 1, "/");
        value = step_into(&scene->arena, value, pointer + 1, size);
        pointer += size + 1;
    }
    const char *text = text_of(scene, value);
    json_decref(root);
    return text;
}

static const char *header_of(const json_t *headers, const char *name)
{
    const char *each;
    json_t *value;
    json_object_foreach((json_t *)headers, each, value)
    {
        if (text_equal_nocase(each, name)) {
            return json_string_value(value);
        }
    }
    return NULL;
}

const char *hook_extract(struct scene *scene, const struct rehearse_extract *extract,
                         const struct hook_answer *answer)
{
    if (!extract->pattern) {
        return by_pointer(scene, extract->pointer, &answer->body);
    }
    if (extract->header) {
        const char *value = header_of(answer->headers, extract->header);
        return value ? pattern_group(extract->pattern, &scene->arena, value, strlen(value)) : NULL;
    }
    return pattern_group(extract->pattern, &scene->arena, buf_str(&answer->body),
                         answer->body.size);
}
