/* Converts HTTP/1 heads to JSON. */
#include "answer.h"

#include "base/text.h"
#include "mask/mask.h"
#include "wire/json_out.h"

#include <string.h>

struct field {
    const char *name, *value;
};

static char *trim(char *text)
{
    text += strspn(text, " \t\r");
    size_t size = strlen(text);
    while (size && strchr(" \t\r", text[size - 1])) {
        size--;
    }
    text[size] = '\0';
    return text;
}

/* Joins a line that starts with a space or tab to the one before, with one space. */
static void unfold(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        if (*from == '\n' && (from[1] == ' ' || from[1] == '\t')) {
            from += 1 + strspn(from + 1, " \t");
            to -= to > text && to[-1] == '\r';
            *to++ = ' ';
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

static size_t read_fields(struct arena *arena, const struct buf *head, struct field *fields)
{
    size_t n = 0;
    char *rest = arena_copy(arena, buf_str(head), head->size);
    unfold(rest);
    strsep(&rest, "\n"); /* the start line */
    for (char *line; (line = strsep(&rest, "\n")) && n < HEAD_FIELDS_MOST;) {
        char *colon = strchr(line, ':');
        if (colon) {
            *colon = '\0';
            fields[n++] = (struct field){line, trim(colon + 1)};
        }
    }
    return n;
}

/* Joins the value of fields[at] with those of later fields of the same name, and clears their
 * names. */
static const char *join(struct arena *arena, struct field *fields, size_t n, size_t at)
{
    const char *value = fields[at].value;
    for (size_t i = at + 1; i < n; i++) {
        if (fields[i].name && text_equal_nocase(fields[i].name, fields[at].name)) {
            value = arena_printf(arena, "%s, %s", value, fields[i].value);
            fields[i].name = NULL;
        }
    }
    return value;
}

void head_to_json(struct buf *buf, struct arena *arena, const struct buf *head, bool masked)
{
    struct field fields[HEAD_FIELDS_MOST];
    size_t n = read_fields(arena, head, fields);
    struct json_out out = {.buf = buf};
    json_out_object(&out, NULL);
    for (size_t i = 0; i < n; i++) {
        if (fields[i].name) {
            const char *value = join(arena, fields, n, i);
            bool hidden = masked && mask_hides_header(fields[i].name);
            json_out_text(&out, fields[i].name, hidden ? "***" : value);
        }
    }
    json_out_object_end(&out);
}
