/*
 * Reads multipart/form-data (RFC 7578); field names follow the rules of form.h. libmicrohttpd's own
 * reader wants the boundary last, in lower case and of two characters, while real clients put a
 * charset behind it. Here the Content-Type is read as PHP reads it.
 */
#include "http/form.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

#define BLANKS " \t"

/* Bytes that are still to read. */
struct rest {
    const char *at, *end;
};

struct part {
    const char *name, *file, *encoding; /* NULL: not said */
    struct rest value;
};

/* ------------------------------------------------------------------ the head of a part */

/* The end of a value: of `"text"`, in which a backslash is before a quote or another one, or of a
 * word. */
static const char *value_end(const char *at)
{
    if (*at != '"') {
        return at + strcspn(at, ";,");
    }
    for (at++; *at && *at != '"'; at++) {
        at += *at == '\\' && (at[1] == '"' || at[1] == '\\');
    }
    return at + (*at == '"');
}

static const char *copy_quoted(struct arena *arena, const char *at, const char *end)
{
    char *value = arena_alloc(arena, (size_t)(end - at)), *to = value;
    for (at++; at < end && *at != '"'; at++) {
        at += *at == '\\' && (at[1] == '"' || at[1] == '\\');
        *to++ = *at;
    }
    *to = '\0';
    return value;
}

static const char *copy_word(struct arena *arena, const char *at, const char *end)
{
    while (end > at && strchr(BLANKS, end[-1])) {
        end--;
    }
    return arena_copy(arena, at, (size_t)(end - at));
}

/* Returns a parameter of a header's value, "; name=x", or NULL. Only its value is copied: a header
 * may have as many others as a body has room for. */
static const char *find_parameter(struct arena *arena, const char *header, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = header + strcspn(header, ";,"); *at; at += strcspn(at, ";,")) {
        at += strspn(at, ";," BLANKS);
        const char *said = at;
        at += strcspn(at, "=;,");
        if (*at != '=') {
            continue;
        }
        const char *value = at + 1;
        at = value_end(value);
        if ((size_t)(value - 1 - said) == size && strncasecmp(said, name, size) == 0) {
            return *value == '"' ? copy_quoted(arena, value, at) : copy_word(arena, value, at);
        }
    }
    return NULL;
}

/* Takes a line without its end. Returns NULL if no line ends here, or if it is no text. */
static char *read_line(struct arena *arena, struct rest *rest)
{
    const char *end = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));
    size_t size = end ? (size_t)(end - rest->at) : 0;
    if (!end || memchr(rest->at, '\0', size)) {
        return NULL;
    }
    char *line = arena_copy(arena, rest->at, size);
    line[size - (size && line[size - 1] == '\r')] = '\0';
    rest->at = end + 1;
    return line;
}

/* The value of the line if it is of this header, else NULL. */
static const char *value_of(const char *line, const char *header)
{
    size_t size = strlen(header);
    return strncasecmp(line, header, size) != 0 || line[size] != ':'
               ? NULL
               : line + size + 1 + strspn(line + size + 1, BLANKS);
}

/* Of headers that are repeated, the first with a name counts. Returns false if no empty line ends
 * them. */
static bool read_head(struct arena *arena, struct rest *rest, struct part *part)
{
    char *line;
    while ((line = read_line(arena, rest)) && *line) {
        const char *disposition = value_of(line, "Content-Disposition");
        const char *encoding = value_of(line, "Content-Transfer-Encoding");
        if (disposition && !part->name) {
            part->name = find_parameter(arena, disposition, "name");
            part->file = find_parameter(arena, disposition, "filename");
        }
        part->encoding = part->encoding ?: encoding;
    }
    return line;
}

/* ------------------------------------------------------------------ the parts */

static bool ends_delimiter(const char *at, const char *end)
{
    bool last = end - at >= 2 && memcmp(at, "--", 2) == 0;
    return last || (at < end && *at && strchr("\r\n" BLANKS, *at));
}

/* Finds the next line that is the delimiter, "--BOUNDARY". Returns NULL if there is none. */
static const char *find_delimiter(const struct rest *rest, const char *delimiter, size_t size)
{
    const char *at = rest->at;
    while ((at = memmem(at, (size_t)(rest->end - at), delimiter, size))) {
        bool begins = at == rest->at || at[-1] == '\n';
        if (begins && ends_delimiter(at + size, rest->end)) {
            return at;
        }
        at++;
    }
    return NULL;
}

/* The value ends before the line end that belongs to the delimiter. */
static struct rest value_before(const char *start, const char *delimiter)
{
    const char *end = delimiter;
    end -= end > start && end[-1] == '\n';
    end -= end > start && end[-1] == '\r';
    return (struct rest){start, end};
}

/* Returns NULL if the part is plain text, else what is wrong with it. */
static const char *why_no_field(const char *name, const char *file, const char *encoding)
{
    static const char *const plain[] = {"7bit", "8bit", "binary", NULL};
    if (!*name) {
        return "This part has no name: write Content-Disposition: form-data; name=\"...\".";
    }
    if (file) {
        return "This field is a file: only texts are accepted here.";
    }
    return encoding && text_index_nocase(plain, encoding) < 0
               ? "This part has a Content-Transfer-Encoding: send it as it is."
               : NULL;
}

static void take(struct form *form, const struct part *part)
{
    struct json_errors *errors = form->errors;
    size_t size = (size_t)(part->value.end - part->value.at);
    if (part->file && !*part->file && !size) {
        return; /* a file input that was left empty */
    }
    const char *name = part->name ?: "";
    const char *why = why_no_field(name, part->file, part->encoding);
    if (why) {
        json_errors_add(errors, form_shown(errors->arena, name, strlen(name)), "%s", why);
    } else {
        form_add(form, name, strlen(name), part->value.at, size);
    }
}

/* Returns whether there was a part, and the delimiter at the end. */
static bool read_parts(struct rest rest, const char *delimiter, struct form *form)
{
    bool any = false;
    size_t size = strlen(delimiter);
    const char *at = find_delimiter(&rest, delimiter, size);
    while (at && form->n <= FORM_FIELDS_MOST) {
        struct part part = {0};
        rest.at = at + size;
        if (rest.end - rest.at >= 2 && memcmp(rest.at, "--", 2) == 0) {
            return any;
        }
        if (!read_line(form->errors->arena, &rest) ||
            !read_head(form->errors->arena, &rest, &part)) {
            return false;
        }
        at = find_delimiter(&rest, delimiter, size);
        if (at) {
            part.value = value_before(rest.at, at);
            take(form, &part);
            any = true;
        }
    }
    return at;
}

const char *multipart_read(const char *type, const char *body, size_t size, struct form *form)
{
    struct arena *arena = form->errors->arena;
    const char *boundary = find_parameter(arena, type, "boundary");
    if (!boundary || !*boundary) {
        return "multipart/form-data has no boundary in its Content-Type";
    }
    const struct rest all = {body, body + size};
    return read_parts(all, arena_printf(arena, "--%s", boundary), form)
               ? NULL
               : "the body is not whole multipart/form-data with the boundary of its Content-Type";
}
