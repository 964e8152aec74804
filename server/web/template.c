#include "template.h"

#include "base/die.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAME_MOST 64
#define DEPTH_MOST 8

static const char *find_value(const char *name, const struct template_value *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text_equal(values[i].name, name)) {
            return values[i].value ? values[i].value : "";
        }
    }
    die("a page names the value %s, which nobody gives", name);
}

static void add_escaped(struct buf *out, const char *text)
{
    for (; *text; text++) {
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

/* Reads "{{#name}}" at the text; its kind ('#', '^', '/' or 0) and name, and what stands behind it.
 */
static const char *read_tag(const char *text, char *ret_kind, char ret_name[NAME_MOST])
{
    const char *end = strstr(text, "}}");
    const char *name = text + 2;
    *ret_kind = strchr("#^/", *name) ? *name++ : '\0';
    if (!end || end - name >= NAME_MOST) {
        die("a page has a broken tag: %.40s", text);
    }
    snprintf(ret_name, NAME_MOST, "%.*s", (int)(end - name), name);
    return end + 2;
}

void template_fill(struct buf *out, const char *text, const struct template_value *values, size_t n)
{
    bool shown[DEPTH_MOST] = {true};
    int depth = 0;
    for (const char *tag; (tag = strstr(text, "{{"));) {
        char kind, name[NAME_MOST];
        if (shown[depth]) {
            buf_add(out, text, (size_t)(tag - text));
        }
        text = read_tag(tag, &kind, name);
        if (kind == '/') {
            depth -= depth > 0;
        } else if (kind) {
            bool there = *find_value(name, values, n);
            if (++depth == DEPTH_MOST) {
                die("a page nests too deep at %s", name);
            }
            shown[depth] = shown[depth - 1] && (kind == '#') == there;
        } else if (shown[depth]) {
            add_escaped(out, find_value(name, values, n));
        }
    }
    buf_text(out, text);
}
