/* Selects the reader of a text. Reads multipart bodies, whose parts need a reader each. */
#include "mask_scan.h"

#include <string.h>
#include <strings.h>

/* ------------------------------------------------------------------ multipart */

/* The value after a `name=`. */
static struct mask_range name_at(const struct mask_scan *scan, size_t at, size_t end)
{
    bool quoted = scan->data[at] == '"';
    struct mask_range name = {at + quoted, at + quoted};
    const char *ends = quoted ? "\"\r\n" : ";,\r\n";
    while (name.end < end && !mask_is_one_of(scan->data[name.end], ends)) {
        name.end++;
    }
    while (name.end > name.start && mask_is_one_of(scan->data[name.end - 1], " \t")) {
        name.end--;
    }
    return name;
}

/*
 * Whether any `name` in a part's head is secret: which of several counts is up to the reader. What
 * is behind a quote is searched too, since it may be the end of another value; each search for the
 * end stops at the next quote, so the time stays linear.
 */
static bool is_secret_part(const struct mask_scan *scan, struct mask_range head,
                           struct mask_range *ret_name, enum mask_kind *ret_kind)
{
    const size_t size = strlen("name=");
    for (size_t at = head.start + 1; at + size < head.end; at++) {
        if (strncasecmp(scan->data + at, "name=", size) != 0 || mask_is_word(scan->data[at - 1])) {
            continue;
        }
        *ret_name = name_at(scan, at + size, head.end);
        if (mask_is_secret_key(scan, *ret_name, MASK_PLAIN, ret_kind)) {
            return true;
        }
        if (scan->data[at + size] != '"') {
            at = ret_name->end - 1;
        }
    }
    return false;
}

/* Reads a part after the line of its boundary: head, empty line, value. */
static void take_part(const struct mask_scan *scan, struct mask_range part)
{
    enum mask_kind kind;
    size_t crlf = mask_seek(scan, part.start, part.end, "\r\n\r\n", 4);
    size_t lf = mask_seek(scan, part.start, part.end, "\n\n", 2);
    struct mask_range head = {part.start, crlf < lf ? crlf : lf};
    struct mask_range value = {head.end + (crlf < lf ? 4 : 2), part.end};
    struct mask_range name;
    mask_find_anywhere(scan, head, MASK_PLAIN, false);
    if (head.end == part.end) {
        return;
    }
    if (value.end > value.start && scan->data[value.end - 1] == '\r') {
        value.end--; /* of the line end before the boundary */
    }
    if (is_secret_part(scan, head, &name, &kind)) {
        mask_emit(scan, value, name, kind, false);
    } else {
        mask_find_part(scan, value);
    }
}

void mask_find_multipart(const struct mask_scan *scan, struct mask_range range)
{
    const char *start = scan->data + range.start;
    const char *line = memchr(start, '\n', range.end - range.start);
    size_t size = line ? (size_t)(line - start) : range.end - range.start;
    size -= size && start[size - 1] == '\r';
    for (size_t at = range.start; at < range.end;) {
        /* from after the boundary to the line end before the next one */
        struct mask_range part = {at + size, at + size};
        for (;; part.end++) {
            part.end = mask_seek(scan, part.end, range.end, start, size);
            if (part.end == range.end || scan->data[part.end - 1] == '\n') {
                break;
            }
        }
        at = part.end;
        part.end -= part.end < range.end;
        take_part(scan, part);
    }
}

/* ------------------------------------------------------------------ the formats */

static size_t skip_blank(const struct mask_scan *scan, struct mask_range range)
{
    size_t at = range.start;
    if (range.end - at >= 3 && memcmp(scan->data + at, "\xef\xbb\xbf", 3) == 0) {
        at += 3; /* a byte order mark */
    }
    while (at < range.end && isspace((unsigned char)scan->data[at])) {
        at++;
    }
    return at;
}

/* Reads JSON or XML, told by the first character. Returns false if it is neither. */
static bool find_structured(const struct mask_scan *scan, struct mask_range range)
{
    size_t first = skip_blank(scan, range);
    char c = first < range.end ? scan->data[first] : '\0';
    if (c == '{' || c == '[') {
        mask_find_json(scan, range);
    } else if (c == '<') {
        mask_find_xml(scan, range);
    }
    return c == '{' || c == '[' || c == '<';
}

void mask_find_part(const struct mask_scan *scan, struct mask_range range)
{
    if (!find_structured(scan, range)) {
        mask_find_anywhere(scan, range, MASK_PLAIN, false);
    }
}

void mask_find(const char *data, size_t size, void (*each)(void *arg, const struct mask_span *span),
               void *arg)
{
    const struct mask_scan scan = {.data = data, .size = size, .each = each, .arg = arg};
    struct mask_range all = {0, size};
    if (size == 0 || find_structured(&scan, all)) {
        return;
    }
    if (size > 2 && data[0] == '-' && data[1] == '-') {
        mask_find_multipart(&scan, all);
    } else {
        mask_find_form(&scan, all);
    }
}

void mask_find_target(const char *data, size_t size,
                      void (*each)(void *arg, const struct mask_span *span), void *arg)
{
    const struct mask_scan scan = {
        .data = data, .size = size, .query = true, .each = each, .arg = arg};
    const char *mark = size ? memchr(data, '?', size) : NULL;
    size_t path = mark ? (size_t)(mark - data) : size;
    mask_find_anywhere(&scan, (struct mask_range){0, path}, MASK_PERCENT, false);
    if (mark) {
        mask_find_form(&scan, (struct mask_range){path + 1, size});
    }
}
