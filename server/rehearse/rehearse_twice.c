/* A hook that is run twice at the same instant. */
#include "base/file.h"
#include "rehearse/rehearse_steps.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MOST ((size_t)64 << 20)

/* Runs it in a process of its own, which writes its answer and its entry of the timeline. */
_Noreturn static void run_aside(struct scene *scene, const struct rehearse_hook *hook, int out)
{
    struct hook_answer answer;
    hook_run(scene, hook, &answer);
    const json_t *entry = json_array_get(scene->timeline, json_array_size(scene->timeline) - 1);
    json_t *body = json_stringn(answer.body.data ? answer.body.data : "", answer.body.size);
    json_t *value =
        json_pack("{s:b, s:s, s:O, s:o, s:O}", "good", answer.good, "told", answer.told, "headers",
                  answer.headers, "body", body ? body : json_string(""), "entry", entry);
    json_dumpfd(value, out, JSON_COMPACT);
    _exit(EXIT_SUCCESS);
}

static void take_answer(struct scene *scene, const json_t *value, struct hook_answer *ret_answer)
{
    const json_t *body = json_object_get(value, "body");
    *ret_answer = (struct hook_answer){
        .good = json_is_true(json_object_get(value, "good")),
        .told = arena_strdup(&scene->arena, json_string_value(json_object_get(value, "told"))),
        .headers = json_incref(json_object_get(value, "headers")),
    };
    buf_add(&ret_answer->body, json_string_value(body), json_string_length(body));
}

bool hook_run_twice(struct scene *scene, const struct rehearse_hook *hook,
                    struct hook_answer *ret_answer)
{
    int ends[2];
    pid_t pid = pipe2(ends, O_CLOEXEC) == 0 ? fork() : -1;
    if (pid == 0) {
        run_aside(scene, hook, ends[1]);
    }
    bool run = hook_run(scene, hook, ret_answer);
    if (pid < 0) {
        return scene_fail(scene, "no process could be made");
    }
    close(ends[1]);
    buf_auto text = {0};
    file_read_all(ends[0], ANSWER_MOST, &text);
    close(ends[0]);
    waitpid(pid, NULL, 0);
    json_t *value = json_loadb(buf_str(&text), text.size, 0, NULL);
    if (value) {
        json_array_append(scene->timeline, json_object_get(value, "entry"));
    }
    if (value && !ret_answer->good) {
        hook_answer_finish(ret_answer);
        take_answer(scene, value, ret_answer);
    }
    json_decref(value);
    return run;
}
