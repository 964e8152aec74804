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

static void find_in_pair(const struct mask_scan *scan, struct mask_range pair)
{
    enum mask_kind kind;
    const char *start = scan->data + pair.start;
    const char *equals = memchr(start, '=', pair.end - pair.start);
    if (!equals) {
        mask_find_text(scan, pair, MASK_PERCENT);
        return;
    }
    struct mask_range key = {pair.start, (size_t)(equals - scan->data)};
    struct mask_range value = {key.end + 1, pair.end};
    if (mask_is_secret_key(scan, key, MASK_PERCENT, &kind)) {
        mask_emit(scan, value, key, kind, false);
    } else {
        mask_find_anywhere(scan, key, MASK_PERCENT, false);
        mask_find_anywhere(scan, value, MASK_PERCENT, false);
    }
}

void mask_find_form(const struct mask_scan *scan, struct mask_range range)
{
    for (size_t at = range.start; at < range.end;) {
        const char *amp = memchr(scan->data + at, '&', range.end - at);
        size_t end = amp ? (size_t)(amp - scan->data) : range.end;
        find_in_pair(scan, (struct mask_range){at, end});
        at = end + 1;
    }
}
