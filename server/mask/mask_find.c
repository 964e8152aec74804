/* Selects the reader of a text. Reads the parts of multipart bodies, which need a reader each. */
#include "mask_scan.h"

#include "base/multipart.h"

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

static struct mask_range range_of(const struct mask_scan *scan, const struct multipart_text *text)
{
    return text->start ? (struct mask_range){(size_t)(text->start - scan->data),
                                             (size_t)(text->end - scan->data)}
                       : (struct mask_range){0};
}

static void take_part(const struct mask_scan *scan, const struct multipart_part *part)
{
    enum mask_kind kind;
    struct mask_range head = range_of(scan, &part->head), value = range_of(scan, &part->value);
    struct mask_range name = range_of(scan, &part->name);
    mask_find_text(scan, head, MASK_PLAIN);
    if (mask_is_secret_key(scan, name, MASK_PLAIN, &kind) ||
        is_secret_part(scan, head, &name, &kind)) {
        mask_emit(scan, value, name, kind, false);
    } else {
        mask_find_part(scan, value);
    }
}

/* Returns false if the body has no part with this boundary. */
static bool find_multipart(const struct mask_scan *scan, const struct multipart_text *boundary)
{
    struct multipart body;
    struct multipart_part part;
    if (boundary->start == boundary->end ||
        !multipart_begin(&body, boundary, scan->data, scan->size)) {
        return false;
    }
    enum multipart_step step;
    mask_find_text(scan, (struct mask_range){0, (size_t)(body.at - scan->data)}, MASK_PLAIN);
    while ((step = multipart_next(&body, &part)) == MULTIPART_PART) {
        take_part(scan, &part);
    }
    if (step == MULTIPART_BROKEN) {
        take_part(scan, &part);
    } else {
        mask_find_text(scan, range_of(scan, &part.head), MASK_PLAIN);
    }
    return true;
}

/* The boundary of a body without a Content-Type: its first line, if that begins with "--". */
static struct multipart_text first_boundary(const struct mask_scan *scan)
{
    if (scan->size <= 2 || memcmp(scan->data, "--", 2) != 0) {
        return (struct multipart_text){0};
    }
    const char *start = scan->data + 2;
    const char *feed = memchr(start, '\n', scan->size - 2);
    struct multipart_text line = {.start = start, .end = feed ? feed : scan->data + scan->size};
    while (line.end > start && mask_is_one_of(line.end[-1], MASK_BLANKS)) {
        line.end--;
    }
    return line;
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
        mask_find_text(scan, range, MASK_PLAIN);
    }
}

void mask_find(const char *type, const char *data, size_t size,
               void (*each)(void *arg, const struct mask_span *span), void *arg)
{
    const struct mask_scan scan = {.data = data, .size = size, .each = each, .arg = arg};
    struct mask_range all = {0, size};
    bool parts = type && strncasecmp(type, "multipart/", strlen("multipart/")) == 0;
    struct multipart_text said = multipart_boundary(parts ? type : NULL);
    if (size == 0 || find_multipart(&scan, &said) || find_structured(&scan, all)) {
        return;
    }
    said = first_boundary(&scan);
    if (!find_multipart(&scan, &said)) {
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
