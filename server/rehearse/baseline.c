#include "rehearse/baseline.h"

#include "base/file.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/wall.h"
#include "rehearse/rehearsal_run.h"
#include "wire/json_read.h"

#include <string.h>
#include <time.h>

#define FILE_MOST ((size_t)256 << 10)
#define DATE_TEXT 16

/* ------------------------------------------------------------------ the file */

static const struct json_field fields[] = {
    JSON_FIELD(accepted, "id", TEXT, id, .required = true),
    JSON_FIELD(accepted, "reason", TEXT, reason, .required = true, .most = 1000),
    JSON_FIELD(accepted, "until", TEXT, until, .format = JSON_FORMAT_DATE),
};

struct baseline_file {
    const json_t *accepted;
};

static const struct json_field file_fields[] = {
    JSON_FIELD(baseline_file, "accepted", ANY, accepted, .required = true),
};

static void check_id(struct json_errors *errors, const char *path, const json_t *catalogue,
                     const char *id)
{
    size_t i;
    const json_t *scenario;
    struct nearest nearest = nearest_to(id);
    json_array_foreach(json_object_get(catalogue, "scenarios"), i, scenario)
    {
        const char *name = run_text(scenario, "id");
        if (text_equal(name, id)) {
            return;
        }
        nearest_offer(&nearest, name);
    }
    json_errors_add(errors, path, "unknown scenario \"%s\"%s", id,
                    nearest_hint(&nearest, errors->arena, "--list prints them"));
}

static const struct accepted *find(const struct baseline *baseline, const char *id)
{
    for (size_t i = 0; i < baseline->n; i++) {
        if (text_equal(baseline->list[i].id, id)) {
            return &baseline->list[i];
        }
    }
    return NULL;
}

static void read_entry(struct json_errors *errors, const char *path, const json_t *entry,
                       const json_t *catalogue, struct baseline *baseline)
{
    struct accepted accepted = {0};
    struct json_errors found = {.arena = errors->arena};
    if (!json_is_object(entry)) {
        json_errors_add(errors, path, "This value must be an object.");
        return;
    }
    json_read(entry, fields, ARRAY_SIZE(fields), true, &accepted, &found);
    if (accepted.id) {
        check_id(&found, "id", catalogue, accepted.id);
    }
    if (accepted.id && find(baseline, accepted.id)) {
        json_errors_add(&found, "id", "%s is listed twice", accepted.id);
    }
    for (const struct json_error *error = found.first; error; error = error->next) {
        json_errors_add(errors, arena_printf(errors->arena, "%s.%s", path, error->path), "%s",
                        error->message);
    }
    baseline->list[baseline->n] = accepted;
    baseline->n += accepted.id != NULL;
}

static void read_root(struct json_errors *errors, const json_t *root, const json_t *catalogue,
                      struct baseline *baseline)
{
    size_t i;
    const json_t *entry;
    struct baseline_file file = {0};
    json_read(root, file_fields, ARRAY_SIZE(file_fields), true, &file, errors);
    if (file.accepted && !json_is_array(file.accepted)) {
        json_errors_add(errors, "accepted", "This value must be a list.");
    }
    baseline->list =
        arena_alloc(errors->arena, (json_array_size(file.accepted) + 1) * sizeof *baseline->list);
    json_array_foreach(file.accepted, i, entry)
    {
        const char *path = arena_printf(errors->arena, "accepted[%zu]", i);
        read_entry(errors, path, entry, catalogue, baseline);
    }
}

const char *baseline_load(struct arena *arena, const char *file, const json_t *catalogue,
                          struct baseline *ret_baseline)
{
    buf_auto text = {0};
    const char *why = file_read(arena, file, FILE_MOST, &text);
    if (why) {
        return why;
    }
    json_t *root = json_parse(text.data, text.size, arena, &why);
    struct json_errors errors = {.arena = arena};
    if (!root) {
        return arena_printf(arena, "%s: %s", file, why);
    }
    if (json_is_object(root)) {
        read_root(&errors, root, catalogue, ret_baseline);
        why = json_errors_lines(&errors, file);
    } else {
        why = arena_printf(arena, "%s: must be an object", file);
    }
    json_decref(root);
    return why;
}

/* ------------------------------------------------------------------ the run */

static void today(char ret_date[DATE_TEXT])
{
    time_t now = (time_t)(wall_now_ms() / 1000);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(ret_date, DATE_TEXT, "%Y-%m-%d", &tm);
}

static bool is_over(const struct accepted *accepted)
{
    char date[DATE_TEXT];
    today(date);
    return accepted->until && strcmp(accepted->until, date) < 0;
}

/* What the run should say about an entry beside its result; NULL: nothing. */
static const char *note_on(const struct accepted *accepted, const char *result, struct arena *arena)
{
    if (text_equal(result, OUTCOME_FAIL)) {
        return is_over(accepted) ? arena_printf(arena, "%s: was accepted until %s, which is over",
                                                accepted->id, accepted->until)
                                 : NULL;
    }
    bool judged = text_equal(result, OUTCOME_PASS) || text_equal(result, OUTCOME_WARN);
    return judged
               ? arena_printf(arena, "%s: does not fail: take it out of the baseline", accepted->id)
               : NULL;
}

static void accept(const struct accepted *accepted, json_t *result)
{
    json_object_set_new(result, "result", json_string(OUTCOME_ACCEPTED));
    json_object_set_new(
        result, "accepted",
        json_pack("{s:s, s:s?}", "reason", accepted->reason, "until", accepted->until));
}

/* Undoes what an earlier baseline said of a result. */
static void forget(json_t *result)
{
    if (text_equal(run_text(result, "result"), OUTCOME_ACCEPTED)) {
        json_object_set_new(result, "result", json_string(OUTCOME_FAIL));
    }
    json_object_del(result, "accepted");
}

void baseline_apply(const struct baseline *baseline, json_t *run, struct arena *arena)
{
    size_t i;
    json_t *result, *notes = json_array();
    json_array_foreach(json_object_get(run, "results"), i, result)
    {
        forget(result);
        const struct accepted *accepted = find(baseline, run_text(result, "id"));
        const char *word = run_text(result, "result");
        const char *note = accepted ? note_on(accepted, word, arena) : NULL;
        if (note) {
            json_array_append_new(notes, json_string(note));
        } else if (accepted && text_equal(word, OUTCOME_FAIL)) {
            accept(accepted, result);
        }
    }
    json_object_set_new(run, "notes", notes);
}
