#include "multipart.h"

#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\n"

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

static size_t size_of(const struct multipart_text *text)
{
    return (size_t)(text->end - text->start);
}

/* ------------------------------------------------------------------ parameters */

struct multipart_text multipart_boundary(const char *type)
{
    const char *at = type ? strcasestr(type, "boundary") : NULL;
    at = at ? strchr(at, '=') : NULL;
    if (!at) {
        return (struct multipart_text){0};
    }
    bool quoted = at[1] == '"';
    at += 1 + quoted;
    size_t size = strcspn(at, quoted ? "\"" : ",;");
    return quoted && !at[size] ? (struct multipart_text){0}
                               : (struct multipart_text){.start = at, .end = at + size};
}

/* The quote that ends what the one at `at` begins, or the end. */
static const char *find_quote(const char *at, const char *end)
{
    char quote = *at++;
    while (at < end && *at != quote) {
        at += 1 + (*at == '\\' && end - at > 1 && (at[1] == quote || at[1] == '\\'));
    }
    return at;
}

/* Takes what is before the next `stop` outside quotes. */
static struct multipart_text take_before(struct multipart_text *rest, char stop)
{
    const char *at = rest->start;
    while (at < rest->end && *at != stop) {
        at = *at == '"' || *at == '\'' ? find_quote(at, rest->end) : at;
        at += at < rest->end;
    }
    struct multipart_text taken = {.start = rest->start, .end = at};
    rest->start = at + (at < rest->end);
    return taken;
}

static void skip_blanks(struct multipart_text *text)
{
    while (text->start < text->end && is_one_of(*text->start, BLANKS)) {
        text->start++;
    }
}

/* A quoted text, or a word. */
static struct multipart_text read_value(struct multipart_text text)
{
    skip_blanks(&text);
    if (text.start < text.end && (*text.start == '"' || *text.start == '\'')) {
        return (struct multipart_text){
            .start = text.start + 1, .end = find_quote(text.start, text.end), .quote = *text.start};
    }
    const char *at = text.start;
    while (at < text.end && !is_one_of(*at, BLANKS)) {
        at++;
    }
    return (struct multipart_text){.start = text.start, .end = at};
}

static bool is_named(const struct multipart_text *text, const char *name)
{
    size_t size = strlen(name);
    return size_of(text) == size && strncasecmp(text->start, name, size) == 0;
}

/* Of a parameter that is repeated, the last counts. */
static void read_disposition(struct multipart_text rest, struct multipart_part *part)
{
    while (rest.start < rest.end) {
        struct multipart_text value = take_before(&rest, ';');
        skip_blanks(&value);
        struct multipart_text name = take_before(&value, '=');
        bool given = value.start > name.end; /* behind an equals sign */
        if (given && is_named(&name, "name")) {
            part->name = read_value(value);
        } else if (given && is_named(&name, "filename")) {
            part->file = read_value(value);
        }
    }
}

/* ------------------------------------------------------------------ heads */

/* Behind the line that begins there, or NULL if it does not end. */
static const char *next_line(const char *at, const char *end)
{
    const char *feed = memchr(at, '\n', (size_t)(end - at));
    return feed ? feed + 1 : NULL;
}

static bool is_empty_line(const char *at, const char *end)
{
    at += at < end && *at == '\r';
    return at < end && *at == '\n';
}

/* Whether a line goes on with the header before it: it begins with a blank or has no colon. */
static bool goes_on(const char *line, const char *end)
{
    const char *next = next_line(line, end);
    return line < end && !is_empty_line(line, end) &&
           (*line == ' ' || *line == '\t' ||
            !memchr(line, ':', (size_t)((next ? next : end) - line)));
}

/* Takes a header with the lines on which it goes on. Returns false if it does not end. */
static bool take_header(const char **at, const char *end, struct multipart_text *ret_header)
{
    const char *line = *at;
    do {
        line = next_line(line, end);
    } while (line && goes_on(line, end));
    if (!line) {
        return false;
    }
    *ret_header = (struct multipart_text){.start = *at, .end = line};
    while (ret_header->end > ret_header->start && is_one_of(ret_header->end[-1], BLANKS)) {
        ret_header->end--;
    }
    *at = line;
    return true;
}

/* The header's name is before its colon; `value` is what is behind. */
static struct multipart_text split_header(struct multipart_text header,
                                          struct multipart_text *ret_value)
{
    const char *colon = memchr(header.start, ':', size_of(&header));
    const char *end = colon ? colon : header.end;
    *ret_value = (struct multipart_text){.start = end + (end < header.end), .end = header.end};
    skip_blanks(ret_value);
    return (struct multipart_text){.start = header.start, .end = end};
}

/* Of headers that are repeated, the first counts. Returns false if no empty line ends the head, or
 * if it is no text. */
static bool read_head(struct multipart *body, struct multipart_part *part)
{
    struct multipart_text header, value;
    bool disposed = false;
    while (!is_empty_line(body->at, body->end)) {
        if (!take_header(&body->at, body->end, &header) ||
            memchr(header.start, '\0', size_of(&header))) {
            return false;
        }
        struct multipart_text name = split_header(header, &value);
        if (!disposed && is_named(&name, "Content-Disposition")) {
            read_disposition(value, part);
            disposed = true;
        } else if (!part->encoding.start && is_named(&name, "Content-Transfer-Encoding")) {
            part->encoding = value;
        }
    }
    body->at = next_line(body->at, body->end);
    return true;
}

/* ------------------------------------------------------------------ parts */

static bool is_last(const char *after, const char *end)
{
    return end - after >= 2 && memcmp(after, "--", 2) == 0;
}

static bool is_delimiter(const struct multipart *body, const char *line)
{
    size_t size = size_of(&body->boundary);
    if ((size_t)(body->end - line) < 2 + size || memcmp(line, "--", 2) != 0 ||
        memcmp(line + 2, body->boundary.start, size) != 0) {
        return false;
    }
    const char *after = line + 2 + size;
    return is_last(after, body->end) || (after < body->end && is_one_of(*after, BLANKS));
}

/* The next line that is a delimiter, or NULL. */
static const char *find_delimiter(const struct multipart *body)
{
    const char *line = body->at;
    while (line && !is_delimiter(body, line)) {
        line = next_line(line, body->end);
    }
    return line;
}

bool multipart_begin(struct multipart *body, const struct multipart_text *boundary,
                     const char *data, size_t size)
{
    *body = (struct multipart){.boundary = *boundary, .at = data, .end = data + size};
    body->at = find_delimiter(body);
    return body->at;
}

/* The value ends before the line end that belongs to the delimiter. */
static const char *value_end(const char *start, const char *delimiter)
{
    const char *end = delimiter;
    end -= end > start && end[-1] == '\n';
    end -= end > start && end[-1] == '\r';
    return end;
}

enum multipart_step multipart_next(struct multipart *body, struct multipart_part *ret_part)
{
    const char *after = body->at + 2 + size_of(&body->boundary);
    *ret_part = (struct multipart_part){
        .head = {.start = after, .end = body->end},
        .value = {.start = body->end, .end = body->end},
    };
    if (is_last(after, body->end)) {
        body->at = after;
        return MULTIPART_END;
    }
    body->at = next_line(after, body->end);
    if (!body->at || !read_head(body, ret_part)) {
        return MULTIPART_BROKEN;
    }
    ret_part->head.end = ret_part->value.start = body->at;
    body->at = find_delimiter(body);
    if (!body->at) {
        return MULTIPART_BROKEN;
    }
    ret_part->value.end = value_end(ret_part->value.start, body->at);
    return MULTIPART_PART;
}
