#include "mask_scan.h"

#include "base/text.h"

#include <string.h>

#define NAMED_CARD_LEAST 13 /* shorter card_numbers are masked completely */
#define SHOWN_FIRST 6
#define SHOWN_LAST 4

/* With their sizes, because every header of every request is looked up here. */
#define HIDDEN(name)                                                                               \
    {                                                                                              \
        name, sizeof name - 1                                                                      \
    }
static const struct {
    const char *name;
    size_t size;
} hidden_headers[] = {
    HIDDEN("Authorization"), HIDDEN("Proxy-Authorization"), HIDDEN("Cookie"),
    HIDDEN("Set-Cookie"),    HIDDEN("X-Mock-Token"),        HIDDEN("X-Api-Key"),
    HIDDEN("Api-Key"),       HIDDEN("X-Auth-Token"),
};

bool mask_hides_header(const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < ARRAY_SIZE(hidden_headers); i++) {
        if (hidden_headers[i].size == size && text_equal_nocase(hidden_headers[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ hiding */

/* Escapes may contain digits, so a value with escapes is masked completely. */
static bool has_escape(const char *text, size_t size)
{
    return memchr(text, '\\', size) || memchr(text, '&', size) || memmem(text, size, "%3", 2);
}

/* The next digit or mask from `at` on. The digits of an escaped blank (%20) do not count. */
static size_t next_digit(const char *text, size_t size, size_t at)
{
    while (at < size && !isdigit((unsigned char)text[at]) && text[at] != '*') {
        at += text[at] == '%' ? 3 : 1;
    }
    return at < size ? at : size;
}

static void hide_card(char *text, size_t size, char with)
{
    size_t digits = 0, seen = 0;
    for (size_t at = next_digit(text, size, 0); at < size; at = next_digit(text, size, at + 1)) {
        digits++;
    }
    size_t first = digits >= NAMED_CARD_LEAST ? SHOWN_FIRST : 0;
    size_t last = digits >= NAMED_CARD_LEAST ? SHOWN_LAST : 0;
    for (size_t at = next_digit(text, size, 0); at < size; at = next_digit(text, size, at + 1)) {
        bool shown = seen < first || digits - seen <= last;
        text[at] = shown ? text[at] : with;
        seen++;
    }
}

/* Keeps it a JSON number, which does not begin with a 0 unless that is its only digit. */
static void hide_number(char *text, size_t size, enum mask_kind kind)
{
    if (kind == MASK_CARD) {
        hide_card(text, size, '0');
    }
    for (size_t i = 0; kind != MASK_CARD && i < size; i++) {
        text[i] = isdigit((unsigned char)text[i]) ? '0' : text[i];
    }
    size_t first = text[0] == '-';
    if (first + 1 < size && text[first] == '0' && isdigit((unsigned char)text[first + 1])) {
        text[first] = '1';
    }
}

void mask_hide(char *text, size_t size, const struct mask_span *span)
{
    if (span->start >= size) {
        return;
    }
    char *at = text + span->start;
    size_t left = size - span->start < span->size ? size - span->start : span->size;
    if (span->bare) {
        hide_number(at, left, span->kind);
    } else if (span->kind == MASK_CARD && !has_escape(at, left)) {
        hide_card(at, left, '*');
    } else {
        memset(at, '*', left);
    }
}

/* ------------------------------------------------------------------ in place */

struct place {
    char *data;
    size_t size;
};

static void hide_in_place(void *arg, const struct mask_span *span)
{
    const struct place *place = arg;
    mask_hide(place->data, place->size, span);
}

void mask_body(char *data, size_t size)
{
    mask_find(NULL, data, size, hide_in_place, &(struct place){data, size});
}

void mask_target(char *data, size_t size)
{
    mask_find_target(data, size, hide_in_place, &(struct place){data, size});
}
