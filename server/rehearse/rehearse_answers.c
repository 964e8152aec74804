/* O5: how the shop answers callbacks. */
#include "base/text.h"
#include "rehearse/rehearse_oracles.h"

#define SIGNATURE_HINT                                                                             \
    ", though its signature is right: check the key and the raw bytes, see /_mock/docs/signatures"

static int64_t code_of(const json_t *attempt)
{
    return json_integer_value(json_object_get(attempt, "code"));
}

static void judge_forged(const struct judging *judging, const json_t *callback,
                         const json_t *attempt)
{
    if (told_is_forgery(judging->scene, callback, attempt) && code_of(attempt) == 200) {
        judging_add(judging,
                    (struct finding){.oracle = "O5",
                                     .text = "a callback that is not genuine was answered with 200",
                                     .expected = "400, 401 or 403",
                                     .observed = "200",
                                     .mild = true});
    }
}

/* Whether the platform waits in vain for an answer to a genuine callback. */
static bool is_unanswered(const struct judging *judging, const json_t *callback, const json_t *last)
{
    static const char *const ended[] = {"done", "dropped", NULL};
    const char *id = json_string_value(json_object_get(callback, "id"));
    return last && judging->last && !json_object_get(judging->scene->planted, id) &&
           text_index(ended, json_string_value(json_object_get(callback, "state"))) < 0 &&
           !told_is_forgery(judging->scene, callback, last);
}

/* What to look at, to follow what happened. */
static const char *hint_of(int64_t code)
{
    static const struct {
        int from, to;
        const char *text;
    } rows[] = {
        {201, 399, ": only 200 counts"},
        {400, 401, SIGNATURE_HINT},
        {403, 403, SIGNATURE_HINT},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (code >= rows[i].from && code <= rows[i].to) {
            return rows[i].text;
        }
    }
    return "";
}

static void judge_callback(const struct judging *judging, const json_t *callback)
{
    const json_t *attempts = json_object_get(callback, "attempts");
    const char *transition = json_string_value(json_object_get(callback, "transition"));
    size_t n = json_array_size(attempts);
    for (size_t i = 0; i < n; i++) {
        judge_forged(judging, callback, json_array_get(attempts, i));
    }
    const json_t *last = n ? json_array_get(attempts, n - 1) : NULL;
    if (!is_unanswered(judging, callback, last)) {
        return;
    }
    const char *error = json_string_value(json_object_get(last, "error"));
    judging_add(judging, (struct finding){
                             .oracle = "O5",
                             .text = arena_printf(&judging->scene->arena,
                                                  "the callback %s was never accepted%s",
                                                  transition, hint_of(code_of(last))),
                             .harm = "unanswered",
                             .costs = "the platform gives up, and what the callback says may never "
                                      "reach the shop",
                             .expected = "200",
                             .observed = code_of(last) ? judging_number(judging, code_of(last))
                                                       : (error ? error : "no answer")});
}

void judge_callbacks(const struct judging *judging)
{
    size_t i;
    json_t *callback;
    json_array_foreach(json_object_get(judging->ledger->callbacks, "items"), i, callback)
    {
        judge_callback(judging, callback);
    }
}
