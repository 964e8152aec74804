/*
 * Reads a snapshot's file in small steps. Parsing all of it with jansson would block the loop for a
 * third of a second, so the text is cut into rows (json_cut.h) and each row is parsed alone.
 */
#include "snapshot_file.h"

#include "engine/snapshot_kind.h"
#include "wire/json_cut.h"

#include <stdlib.h>

#define STEP_MOST ((size_t)256 << 10) /* text that is parsed in one step */
#define LOOKED_AT 16                  /* cutting text costs at most a sixteenth of parsing it */
#define DEPTH_MOST 12                 /* frames: lists and rows of three levels */
/* Limits of a row without its lists, in text (the 1 MiB body of a call, escaped twice) and in
 * values (json_cut.h). */
#define OWN_MOST ((size_t)4 << 20)
#define WEIGHT_MOST ((size_t)600000)

/* A list that is being read, or a row whose own members have been read. */
struct frame {
    const struct snapshot_kind *kind; /* of the rows, or of the row */
    const struct snapshot_list *list; /* NULL: a row */
    const char *path;
    char *rows; /* where the list's rows go, or the row; until the list is counted, the row that
                   owns it */
    struct json_cutting inside;
    size_t next;
    bool counted;
};

struct snapshot_reading {
    struct snapshot_rows rows;
    struct json_cut text;
    struct snapshot_file file;
    struct frame frames[DEPTH_MOST];
    size_t depth;
    bool begun;
    size_t work; /* of this step */
    const char *broken;
};

static enum snapshot_step break_off(struct snapshot_reading *r, const char *path, const char *why)
{
    r->broken = *path ? arena_printf(r->rows.errors->arena, "%s: %s", path, why) : why;
    return SNAPSHOT_STEP_BROKEN;
}

static struct frame *push(struct snapshot_reading *r, const struct frame *frame)
{
    struct frame *top = &r->frames[r->depth++];
    *top = *frame;
    return top;
}

/* ------------------------------------------------------------------ a row */

static size_t list_index(const struct snapshot_kind *kind, const struct json_cut *name)
{
    size_t i = 0;
    while (i < kind->n_lists && !json_cut_is(name, kind->lists[i].name)) {
        i++;
    }
    return i;
}

enum apart {
    APART_DONE,
    APART_BROKEN,    /* not JSON */
    APART_TOO_LARGE, /* OWN_MOST, WEIGHT_MOST, JSON_CUT_WEIGHT_MOST */
};

/* Splits a row: its own members go to ret_own, its lists, as text, to ret_lists. */
static enum apart split_row(const struct snapshot_kind *kind, const struct json_cut *text,
                            struct buf *ret_own, struct json_cut ret_lists[SNAPSHOT_LISTS_MOST])
{
    struct json_cutting object;
    struct json_cut name, value;
    size_t weight = 0;
    enum json_cut_result result = JSON_CUT_WRONG;
    json_cut_enter(text, '{', &object);
    buf_char(ret_own, '{');
    while ((result = json_cut_member(&object, &name, &value)) == JSON_CUT_VALUE) {
        size_t list = list_index(kind, &name);
        if (list < kind->n_lists) {
            ret_lists[list] = value;
            continue;
        }
        weight += value.weight + 1;
        if (weight > WEIGHT_MOST || ret_own->size + json_cut_size(&value) > OWN_MOST) {
            return APART_TOO_LARGE;
        }
        buf_text(ret_own, ret_own->size > 1 ? ",\"" : "\"");
        buf_add(ret_own, name.at, json_cut_size(&name));
        buf_text(ret_own, "\":");
        buf_add(ret_own, value.at, json_cut_size(&value));
    }
    buf_char(ret_own, '}');
    return result == JSON_CUT_END     ? APART_DONE
           : result == JSON_CUT_HEAVY ? APART_TOO_LARGE
                                      : APART_BROKEN;
}

static enum snapshot_step refuse_row(struct snapshot_reading *r, const char *path)
{
    json_errors_add(r->rows.errors, *path ? path : "file", "This value is too large.");
    return SNAPSHOT_STEP_WRONG;
}

static enum snapshot_step refuse_list(struct snapshot_reading *r, const struct frame *frame)
{
    json_errors_add(r->rows.errors, frame->path, "must be a list of at most %zu",
                    frame->list->most);
    return SNAPSHOT_STEP_WRONG;
}

static enum snapshot_step push_list(struct snapshot_reading *r, const char *path, char *row,
                                    const struct snapshot_list *list, const struct json_cut *text)
{
    if (!text->at && list->optional) {
        return SNAPSHOT_STEP_MORE;
    }
    struct frame frame = {.kind = list->kind, .list = list, .rows = row, .path = list->name};
    if (*path) {
        frame.path = arena_printf(r->rows.errors->arena, "%s.%s", path, list->name);
    }
    if (!text->at || !json_cut_enter(text, '[', &frame.inside)) {
        return refuse_list(r, &frame);
    }
    push(r, &frame);
    return SNAPSHOT_STEP_MORE;
}

/* Allocates a list's rows before the first is read. */
static enum snapshot_step count_rows(struct snapshot_reading *r, struct frame *frame)
{
    const struct snapshot_list *list = frame->list;
    char *owner = frame->rows;
    size_t n = json_cut_count(&frame->inside, list->most);
    r->work += json_cut_size(&frame->inside.rest) / LOOKED_AT;
    if (n > list->most) {
        return refuse_list(r, frame);
    }
    frame->rows = arena_alloc(r->rows.errors->arena, n * list->kind->size + 1);
    frame->counted = true;
    *(void **)(void *)(owner + list->rows) = frame->rows;
    *(size_t *)(void *)(owner + list->n_rows) = n;
    return SNAPSHOT_STEP_MORE;
}

/* Reads a row's own members. The next steps read its lists and finish it. */
static enum snapshot_step read_row(struct snapshot_reading *r, const struct snapshot_kind *kind,
                                   const char *path, const struct json_cut *text, void *row)
{
    buf_auto own = {0};
    struct json_cut lists[SNAPSHOT_LISTS_MOST] = {{.at = NULL}};
    const char *why = NULL;
    r->work += json_cut_size(text) / LOOKED_AT;
    if (*text->at != '{') {
        json_errors_add(r->rows.errors, path, MESSAGE_MAP);
        return SNAPSHOT_STEP_WRONG;
    }
    enum apart apart = split_row(kind, text, &own, lists);
    if (apart == APART_BROKEN) {
        return break_off(r, path, "the text is not JSON");
    }
    if (apart == APART_TOO_LARGE) {
        return refuse_row(r, path);
    }
    r->work += own.size;
    json_auto_t *json = json_parse(own.data, own.size, r->rows.errors->arena, &why);
    if (!json) {
        return break_off(r, path, why);
    }
    bool good = kind->table ? row_read(&r->rows.reader, kind->table, path, json, row) &&
                                  (!kind->check || kind->check(&r->rows, path, row))
                            : snapshot_read_head(&r->rows, json, row);
    if (!good) {
        return SNAPSHOT_STEP_WRONG;
    }
    push(r, &(struct frame){.kind = kind, .path = path, .rows = row});
    enum snapshot_step step = SNAPSHOT_STEP_MORE;
    for (size_t i = kind->n_lists; i-- && step == SNAPSHOT_STEP_MORE;) {
        step = push_list(r, path, row, &kind->lists[i], &lists[i]);
    }
    return step;
}

/* ------------------------------------------------------------------ the stack */

static enum snapshot_step end_row(struct snapshot_reading *r, const struct frame *frame)
{
    r->depth--;
    bool good = !frame->kind->finish || frame->kind->finish(&r->rows, frame->path, frame->rows);
    if (!good || r->rows.errors->n) {
        return SNAPSHOT_STEP_WRONG;
    }
    return r->depth ? SNAPSHOT_STEP_MORE : SNAPSHOT_STEP_DONE;
}

static enum snapshot_step next_row(struct snapshot_reading *r, struct frame *frame)
{
    struct json_cut text;
    switch (json_cut_item(&frame->inside, &text)) {
    case JSON_CUT_WRONG:
    case JSON_CUT_HEAVY: /* cannot be: the whole list would be */
        return break_off(r, frame->path, "the text is not JSON");
    case JSON_CUT_END:
        r->depth--;
        return SNAPSHOT_STEP_MORE;
    case JSON_CUT_VALUE:
        break;
    }
    size_t i = frame->next++;
    const char *path = arena_printf(r->rows.errors->arena, "%s[%zu]", frame->path, i);
    return read_row(r, frame->kind, path, &text, frame->rows + i * frame->kind->size);
}

static enum snapshot_step go_on(struct snapshot_reading *r)
{
    if (!r->begun) {
        r->begun = true;
        json_cut_trim(&r->text);
        if (r->text.at == r->text.end || *r->text.at != '{') {
            return break_off(r, "", "the body is not a JSON object");
        }
        return read_row(r, &snapshot_document, "", &r->text, &r->file);
    }
    struct frame *top = &r->frames[r->depth - 1];
    if (!top->list) {
        const struct frame row = *top;
        return end_row(r, &row);
    }
    return top->counted ? next_row(r, top) : count_rows(r, top);
}

enum snapshot_step snapshot_file_step(struct snapshot_reading *r)
{
    enum snapshot_step step;
    r->work = 0;
    do {
        step = go_on(r);
    } while (step == SNAPSHOT_STEP_MORE && r->work < STEP_MOST);
    return step;
}

/* ------------------------------------------------------------------ life */

struct snapshot_reading *snapshot_file_read(const struct engine *engine, const char *text,
                                            size_t size, struct json_errors *errors)
{
    struct snapshot_reading *r = mem_alloc(sizeof *r);
    r->rows = (struct snapshot_rows){
        engine, errors, {&engine->fixture->resolutions, errors}, json_object()};
    r->text = (struct json_cut){.at = text, .end = text + size};
    return r;
}

void snapshot_file_free(struct snapshot_reading *r)
{
    if (r) {
        json_decref(r->rows.seen);
        free(r);
    }
}

struct snapshot_file *snapshot_file_of(struct snapshot_reading *r)
{
    return &r->file;
}

const char *snapshot_file_broken(const struct snapshot_reading *r)
{
    return r->broken;
}
