/* Runs the hooks of rehearsal.json: HTTP requests and commands. */
#pragma once

#include "base/buf.h"
#include "rehearse/scene.h"

/* What a hook answered. */
struct hook_answer {
    bool good;        /* its status was expected; of a command: it exited with 0 */
    int status;       /* of a request; 0: there was no answer, or it is a command */
    const char *told; /* "303", "exit status 1; it printed: ...", or why there is no answer */
    json_t *headers;  /* an object; of a command an empty one */
    struct buf body;  /* of a command what it printed */
};

/* Runs a hook and adds it to the timeline. Whether its answer is good is for the caller to judge.
 * Returns false after scene_fail if it could not be run at all. */
bool hook_run(struct scene *scene, const struct rehearse_hook *hook,
              struct hook_answer *ret_answer);
void hook_answer_finish(struct hook_answer *answer);

/* Runs a hook whose answer must be good; false after scene_fail. */
bool hook_do(struct scene *scene, const struct rehearse_hook *hook);

/* rehearse_extract.c: the value in an answer, in the scene's arena; NULL if it is not there. A
 * number and a boolean are as JSON writes them. */
const char *hook_extract(struct scene *scene, const struct rehearse_extract *extract,
                         const struct hook_answer *answer);

/* rehearse_fill.c: replaces the placeholders of a text; in a URL, percent-encodes the values that
 * are not URLs. A placeholder without a value is an error of the scene. */
const char *hook_fill(struct scene *scene, const char *text);
const char *hook_fill_url(struct scene *scene, const char *text);

/* The same for a word of a command, which may also use the variables. */
const char *hook_fill_word(struct scene *scene, const char *text);

/* Whether all placeholders of a text have a value. */
bool hook_can_fill(struct scene *scene, const char *text);

/* The same for all texts of a JSON value; a new reference. */
json_t *hook_fill_json(struct scene *scene, const json_t *value);

/* The name of the placeholder at `i` of those that hooks may use; NULL after the last. */
const char *hook_placeholder(size_t i);

/* The placeholders as environment of a command, REHEARSE_ORDER=...; ends in NULL. */
char **hook_variables(struct scene *scene);
