/* Selects the reader of a text. Reads multipart bodies, whose parts need a reader each. */
#include "mask_scan.h"

#include <string.h>
#include <strings.h>

/* ------------------------------------------------------------------ multipart */

/* The `name` in a part's head; empty if there is none. */
static struct mask_range part_name(const struct mask_scan *scan, struct mask_range head)
{
    const size_t size = strlen("name=");
    for (size_t at = head.start + 1; at + size < head.end; at++) {
        char before = scan->data[at - 1];
        if (strncasecmp(scan->data + at, "name=", size) != 0 || mask_is_word(before)) {
            continue;
        }
        bool quoted = scan->data[at + size] == '"';
        struct mask_range name = {at + size + quoted, at + size + quoted};
        const char *ends = quoted ? "\"\r\n" : "; \t\r\n";
        while (name.end < head.end && !mask_is_one_of(scan->data[name.end], ends)) {
            name.end++;
        }
        return name;
    }
    return (struct mask_range){head.start, head.start};
}

/* Reads a part after the line of its boundary: head, empty line, value. */
static void take_part(const struct mask_scan *scan, struct mask_range part)
{
    enum mask_kind kind;
    size_t crlf = mask_seek(scan, part.start, part.end, "\r\n\r\n", 4);
    size_t lf = mask_seek(scan, part.start, part.end, "\n\n", 2);
    struct mask_range head = {part.start, crlf < lf ? crlf : lf};
    struct mask_range value = {head.end + (crlf < lf ? 4 : 2), part.end};
    struct mask_range name = part_name(scan, head);
    mask_find_anywhere(scan, head, MASK_PLAIN, false);
    if (head.end == part.end) {
        return;
    }
    if (value.end > value.start && scan->data[value.end - 1] == '\r') {
        value.end--; /* of the line end before the boundary */
    }
    if (mask_is_secret_key(scan, name, MASK_PLAIN, &kind)) {
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
