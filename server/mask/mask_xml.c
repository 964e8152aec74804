/* XML: elements and attributes of secret names. */
#include "mask_scan.h"

#include <string.h>

struct xml_scan {
    const struct mask_scan *scan;
    size_t end;
    size_t depth;
    size_t secret_depth; /* depth of the secret element, 0: not in one */
    struct mask_range name;
    enum mask_kind kind;
};

static size_t skip_blank(const struct xml_scan *xml, size_t at)
{
    return mask_skip(xml->scan, at, xml->end, MASK_BLANKS);
}

static size_t find(const struct xml_scan *xml, size_t at, const char *what)
{
    return mask_seek(xml->scan, at, xml->end, what, strlen(what));
}

static bool begins(const struct xml_scan *xml, size_t at, const char *what)
{
    size_t size = strlen(what);
    return xml->end - at >= size && memcmp(xml->scan->data + at, what, size) == 0;
}

static bool is_in_name(char c)
{
    return c && !strchr(MASK_BLANKS "<>/=\"'", c);
}

/* Reads the name at `at`, into `ret_local` without its namespace prefix. Returns its end. */
static size_t read_name(const struct xml_scan *xml, size_t at, struct mask_range *ret_local)
{
    *ret_local = (struct mask_range){at, at};
    for (; at < xml->end && is_in_name(xml->scan->data[at]); at++) {
        if (xml->scan->data[at] == ':') {
            ret_local->start = at + 1;
        }
    }
    ret_local->end = at;
    return at;
}

static void take_text(struct xml_scan *xml, struct mask_range text, enum mask_coding coding)
{
    if (!xml->secret_depth) {
        mask_find_anywhere(xml->scan, text, coding, false);
        return;
    }
    text.start = mask_skip(xml->scan, text.start, text.end, MASK_BLANKS);
    while (text.end > text.start && mask_is_one_of(xml->scan->data[text.end - 1], MASK_BLANKS)) {
        text.end--;
    }
    mask_emit(xml->scan, text, xml->name, xml->kind, false);
}

/* Reads a value in quotes, or up to a blank. Returns its end. */
static size_t read_attribute(const struct xml_scan *xml, size_t at, struct mask_range *ret_value)
{
    char quote = at < xml->end ? xml->scan->data[at] : '\0';
    if (quote == '"' || quote == '\'') {
        size_t end = find(xml, at + 1, quote == '"' ? "\"" : "'");
        *ret_value = (struct mask_range){at + 1, end};
        return end < xml->end ? end + 1 : end;
    }
    size_t end = at;
    while (end < xml->end && !mask_is_one_of(xml->scan->data[end], MASK_BLANKS ">")) {
        end++;
    }
    *ret_value = (struct mask_range){at, end};
    return end;
}

/* Whether an element is named like <cvv> or <param name="cvv">. */
static void take_element_name(struct xml_scan *xml, struct mask_range name, enum mask_coding coding)
{
    if (!xml->secret_depth && mask_is_secret_name(xml->scan, name, coding, &xml->kind)) {
        xml->secret_depth = xml->depth;
        xml->name = name;
    }
}

static bool is_name_attribute(const struct xml_scan *xml, struct mask_range name)
{
    return name.end - name.start == strlen("name") && begins(xml, name.start, "name");
}

static size_t take_attribute(struct xml_scan *xml, size_t at)
{
    struct mask_range name, value;
    enum mask_kind kind = xml->kind;
    size_t next = skip_blank(xml, read_name(xml, at, &name));
    if (next >= xml->end || xml->scan->data[next] != '=') {
        return next > at ? next : at + 1;
    }
    next = read_attribute(xml, skip_blank(xml, next + 1), &value);
    if (is_name_attribute(xml, name)) {
        mask_find_anywhere(xml->scan, value, MASK_ENTITY, false);
        take_element_name(xml, value, MASK_ENTITY);
    } else if (mask_is_secret_name(xml->scan, name, MASK_ENTITY, &kind)) {
        mask_emit(xml->scan, value, name, kind, false);
    } else {
        take_text(xml, value, MASK_ENTITY);
    }
    return next;
}

static void leave_element(struct xml_scan *xml)
{
    if (xml->secret_depth == xml->depth) {
        xml->secret_depth = 0;
    }
    xml->depth -= xml->depth > 0;
}

/* Reads a start tag after its '<'. Returns its end. */
static size_t take_tag(struct xml_scan *xml, size_t at)
{
    struct mask_range name;
    xml->depth++;
    at = read_name(xml, at, &name);
    take_element_name(xml, name, MASK_ENTITY);
    while ((at = skip_blank(xml, at)) < xml->end && xml->scan->data[at] != '>') {
        if (begins(xml, at, "/>")) {
            leave_element(xml);
            return at + 2;
        }
        at = take_attribute(xml, at);
    }
    return at < xml->end ? at + 1 : at;
}

/* Reads markup that begins with '<'. Returns its end. */
static size_t take_markup(struct xml_scan *xml, size_t at)
{
    static const struct {
        const char *begin, *end;
        bool text;
    } others[] = {{"<!--", "-->", false},
                  {"<![CDATA[", "]]>", true},
                  {"<?", "?>", false},
                  {"<!", ">", false}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (begins(xml, at, others[i].begin)) {
            size_t start = at + strlen(others[i].begin), end = find(xml, start, others[i].end);
            if (others[i].text) {
                take_text(xml, (struct mask_range){start, end}, MASK_PLAIN);
            } else {
                mask_find_text(xml->scan, (struct mask_range){start, end}, MASK_ENTITY);
            }
            return end < xml->end ? end + strlen(others[i].end) : end;
        }
    }
    if (begins(xml, at, "</")) {
        leave_element(xml);
        size_t end = find(xml, at, ">");
        return end < xml->end ? end + 1 : end;
    }
    return take_tag(xml, at + 1);
}

void mask_find_xml(const struct mask_scan *scan, struct mask_range range)
{
    struct xml_scan xml = {.scan = scan, .end = range.end};
    for (size_t at = range.start; at < range.end;) {
        if (scan->data[at] == '<') {
            at = take_markup(&xml, at);
        } else {
            size_t end = find(&xml, at, "<");
            take_text(&xml, (struct mask_range){at, end}, MASK_ENTITY);
            at = end;
        }
    }
}
