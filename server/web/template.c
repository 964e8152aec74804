#include "template.h"

#include "base/die.h"
#include "base/embedded.h"
#include "base/text.h"
#include "web/messages.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAME_MOST 64
#define ASSETS "server/web/assets/"

void template_add_row(struct template_rows *rows, struct arena *arena,
                      const struct template_value *row, size_t width)
{
    bool full = (rows->n & (rows->n - 1)) == 0; /* room is for powers of two */
    struct template_value *values = (struct template_value *)rows->values;
    if (full) {
        values = arena_alloc(arena, (rows->n ? rows->n * 2 : 1) * width * sizeof *values);
        if (rows->n) {
            memcpy(values, rows->values, rows->n * width * sizeof *values);
        }
    }
    memcpy(values + rows->n * width, row, width * sizeof *row);
    *rows = (struct template_rows){values, rows->n + 1, width};
}

struct filler {
    struct buf *out;
    const char *locale;
};

struct tag {
    char kind; /* '#', '^', '/', '>', '&' or 0 */
    char name[NAME_MOST];
    const char *begin, *end;
};

static const struct template_value *find_value(const char *name, const struct template_scope *scope)
{
    for (; scope; scope = scope->outer) {
        for (size_t i = 0; i < scope->n; i++) {
            if (text_equal(scope->values[i].name, name)) {
                return &scope->values[i];
            }
        }
    }
    die("a page names the value %s, which nobody gives", name);
}

static void add_escaped(struct buf *out, const char *text, size_t size)
{
    for (const char *end = text + size; text < end; text++) {
        switch (*text) {
        case '&':
            buf_text(out, "&amp;");
            break;
        case '<':
            buf_text(out, "&lt;");
            break;
        case '>':
            buf_text(out, "&gt;");
            break;
        case '"':
            buf_text(out, "&quot;");
            break;
        case '\'':
            buf_text(out, "&#39;");
            break;
        default:
            buf_char(out, *text);
        }
    }
}

static const char *value_of(const char *name, const struct template_scope *scope)
{
    const char *value = find_value(name, scope)->value;
    return value ? value : "";
}

static void add_value(struct buf *out, const char *name, const struct template_scope *scope)
{
    const char *value = value_of(name, scope);
    add_escaped(out, value, strlen(value));
}

/* In a script element only `<` could end it, or begin a comment. */
void template_add_json(struct buf *out, const char *json)
{
    for (const char *end; (end = strchr(json, '<')); json = end + 1) {
        buf_add(out, json, (size_t)(end - json));
        buf_text(out, "\\u003c");
    }
    buf_text(out, json);
}

/* A text of the catalogue; `{name}` in it is a value. */
static void add_message(const struct filler *filler, const char *key,
                        const struct template_scope *scope)
{
    const char *text = message(filler->locale, key);
    for (const char *brace, *end; (brace = strchr(text, '{')) && (end = strchr(brace, '}'));
         text = end + 1) {
        char name[NAME_MOST];
        add_escaped(filler->out, text, (size_t)(brace - text));
        snprintf(name, sizeof name, "%.*s", (int)(end - brace - 1), brace + 1);
        add_value(filler->out, name, scope);
    }
    add_escaped(filler->out, text, strlen(text));
}

/* The next tag before `end`; false when there is none. */
static bool next_tag(const char *text, const char *end, struct tag *ret_tag)
{
    const char *begin = memmem(text, (size_t)(end - text), "{{", 2);
    if (!begin) {
        return false;
    }
    const char *close = strstr(begin, "}}");
    const char *name = begin + 2;
    *ret_tag = (struct tag){.begin = begin};
    ret_tag->kind = strchr("#^/>&", *name) ? *name++ : '\0';
    if (!close || close - name >= NAME_MOST) {
        die("a page has a broken tag: %.40s", begin);
    }
    snprintf(ret_tag->name, NAME_MOST, "%.*s", (int)(close - name), name);
    ret_tag->end = close + 2;
    return true;
}

/* The tag that ends the section which `open` begins. */
static struct tag closing_tag(const struct tag *open, const char *end)
{
    struct tag tag = *open;
    for (int depth = 1; depth;) {
        if (!next_tag(tag.end, end, &tag)) {
            die("a page does not end its section %s", open->name);
        }
        depth += tag.kind == '#' || tag.kind == '^' ? 1 : tag.kind == '/' ? -1 : 0;
    }
    if (!text_equal(tag.name, open->name)) {
        die("a page ends its section %s with %s", open->name, tag.name);
    }
    return tag;
}

static void fill(const struct filler *filler, const char *text, const char *end,
                 const struct template_scope *scope);

static void fill_section(const struct filler *filler, const struct tag *open, const char *end,
                         const struct template_scope *scope)
{
    const struct template_value *value = find_value(open->name, scope);
    const struct template_rows *rows = value->rows;
    bool there = rows ? rows->n : value->value && *value->value;
    if ((open->kind == '#') != there) {
        return;
    }
    if (!there || !rows) {
        fill(filler, open->end, end, scope);
        return;
    }
    for (size_t i = 0; i < rows->n; i++) {
        const struct template_scope row = {rows->values + i * rows->width, rows->width, scope};
        fill(filler, open->end, end, &row);
    }
}

static void fill(const struct filler *filler, const char *text, const char *end,
                 const struct template_scope *scope)
{
    for (struct tag tag; next_tag(text, end, &tag);) {
        buf_add(filler->out, text, (size_t)(tag.begin - text));
        text = tag.end;
        if (tag.kind == '#' || tag.kind == '^') {
            struct tag closing = closing_tag(&tag, end);
            fill_section(filler, &tag, closing.begin, scope);
            text = closing.end;
        } else if (tag.kind == '>') {
            template_fill(filler->out, tag.name, filler->locale, scope);
        } else if (tag.kind == '&') {
            template_add_json(filler->out, value_of(tag.name, scope));
        } else if (text_starts(tag.name, "t.")) {
            add_message(filler, tag.name + 2, scope);
        } else {
            add_value(filler->out, tag.name, scope);
        }
    }
    buf_add(filler->out, text, (size_t)(end - text));
}

void template_fill(struct buf *out, const char *name, const char *locale,
                   const struct template_scope *scope)
{
    char path[sizeof ASSETS + NAME_MOST];
    snprintf(path, sizeof path, ASSETS "%s", name);
    const struct embedded_file *file = embedded_find(path);
    if (!file) {
        die("there is no page %s", name);
    }
    const struct filler filler = {out, locale};
    fill(&filler, file->data, file->data + file->size, scope);
}
