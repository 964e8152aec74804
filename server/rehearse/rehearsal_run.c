#include "rehearse/rehearsal_run.h"

#include "base/file.h"
#include "base/text.h"
#include "wire/json_read.h"

#include <string.h>

const struct outcome_word outcome_words[] = {
    {OUTCOME_FAIL, "bad", "failure", true},
    {"ERROR", "bad", "error", true},
    {OUTCOME_WARN, "warn", "out", true},
    {OUTCOME_ACCEPTED, "warn", "skipped", false},
    {OUTCOME_NOT_TESTED, "quiet", "skipped", false},
    {OUTCOME_PASS, "good", NULL, false},
    {NULL},
};

static const struct outcome_word *find_outcome(const char *name)
{
    const struct outcome_word *word = outcome_words;
    while (word->name && !text_equal(word->name, name)) {
        word++;
    }
    return word;
}

const struct outcome_word *run_outcome(const json_t *result)
{
    return find_outcome(run_text(result, "result"));
}

/* ------------------------------------------------------------------ values */

const char *run_text_or_none(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && *text ? text : NULL;
}

const char *run_text(const json_t *object, const char *name)
{
    const char *text = run_text_or_none(object, name);
    return text ? text : "";
}

int64_t run_int(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

const json_t *run_results(const json_t *run)
{
    return json_object_get(run, "results");
}

const char *run_told(const json_t *result)
{
    const char *costs = run_text_or_none(result, "costs");
    return costs ? costs : run_text(result, "reason");
}

/* ------------------------------------------------------------------ explanations */

static void explain_line(struct buf *out, const char *indent, const char *what, const char *text)
{
    if (text && *text) {
        buf_printf(out, "%s%s%s\n", indent, what, text);
    }
}

static void explain_baseline(struct buf *out, const json_t *result, const char *indent)
{
    const json_t *accepted = json_object_get(result, "accepted");
    const char *until = run_text_or_none(accepted, "until");
    if (accepted) {
        buf_printf(out, "%saccepted%s%s: %s\n", indent, until ? " until " : "", until ? until : "",
                   run_text(accepted, "reason"));
    }
}

/* True if the reason says more than the failures. */
static bool has_reason(const json_t *result)
{
    size_t i;
    const json_t *failure;
    json_array_foreach(json_object_get(result, "failures"), i, failure)
    {
        if (text_equal(run_text(failure, "text"), run_text(result, "reason"))) {
            return false;
        }
    }
    return true;
}

void run_explain(struct buf *out, const json_t *result, const char *indent)
{
    size_t i;
    const json_t *failure;
    explain_line(out, indent, "", run_text(result, "costs"));
    explain_line(out, indent, "", has_reason(result) ? run_text(result, "reason") : "");
    explain_baseline(out, result, indent);
    json_array_foreach(json_object_get(result, "failures"), i, failure)
    {
        buf_printf(out, "%s%s: %s; expected %s, observed %s\n", indent, run_text(failure, "oracle"),
                   run_text(failure, "text"), run_text(failure, "expected"),
                   run_text(failure, "observed"));
    }
    explain_line(out, indent, "run it alone: ", run_text(result, "again"));
    explain_line(out, indent, "documentation: ", run_text(result, "docs"));
}

/* ------------------------------------------------------------------ one reason for several */

bool run_is_alike(const json_t *a, const json_t *b)
{
    return run_outcome(a) == run_outcome(b) && run_text_or_none(a, "reason") &&
           text_equal(run_text(a, "reason"), run_text(b, "reason")) &&
           !json_array_size(json_object_get(a, "failures")) &&
           !json_array_size(json_object_get(b, "failures"));
}

bool run_has_alike(const json_t *results, size_t from, size_t to, const json_t *result)
{
    for (; from < to; from++) {
        if (run_is_alike(json_array_get(results, from), result)) {
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ a saved run */

/* What the reports rely on. A member that is not required may be null. */
struct member {
    const char *name;
    json_type type;
    bool required;
    const struct member *items; /* of a list: what its objects have; NULL: it has texts */
};

static const struct member message_members[] = {
    {"line", JSON_STRING}, {"headers", JSON_OBJECT}, {"body", JSON_STRING}, {NULL}};

static const struct member step_members[] = {
    {"at", JSON_INTEGER},
    {"real_ms", JSON_INTEGER, true},
    {"kind", JSON_STRING, true},
    {"from", JSON_STRING, true},
    {"to", JSON_STRING, true},
    {"text", JSON_STRING, true},
    {"fault", JSON_STRING},
    {"shop_state", JSON_STRING},
    {"platform_state", JSON_STRING},
    {"request", JSON_OBJECT, false, message_members},
    {"response", JSON_OBJECT, false, message_members},
    {NULL},
};

static const struct member failure_members[] = {
    {"oracle", JSON_STRING, true},
    {"text", JSON_STRING, true},
    {"expected", JSON_STRING, true},
    {"observed", JSON_STRING, true},
    {NULL},
};

static const struct member accepted_members[] = {
    {"reason", JSON_STRING, true}, {"until", JSON_STRING}, {NULL}};

static const struct member result_members[] = {
    {"id", JSON_STRING, true},
    {"group", JSON_STRING, true},
    {"name", JSON_STRING, true},
    {"grade", JSON_STRING, true},
    {"rule", JSON_STRING},
    {"result", JSON_STRING, true},
    {"reason", JSON_STRING},
    {"needs", JSON_ARRAY, true},
    {"failures", JSON_ARRAY, true, failure_members},
    {"costs", JSON_STRING},
    {"again", JSON_STRING, true},
    {"docs", JSON_STRING},
    {"seed", JSON_INTEGER, true},
    {"took_ms", JSON_INTEGER, true},
    {"account", JSON_STRING},
    {"invoices", JSON_ARRAY, true},
    {"timeline", JSON_ARRAY, true, step_members},
    {"accepted", JSON_OBJECT, false, accepted_members},
    {NULL},
};

static const struct member run_members[] = {
    {"mock", JSON_STRING, true},
    {"scenarios", JSON_INTEGER, true},
    {"seed", JSON_INTEGER, true},
    {"began", JSON_INTEGER, true},
    {"took_ms", JSON_INTEGER, true},
    {"counts", JSON_OBJECT, true},
    {"line", JSON_STRING, true},
    {"results", JSON_ARRAY, true, result_members},
    {NULL},
};

static const char *const type_names[] = {
    [JSON_OBJECT] = "an object",   [JSON_ARRAY] = "a list",    [JSON_STRING] = "a text",
    [JSON_INTEGER] = "an integer", [JSON_REAL] = "an integer", [JSON_TRUE] = "a boolean",
    [JSON_FALSE] = "a boolean",    [JSON_NULL] = "null",
};

static const char *check_object(struct arena *arena, const char *path, const json_t *object,
                                const struct member *members);

static const char *check_list(struct arena *arena, const char *path, const json_t *list,
                              const struct member *items)
{
    size_t i;
    const json_t *item;
    json_type type = items ? JSON_OBJECT : JSON_STRING;
    json_array_foreach(list, i, item)
    {
        const char *here = arena_printf(arena, "%s[%zu]", path, i);
        const char *why =
            json_typeof(item) != type ? arena_printf(arena, "%s must be %s", here, type_names[type])
            : items ? check_object(arena, arena_printf(arena, "%s.", here), item, items)
                    : NULL;
        if (why) {
            return why;
        }
    }
    return NULL;
}

static const char *check_member(struct arena *arena, const char *path, const json_t *value,
                                const struct member *member)
{
    bool none = !value || json_is_null(value);
    if (none && !member->required) {
        return NULL;
    }
    if (none || json_typeof(value) != member->type) {
        return arena_printf(arena, "%s must be %s", path, type_names[member->type]);
    }
    return member->type == JSON_ARRAY ? check_list(arena, path, value, member->items)
           : member->items
               ? check_object(arena, arena_printf(arena, "%s.", path), value, member->items)
               : NULL;
}

static const char *check_object(struct arena *arena, const char *path, const json_t *object,
                                const struct member *members)
{
    for (const struct member *member = members; member->name; member++) {
        const char *here = arena_printf(arena, "%s%s", path, member->name);
        const char *why = check_member(arena, here, json_object_get(object, member->name), member);
        if (why) {
            return why;
        }
    }
    return NULL;
}

static const char *check_outcomes(struct arena *arena, const json_t *run)
{
    size_t i;
    const json_t *result;
    json_array_foreach(run_results(run), i, result)
    {
        if (!run_outcome(result)->name) {
            return arena_printf(arena,
                                "results[%zu].result must be PASS, FAIL, WARN, NOT TESTED, "
                                "ERROR or ACCEPTED",
                                i);
        }
    }
    return NULL;
}

const char *run_load(struct arena *arena, const char *file, json_t **ret_run)
{
    buf_auto text = {0};
    const char *why = file_read(arena, file, RUN_JSON_MOST, &text);
    if (why) {
        return why;
    }
    json_t *run = json_parse(text.data, text.size, arena, &why);
    why = !run                  ? arena_printf(arena, "is no JSON: %s", why)
          : json_is_object(run) ? check_object(arena, "", run, run_members)
                                : "must be an object";
    why = why ? why : check_outcomes(arena, run);
    if (why) {
        json_decref(run);
        return arena_printf(arena, "%s: %s", file, why);
    }
    *ret_run = run;
    return NULL;
}
