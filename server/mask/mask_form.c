/* Forms and queries. Names are decoded as in form.h. */
#include "mask_scan.h"

#include <string.h>

bool mask_is_secret_key(const struct mask_scan *scan, struct mask_range key,
                        enum mask_coding coding, enum mask_kind *ret_kind)
{
    struct mask_range name = {key.start, key.start};
    for (size_t at = key.start; at < key.end;) {
        char c;
        size_t width = mask_decode(coding, scan->data, at, key.end, &c);
        if (c == '[' || c == ']') {
            if (mask_is_secret_name(scan, name, coding, ret_kind)) {
                return true;
            }
            name.start = at + width;
        }
        at += width;
        name.end = at;
    }
    return mask_is_secret_name(scan, name, coding, ret_kind);
}

/* `coding`: of the text around the pairs. Keys are encoded as in a form in any case. */
static void find_in_pair(const struct mask_scan *scan, struct mask_range pair,
                         enum mask_coding coding)
{
    enum mask_kind kind;
    const char *start = scan->data + pair.start;
    const char *equals = memchr(start, '=', pair.end - pair.start);
    if (!equals) {
        mask_find_text(scan, pair, coding);
        return;
    }
    struct mask_range key = {pair.start, (size_t)(equals - scan->data)};
    struct mask_range value = {key.end + 1, pair.end};
    if (mask_is_secret_key(scan, key, MASK_PERCENT, &kind)) {
        mask_emit(scan, value, key, kind, false);
    } else {
        mask_find_anywhere(scan, key, coding, false);
        mask_find_text(scan, value, coding);
    }
}

void mask_find_form(const struct mask_scan *scan, struct mask_range range)
{
    for (size_t at = range.start; at < range.end;) {
        const char *amp = memchr(scan->data + at, '&', range.end - at);
        size_t end = amp ? (size_t)(amp - scan->data) : range.end;
        find_in_pair(scan, (struct mask_range){at, end}, MASK_PERCENT);
        at = end + 1;
    }
}

void mask_find_url_in_json(const struct mask_scan *scan, struct mask_range range)
{
    static const char amp[] = "\\u0026"; /* as Go's encoder writes it */
    size_t mark = mask_seek(scan, range.start, range.end, "?", 1);
    mask_find_anywhere(scan, (struct mask_range){range.start, mark}, MASK_ESCAPED, false);
    for (size_t at = mark; at < range.end;) {
        size_t plain = mask_seek(scan, ++at, range.end, "&", 1);
        size_t escaped = mask_seek(scan, at, plain, amp, sizeof amp - 1);
        find_in_pair(scan, (struct mask_range){at, escaped}, MASK_ESCAPED);
        at = escaped < plain ? escaped + sizeof amp - 2 : plain;
    }
}
