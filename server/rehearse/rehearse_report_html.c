/*
 * rehearsal.html: the list of scenarios, and a script that steps through the one that is chosen.
 * The page contains all that it needs. What the shop sent cannot run: the policy of the page names
 * the digests of our style and script, and no other runs.
 */
#include "base/crypt.h"
#include "base/embedded.h"
#include "base/text.h"
#include "rehearse/rehearsal_run.h"
#include "rehearse/rehearse_report.h"
#include "web/report_parts.h"

#include <stdlib.h>

#define ASSETS "server/web/assets/"

/* ------------------------------------------------------------------ style and script */

static void add_asset(struct buf *out, const char *name)
{
    const struct embedded_file *file = embedded_find(name);
    buf_add(out, file->data, file->size);
}

/* The digest by which the policy names an element with this content. */
static const char *digest(struct arena *arena, const struct buf *content)
{
    uint8_t digest[CRYPT_DIGEST_MOST];
    const struct crypt_piece piece = {content->data, content->size};
    size_t size = crypt_digest("SHA256", &piece, 1, digest);
    buf_auto text = {0};
    crypt_base64(&text, digest, size);
    return arena_strdup(arena, buf_str(&text));
}

/* ------------------------------------------------------------------ the list */

static struct template_rows group_results(const json_t *run, const char *group, struct arena *arena)
{
    size_t i;
    const json_t *result;
    struct template_rows rows = {0};
    json_array_foreach(run_results(run), i, result)
    {
        const struct outcome_word *word = run_outcome(result);
        const struct template_value row[] = {
            {"id", run_text(result, "id")},
            {"name", run_text(result, "name")},
            {"result", word->name},
            {"tone", word->tone},
            {"look", word->look ? report_number(arena, word - outcome_words + 1) : NULL},
            {"told", run_told(result)},
        };
        if (text_equal(run_text(result, "group"), group)) {
            template_add_row(&rows, arena, row, ARRAY_SIZE(row));
        }
    }
    return rows;
}

static bool is_listed(const struct template_rows *groups, const char *group)
{
    for (size_t i = 0; i < groups->n; i++) {
        if (text_equal(groups->values[i * groups->width].value, group)) {
            return true;
        }
    }
    return false;
}

/* The groups in the order of their first scenario. */
static struct template_rows group_rows(const json_t *run, struct arena *arena)
{
    size_t i;
    const json_t *result;
    struct template_rows groups = {0};
    json_array_foreach(run_results(run), i, result)
    {
        const char *group = run_text(result, "group");
        if (!is_listed(&groups, group)) {
            struct template_rows *rows = arena_alloc(arena, sizeof *rows);
            *rows = group_results(run, group, arena);
            const struct template_value row[] = {{"group", group}, {"results", .rows = rows}};
            template_add_row(&groups, arena, row, ARRAY_SIZE(row));
        }
    }
    return groups;
}

static struct template_rows note_rows(const json_t *run, struct arena *arena)
{
    size_t i;
    const json_t *note;
    struct template_rows rows = {0};
    json_array_foreach(json_object_get(run, "notes"), i, note)
    {
        const struct template_value row[] = {{"note", json_string_value(note)}};
        template_add_row(&rows, arena, row, ARRAY_SIZE(row));
    }
    return rows;
}

/* ------------------------------------------------------------------ the page */

static void add_json(struct buf *out, const json_t *run)
{
    char *text = json_dumps(run, JSON_COMPACT | JSON_ENSURE_ASCII);
    template_add_json(out, text);
    free(text);
}

static void add_element(struct buf *out, const char *begin, const struct buf *content,
                        const char *end)
{
    buf_text(out, begin);
    buf_add(out, content->data, content->size);
    buf_text(out, end);
}

void rehearse_report_html(const json_t *run, struct arena *arena, struct buf *out)
{
    buf_auto style = {0}, script = {0}, json = {0};
    add_asset(&style, ASSETS "theme.css");
    add_asset(&style, ASSETS "rehearsal.css");
    add_asset(&script, ASSETS "rehearsal.js");
    add_json(&json, run);
    const struct template_rows groups = group_rows(run, arena), notes = note_rows(run, arena);
    const struct template_value values[] = {
        {"style", digest(arena, &style)},
        {"script", digest(arena, &script)},
        {"line", run_text(run, "line")},
        {"began", report_time(arena, run_int(run, "began") * 1000)},
        {"took", report_seconds(arena, run_int(run, "took_ms"))},
        {"mock", run_text(run, "mock")},
        {"scenarios", report_number(arena, run_int(run, "scenarios"))},
        {"seed", report_number(arena, run_int(run, "seed"))},
        {"groups", .rows = &groups},
        {"notes", .rows = &notes},
    };
    report_fill(out, "rehearsal_head.html", values, ARRAY_SIZE(values));
    add_element(out, "<style>", &style, "</style>\n");
    report_fill(out, "rehearsal_body.html", values, ARRAY_SIZE(values));
    add_element(out, "<script type=\"application/json\" id=\"run\">", &json, "</script>\n");
    add_element(out, "<script type=\"module\">", &script, "</script>\n</body>\n</html>\n");
}
