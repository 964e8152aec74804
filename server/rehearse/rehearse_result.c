/* The result of one scenario, of which the reports are made. */
#include "base/buf.h"
#include "base/text.h"
#include "base/wall.h"
#include "rehearse/rehearse_hook.h"
#include "rehearse/rehearse_ledger.h"
#include "rehearse/rehearse_worker.h"

#include <string.h>

/* ------------------------------------------------------------------ the command to repeat it */

static const char *quoted(struct arena *arena, const char *word)
{
    static const char plain[] = TEXT_LETTERS TEXT_DIGITS "_-./:=,@%+";
    if (*word && !word[strspn(word, plain)]) {
        return word;
    }
    buf_auto text = {0};
    buf_char(&text, '\'');
    for (; *word; word++) {
        if (*word == '\'') {
            buf_text(&text, "'\\''");
        } else {
            buf_char(&text, *word);
        }
    }
    buf_char(&text, '\'');
    return arena_copy(arena, text.data, text.size);
}

static json_t *again(const struct rehearse_options *options, const char *id)
{
    struct arena arena = {0};
    buf_auto text = {0};
    buf_printf(&text, "milkypay-mock rehearse --only %s --seed %lld", id, (long long)options->seed);
    const struct {
        const char *name, *value;
    } given[] = {
        {"settings", options->settings}, {"listen", options->listen}, {"shop", options->shop}};
    for (size_t i = 0; i < ARRAY_SIZE(given); i++) {
        if (given[i].value) {
            buf_printf(&text, " --%s %s", given[i].name, quoted(&arena, given[i].value));
        }
    }
    buf_text(&text, options->command ? " --" : "");
    for (char *const *word = options->command; word && *word; word++) {
        buf_printf(&text, " %s", quoted(&arena, *word));
    }
    arena_finish(&arena);
    return json_string(buf_str(&text));
}

/* ------------------------------------------------------------------ the result */

json_t *performance_result(const struct performance *performance, const char *result,
                           const char *reason)
{
    const json_t *scenario = performance->scenario;
    const char *id = json_string_value(json_object_get(scenario, "id"));
    json_t *anchor = json_sprintf("/_mock/docs/rehearse-scenarios#%s", id);
    text_lower((char *)json_string_value(anchor));
    json_t *value = json_object();
    static const char *const copied[] = {"id", "group", "name", "grade", "rule"};
    for (size_t i = 0; i < ARRAY_SIZE(copied); i++) {
        json_t *member = json_object_get(scenario, copied[i]);
        json_object_set(value, copied[i], member ? member : json_null());
    }
    json_t *rest =
        json_pack("{s:s, s:o, s:[], s:[], s:n, s:o, s:o, s:I, s:i, s:n, s:[], s:[]}", "result",
                  result, "reason", json_string(reason) ?: json_string("(not text)"), "needs",
                  "failures", "costs", "again", again(&performance->rehearsal->options, id), "docs",
                  anchor, "seed", (json_int_t)performance->rehearsal->options.seed, "took_ms", 0,
                  "account", "invoices", "timeline");
    json_object_update(value, rest);
    json_decref(rest);
    return value;
}

static bool fails(const struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++) {
        if (!findings->list[i].mild) {
            return true;
        }
    }
    return false;
}

static const char *result_of(const struct scene *scene)
{
    bool must = text_equal(scene_text(scene, "grade"), "MUST");
    bool failed = fails(&scene->findings);
    return scene->error        ? "ERROR"
           : failed            ? (must ? "FAIL" : "WARN")
           : scene->untested   ? "NOT TESTED"
           : scene->findings.n ? "WARN"
                               : "PASS";
}

static bool is_untested(const struct scene *scene)
{
    return !scene->error && scene->untested && !fails(&scene->findings);
}

/* The first that fails, else the first. */
static const struct finding *main_finding(const struct findings *findings)
{
    const struct finding *first = &findings->list[0];
    for (size_t i = 0; first->mild && i < findings->n; i++) {
        first = &findings->list[i];
    }
    return first;
}

static const char *reason_of(const struct scene *scene)
{
    return scene->error         ? scene->error
           : is_untested(scene) ? scene->untested
           : scene->findings.n  ? main_finding(&scene->findings)->text
                                : "";
}

/* Whether the scenario's sentence is about this. */
static bool is_told_by(const struct scene *scene, const struct finding *finding)
{
    size_t i;
    json_t *harm;
    json_array_foreach(json_object_get(scene->scenario, "harm"), i, harm)
    {
        if (!finding->mild && text_equal(json_string_value(harm), finding->harm)) {
            return true;
        }
    }
    return false;
}

/* The sentence in money, with {amount}, {currency} and the like. */
static const char *costs_of(const struct scene *scene)
{
    const struct findings *findings = &scene->findings;
    for (size_t i = 0; i < findings->n; i++) {
        if (is_told_by(scene, &findings->list[i])) {
            return scene_text(scene, "costs");
        }
    }
    return findings->n ? main_finding(findings)->costs : NULL;
}

static void add_costs(struct scene *scene, json_t *result)
{
    const char *costs = costs_of(scene);
    scene->hook_amount = NULL;
    if (costs && !scene->error && fails(&scene->findings)) {
        json_object_set_new(result, "costs", json_string(hook_fill(scene, costs)));
    }
}

static void add_findings(const struct scene *scene, json_t *result)
{
    bool judged = !scene->error && !is_untested(scene);
    for (size_t i = 0; judged && i < scene->findings.n; i++) {
        const struct finding *each = &scene->findings.list[i];
        json_array_append_new(json_object_get(result, "failures"),
                              json_pack("{s:s, s:s, s:s, s:s, s:b, s:s*}", "oracle", each->oracle,
                                        "text", each->text, "expected", each->expected, "observed",
                                        each->observed, "mild", each->mild, "harm", each->harm));
    }
}

static void add_invoices(struct scene *scene, json_t *result)
{
    struct ledger ledger = {0};
    if (scene->account_id && ledger_read(scene, &ledger)) {
        for (size_t i = 0; i < ledger.n; i++) {
            json_array_append_new(json_object_get(result, "invoices"),
                                  json_string(ledger.invoices[i].id));
        }
    }
    ledger_finish(&ledger);
}

json_t *scene_result(struct scene *scene, const struct performance *performance)
{
    json_t *result = performance_result(performance, result_of(scene), reason_of(scene));
    add_findings(scene, result);
    add_costs(scene, result);
    add_invoices(scene, result);
    if (is_untested(scene)) {
        json_object_set_new(result, "needs", json_pack("[s]", scene->need));
    }
    json_object_set_new(result, "took_ms", json_integer(mono_now_ms() - scene->began_ms));
    json_object_set_new(result, "account",
                        scene->account_id ? json_string(scene->account_id) : json_null());
    json_object_set(result, "timeline", scene->timeline);
    json_object_set_new(result, SHOWS_PAGE, json_boolean(scene->page_shown));
    json_object_set_new(result, DELIVERS, json_boolean(scene->delivered));
    return result;
}
