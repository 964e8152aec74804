#include "answer.h"

#include "base/text.h"
#include "domain/invoice.h"
#include "wire/json_out.h"

#include <string.h>
#include <strings.h>

static bool refuse(struct answer *answer, const char *flaw)
{
    answer->flaw = flaw;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ------------------------------------------------------------------ the status line */

/* Reads the status of "HTTP/1.1 200", followed by a space or the line's end; returns 0 if
 * malformed. */
static int read_status(const char *line, size_t size)
{
    const size_t start = strlen("HTTP/1.x ");
    int status = 0;
    if (size <= start + 3 ||
        (memcmp(line, "HTTP/1.1 ", start) != 0 && memcmp(line, "HTTP/1.0 ", start) != 0)) {
        return 0;
    }
    for (const char *digit = line + start; digit < line + start + 3; digit++) {
        if (*digit < '0' || *digit > '9') {
            return 0;
        }
        status = status * 10 + (*digit - '0');
    }
    return status >= 100 && is_blank(line[start + 3]) ? status : 0;
}

/* Starts a head; an interim response is forgotten. */
static bool take_status(struct answer *answer, const char *line, size_t size)
{
    answer->status = read_status(line, size);
    answer->head.size = 0;
    answer->fields = 0;
    answer->framed = answer->sized = false;
    if (!answer->status) {
        return refuse(answer, ANSWER_NO_STATUS);
    }
    if (answer->status == 101) {
        return refuse(answer, "the receiver switched protocols, which a callback never requests");
    }
    return true;
}

/* ------------------------------------------------------------------ fields */

struct rule {
    const char *name;
    bool (*holds)(struct answer *answer, const char *value, size_t size);
};

/* curl accepts repeated lengths and uses the last; it also ignores text after the digits. */
static bool length_holds(struct answer *answer, const char *value, size_t size)
{
    char text[24];
    int64_t length;
    if (size >= sizeof text) {
        return refuse(answer, "the answer's Content-Length is not a number");
    }
    memcpy(text, value, size);
    text[size] = '\0';
    if (strspn(text, "0123456789") != size || !text_to_int(text, &length)) {
        return refuse(answer, "the answer's Content-Length is not a number");
    }
    if (answer->sized && answer->length != length) {
        return refuse(answer, "the answer has two different Content-Lengths");
    }
    answer->sized = true;
    answer->length = length;
    return true;
}

/* curl decompresses transfer codings without being asked: a few bytes could block the loop for
 * long. */
static bool coding_holds(struct answer *answer, const char *value, size_t size)
{
    bool good = (size == strlen("chunked") && strncasecmp(value, "chunked", size) == 0) ||
                (size == strlen("identity") && strncasecmp(value, "identity", size) == 0);
    return good || refuse(answer, ANSWER_CODING);
}

static const struct rule rules[] = {
    {"Content-Length", length_holds},
    {"Transfer-Encoding", coding_holds},
};

static const struct rule *rule_of(const char *name, size_t size)
{
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
        if (strlen(rules[i].name) == size && strncasecmp(rules[i].name, name, size) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

static bool take_field(struct answer *answer, const char *line, size_t size)
{
    const char *colon = memchr(line, ':', size);
    if (!colon) {
        return refuse(answer, "the answer has a header line without a colon");
    }
    if (colon == line || (unsigned char)*line < ' ') { /* for curl, a CR ends the head */
        return refuse(answer, "the answer has a header without a name");
    }
    if (++answer->fields > HEAD_FIELDS_MOST) {
        return refuse(answer, "the answer has more than 256 headers");
    }
    const struct rule *rule = answer->ended ? NULL : rule_of(line, (size_t)(colon - line));
    answer->framed = rule;
    const char *value = colon + 1, *end = line + size;
    while (value < end && is_blank(*value)) {
        value++;
    }
    while (end > value && is_blank(end[-1])) {
        end--;
    }
    return !rule || rule->holds(answer, value, (size_t)(end - value));
}

/* curl parses each line of a folded header separately, so a header that frames the body must not be
 * folded. */
static bool take_fold(struct answer *answer)
{
    if (!answer->fields) {
        return refuse(answer, ANSWER_FOLDED);
    }
    return !answer->framed ||
           refuse(answer, "the answer's Content-Length or Transfer-Encoding is folded");
}

/* ------------------------------------------------------------------ lines and body */

static bool line_holds(struct answer *answer, const char *line, size_t size)
{
    if (!answer->status) {
        return take_status(answer, line, size);
    }
    if (*line == '\n' || (*line == '\r' && size == 2)) {
        answer->ended = answer->status >= 200;
        answer->status = answer->ended ? answer->status : 0;
        return true;
    }
    return *line == ' ' || *line == '\t' ? take_fold(answer) : take_field(answer, line, size);
}

bool answer_take_line(struct answer *answer, const char *line, size_t size)
{
    answer->head_came += size;
    if (answer->head_came > ANSWER_HEAD_MOST) {
        return refuse(answer, ANSWER_LONG_HEAD);
    }
    if (memchr(line, '\0', size)) {
        return refuse(answer, "the answer's headers hold a NUL byte");
    }
    if (!line_holds(answer, line, size)) {
        return false;
    }
    buf_add(&answer->head, line, size);
    return true;
}

bool answer_take_body(struct answer *answer, const char *data, size_t size)
{
    size_t room = ANSWER_BODY_KEPT - answer->body.size;
    buf_add(&answer->body, data, size < room ? size : room);
    answer->body_came += size;
    return answer->body_came <= ANSWER_BODY_MOST ||
           refuse(answer, "the answer's body is longer than 16 MiB");
}

void answer_finish(struct answer *answer)
{
    buf_finish(&answer->head);
    buf_finish(&answer->body);
}

/* ------------------------------------------------------------------ heads as JSON */

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

const char *head_line(struct arena *arena, const struct buf *head)
{
    size_t size = strcspn(buf_str(head), "\r\n");
    char *line = arena_copy(arena, buf_str(head), size < HEAD_LINE_MOST ? size : HEAD_LINE_MOST);
    for (char *c = line; *c; c++) {
        *c = *c < ' ' || *c > '~' ? '?' : *c;
    }
    return head->size ? line : NULL;
}

/* The lines after the start line, with '\n' between them. */
static char *plain_lines(struct arena *arena, const struct buf *head)
{
    char *all = arena_copy(arena, buf_str(head), head->size), *to = all;
    for (const char *from = all; *from; from++) {
        if (from[0] != '\r' || from[1] != '\n') {
            *to++ = *from;
        }
    }
    while (to > all && to[-1] == '\n') {
        to--;
    }
    *to = '\0';
    char *first = strchr(all, '\n');
    return first ? first + 1 : to;
}

/* A name stands once, and what was read of each line is all of it. */
static bool is_plain(struct field *fields, size_t n, const char *lines)
{
    for (size_t i = 0; i < n; i++) {
        size_t name = strlen(fields[i].name), value = strlen(fields[i].value);
        if (!text_starts(lines, fields[i].name) || !text_starts(lines + name, ": ") ||
            !text_starts(lines + name + 2, fields[i].value)) {
            return false;
        }
        lines += name + 2 + value;
        lines += *lines == '\n';
        for (size_t k = 0; k < i; k++) {
            if (text_equal_nocase(fields[k].name, fields[i].name)) {
                return false;
            }
        }
    }
    return !*lines;
}

const char *head_lines(struct arena *arena, const struct buf *head)
{
    struct field fields[HEAD_FIELDS_MOST];
    char *lines = plain_lines(arena, head);
    if (is_plain(fields, read_fields(arena, head, fields), lines)) {
        return NULL;
    }
    bool utf8 = text_utf8_length(lines, strlen(lines)) >= 0;
    for (char *c = lines; *c && !utf8; c++) {
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    }
    return lines;
}

void head_to_json(struct buf *buf, struct arena *arena, const struct buf *head,
                  bool (*hides)(const void *arg, const char *name), const void *arg)
{
    struct field fields[HEAD_FIELDS_MOST];
    size_t n = read_fields(arena, head, fields);
    struct json_out out = {.buf = buf};
    json_out_object(&out, NULL);
    for (size_t i = 0; i < n; i++) {
        if (fields[i].name) {
            const char *value = join(arena, fields, n, i);
            bool hidden = hides && hides(arg, fields[i].name);
            json_out_text(&out, fields[i].name, hidden ? "***" : value);
        }
    }
    json_out_object_end(&out);
}
