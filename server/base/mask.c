#include "mask.h"

#include "attr.h"
#include "text.h"

#include <ctype.h>
#include <string.h>

#define SHOWN_FIRST 6
#define SHOWN_LAST 4

static const char *const hidden_headers[] = {
    "Authorization", "Proxy-Authorization", "Cookie",  "Set-Cookie",
    "X-Mock-Token",  "X-Api-Key",           "Api-Key", "X-Auth-Token",
};

bool mask_hides_header(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(hidden_headers); i++) {
        if (text_equal_nocase(name, hidden_headers[i])) {
            return true;
        }
    }
    return false;
}

/* Digits may hide in escapes: such a value shows nothing at all. */
static bool has_escape(const char *text, size_t size)
{
    return memchr(text, '\\', size) || (memchr(text, '%', size) && memmem(text, size, "%3", 2));
}

/* The next digit or mask from `at` on; blanks of a form (%20) have digits that are none. */
static size_t next_digit(const char *text, size_t size, size_t at)
{
    while (at < size && !isdigit((unsigned char)text[at]) && text[at] != '*') {
        at += text[at] == '%' ? 3 : 1;
    }
    return at < size ? at : size;
}

static void mask_card(char *text, size_t size, char with)
{
    size_t digits = 0, seen = 0;
    for (size_t at = next_digit(text, size, 0); at < size; at = next_digit(text, size, at + 1)) {
        digits++;
    }
    size_t first = digits >= MASK_CARD_LEAST ? SHOWN_FIRST : 0;
    size_t last = digits >= MASK_CARD_LEAST ? SHOWN_LAST : 0;
    for (size_t at = next_digit(text, size, 0); at < size; at = next_digit(text, size, at + 1)) {
        bool shown = seen < first || digits - seen <= last;
        text[at] = shown ? text[at] : with;
        seen++;
    }
}

static void mask_span(void *arg, const struct mask_span *span)
{
    char *text = (char *)arg + span->start;
    if (span->kind == MASK_CARD && !has_escape(text, span->size)) {
        mask_card(text, span->size, span->bare ? '0' : '*');
    } else if (!span->bare) {
        memset(text, '*', span->size);
    } else if (isdigit((unsigned char)text[0])) {
        mask_card(text, span->size, '0'); /* words like null say nothing */
    }
    if (span->bare && text[0] == '0' && span->size > 1) {
        text[0] = '1'; /* no JSON number begins with a 0 */
    }
}

void mask_body(char *data, size_t size)
{
    mask_find(data, size, mask_span, data);
}

void mask_target(char *data, size_t size)
{
    char *mark = memchr(data, '?', size);
    if (mark) {
        mask_find_query(mark + 1, size - (size_t)(mark - data) - 1, mask_span, mark + 1);
    }
}
