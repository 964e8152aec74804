#include "mask.h"

#include "attr.h"
#include "text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define NAME_MOST 64
#define CARD_LEAST 13 /* digits of a number that is taken for a card's wherever it stands */
#define CARD_MOST 19
#define SHOWN_FIRST 6
#define SHOWN_LAST 4

static const struct {
    const char *name;
    enum mask_kind kind;
} names[] = {
    {"card_number", MASK_CARD},
    {"cardnumber", MASK_CARD},
    {"pan", MASK_CARD},
    {"cvv", MASK_CODE},
    {"cvv2", MASK_CODE},
    {"cvc", MASK_CODE},
    {"cvc2", MASK_CODE},
    {"csc", MASK_CODE},
    {"security_code", MASK_CODE},
    {"api_key", MASK_API_KEY},
    {"apikey", MASK_API_KEY},
    {"password", MASK_API_KEY},
    {"secret", MASK_SECRET},
    {"secret_key", MASK_SECRET},
    {"secret_live_key", MASK_SECRET},
    {"control_token", MASK_SECRET},
};

static const char *const hidden_headers[] = {
    "Authorization", "Proxy-Authorization", "Cookie",  "Set-Cookie",
    "X-Mock-Token",  "X-Api-Key",           "Api-Key", "X-Auth-Token",
};

/* Every request is read byte by byte, so what a byte may begin or end is one look. */
enum {
    BEGINS_SECRET = 1, /* a card's first digit, the s of sk_ */
    ENDS_SCALAR = 2,
};

static const unsigned char classes[256] = {
    ['2'] = BEGINS_SECRET, ['3'] = BEGINS_SECRET, ['4'] = BEGINS_SECRET, ['5'] = BEGINS_SECRET,
    ['6'] = BEGINS_SECRET, ['s'] = BEGINS_SECRET, [','] = ENDS_SCALAR,   [':'] = ENDS_SCALAR,
    ['{'] = ENDS_SCALAR,   ['}'] = ENDS_SCALAR,   ['['] = ENDS_SCALAR,   [']'] = ENDS_SCALAR,
    ['"'] = ENDS_SCALAR,   [' '] = ENDS_SCALAR,   ['\t'] = ENDS_SCALAR,  ['\r'] = ENDS_SCALAR,
    ['\n'] = ENDS_SCALAR,
};

static bool is(char c, int class)
{
    return classes[(unsigned char)c] & class;
}

struct scan {
    const char *data;
    size_t size;
    bool query; /* of a target */
    void (*each)(void *arg, const struct mask_span *span);
    void *arg;
};

static void emit(const struct scan *scan, size_t start, size_t end, enum mask_kind kind, bool bare)
{
    if (end > start) {
        scan->each(scan->arg, &(const struct mask_span){start, end - start, kind, bare});
    }
}

bool mask_hides_header(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(hidden_headers); i++) {
        if (text_equal_nocase(name, hidden_headers[i])) {
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ what is secret wherever it
 * stands */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* sk_test_... or sk_live_..., masked or not: its end, or `at` when there is none. */
static size_t secret_key_end(const struct scan *scan, size_t at, size_t end)
{
    const size_t prefix = strlen("sk_test_");
    if (end - at <= prefix || (strncmp(scan->data + at, "sk_test_", prefix) != 0 &&
                               strncmp(scan->data + at, "sk_live_", prefix) != 0)) {
        return at;
    }
    size_t stop = at + prefix;
    while (stop < end && (is_word(scan->data[stop]) || scan->data[stop] == '*')) {
        stop++;
    }
    return stop;
}

static bool passes_luhn(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = digits[n - 1 - i] - '0';
        digit = i % 2 ? digit * 2 : digit;
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

/* One blank between groups of digits, as people type them; how many bytes it takes. */
static size_t gap_size(const struct scan *scan, size_t at, size_t end)
{
    char c = scan->data[at];
    if (c == ' ' || c == '-' || c == '+') {
        return 1;
    }
    return end - at > 3 && strncmp(scan->data + at, "%20", 3) == 0 ? 3 : 0;
}

/* Where a run of digits ends that begins at `at`. */
static size_t run_end(const struct scan *scan, size_t at, size_t end)
{
    while (at < end && isdigit((unsigned char)scan->data[at])) {
        at++;
    }
    return at;
}

/* Runs of digits from `at` on that make a card number, as many as do: their end, or `at` when none
 * do. */
static size_t card_end(const struct scan *scan, size_t at, size_t end)
{
    char digits[CARD_MOST];
    size_t n = 0, found = at;
    for (size_t next = at, stop; (stop = run_end(scan, next, end)) > next;) {
        size_t size = stop - next;
        if (n + size > CARD_MOST) {
            break;
        }
        memcpy(digits + n, scan->data + next, size);
        n += size;
        found = n >= CARD_LEAST && passes_luhn(digits, n) ? stop : found;
        size_t gap = stop < end ? gap_size(scan, stop, end) : 0;
        if (!gap) {
            break;
        }
        next = stop + gap;
    }
    return found;
}

static void find_anywhere(const struct scan *scan, size_t start, size_t end, bool bare)
{
    for (size_t at = start; at < end;) {
        if (!is(scan->data[at], BEGINS_SECRET)) {
            at++;
            continue;
        }
        size_t stop = at, passed = at + 1;
        enum mask_kind kind = scan->data[at] == 's' ? MASK_SECRET : MASK_CARD;
        if (kind == MASK_SECRET) {
            stop = secret_key_end(scan, at, end);
        } else if (at == start || !is_word(scan->data[at - 1])) {
            stop = card_end(scan, at, end);
            passed = run_end(scan, at, end);
        }
        if (stop > at) {
            emit(scan, kind == MASK_SECRET ? at + strlen("sk_test_") : at, stop, kind, bare);
        }
        at = stop > at ? stop : passed;
    }
}

/* ------------------------------------------------------------------ names */

/* False when a value under this name is no secret. */
static bool is_secret_name(const char *name, bool query, enum mask_kind *ret_kind)
{
    char first = (char)tolower((unsigned char)*name);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (first == *names[i].name && text_equal_nocase(name, names[i].name)) {
            *ret_kind = names[i].kind;
            return true;
        }
    }
    *ret_kind = MASK_SECRET;
    return query && text_equal_nocase(name, "token");
}

static int hex_digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* A form's key without its escapes; what is longer than any name is cut. */
static void undo_escapes(const char *key, size_t size, char ret_text[NAME_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < size && n < NAME_MOST - 1; i++) {
        bool escape = key[i] == '%' && i + 2 < size && isxdigit((unsigned char)key[i + 1]) &&
                      isxdigit((unsigned char)key[i + 2]);
        char c = escape ? (char)(hex_digit(key[i + 1]) * 16 + hex_digit(key[i + 2])) : key[i];
        ret_text[n++] = c ? c : '?';
        i += escape ? 2 : 0;
    }
    ret_text[n] = '\0';
}

/* The innermost name of a form's key: cvv of "card[cvv]" and of "cvv[]". */
static const char *form_name(const char *key, size_t size, char text[NAME_MOST])
{
    undo_escapes(key, size, text);
    for (char *open; (open = strrchr(text, '['));) {
        open[strcspn(open, "]")] = '\0';
        if (open[1]) {
            return open + 1;
        }
        *open = '\0';
    }
    return text;
}

/* ------------------------------------------------------------------ forms */

static void find_in_form(const struct scan *scan, size_t start)
{
    char text[NAME_MOST];
    enum mask_kind kind;
    for (size_t at = start; at < scan->size;) {
        const char *pair = scan->data + at;
        const char *amp = memchr(pair, '&', scan->size - at);
        size_t end = amp ? (size_t)(amp - scan->data) : scan->size;
        const char *equals = memchr(pair, '=', end - at);
        size_t value = equals ? (size_t)(equals - scan->data) + 1 : at;
        const char *name = form_name(pair, equals ? value - 1 - at : 0, text);
        if (equals && is_secret_name(name, scan->query, &kind)) {
            emit(scan, value, end, kind, false);
        } else {
            find_anywhere(scan, value, end, false);
        }
        at = end + 1;
    }
}

/* ------------------------------------------------------------------ JSON */

/* From behind the opening quote to the closing one, or the end. */
static size_t string_end(const struct scan *scan, size_t at)
{
    while (at < scan->size && scan->data[at] != '"') {
        at += scan->data[at] == '\\' ? 2 : 1;
    }
    return at < scan->size ? at : scan->size;
}

static size_t skip_blank(const struct scan *scan, size_t at)
{
    while (at < scan->size && strchr(" \t\r\n", scan->data[at]) && scan->data[at]) {
        at++;
    }
    return at;
}

static size_t scalar_end(const struct scan *scan, size_t at)
{
    while (at < scan->size && !is(scan->data[at], ENDS_SCALAR)) {
        at++;
    }
    return at;
}

/* False when a member of this name is no secret. */
static bool is_secret_member(const struct scan *scan, size_t start, size_t end,
                             enum mask_kind *ret_kind)
{
    char name[NAME_MOST];
    size_t size = end - start;
    *ret_kind = MASK_SECRET;
    if (memchr(scan->data + start, '\\', size)) {
        return true;
    }
    if (size >= sizeof name) {
        return false;
    }
    memcpy(name, scan->data + start, size);
    name[size] = '\0';
    return is_secret_name(name, false, ret_kind);
}

/* The value of a secret member; where to go on. Of an object or a list each part is looked at by
 * itself. */
static size_t take_member(const struct scan *scan, size_t at, enum mask_kind kind)
{
    if (at < scan->size && scan->data[at] == '"') {
        size_t end = string_end(scan, at + 1);
        emit(scan, at + 1, end, kind, false);
        return end + 1;
    }
    size_t end = scalar_end(scan, at);
    emit(scan, at, end, kind, true);
    return end;
}

static void find_in_json(const struct scan *scan)
{
    for (size_t at = 0; at < scan->size;) {
        if (scan->data[at] != '"') {
            size_t end = scalar_end(scan, at);
            find_anywhere(scan, at, end, true);
            at = end > at ? end : at + 1;
            continue;
        }
        size_t start = at + 1, end = string_end(scan, start);
        size_t next = skip_blank(scan, end + 1);
        enum mask_kind kind;
        bool name = next < scan->size && scan->data[next] == ':';
        if (name && is_secret_member(scan, start, end, &kind)) {
            at = take_member(scan, skip_blank(scan, next + 1), kind);
        } else {
            find_anywhere(scan, start, end, false);
            at = end + 1;
        }
    }
}

void mask_find(const char *data, size_t size, void (*each)(void *arg, const struct mask_span *span),
               void *arg)
{
    const struct scan scan = {.data = data, .size = size, .each = each, .arg = arg};
    size_t first = skip_blank(&scan, 0);
    if (first < size && (data[first] == '{' || data[first] == '[')) {
        find_in_json(&scan);
    } else {
        find_in_form(&scan, 0);
    }
}

/* ------------------------------------------------------------------ masking */

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
    size_t first = digits >= CARD_LEAST ? SHOWN_FIRST : 0;
    size_t last = digits >= CARD_LEAST ? SHOWN_LAST : 0;
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
    const char *mark = memchr(data, '?', size);
    if (mark) {
        const struct scan scan = {
            .data = data, .size = size, .query = true, .each = mask_span, .arg = data};
        find_in_form(&scan, (size_t)(mark - data) + 1);
    }
}
