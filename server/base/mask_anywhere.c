#include "mask_scan.h"

#include <ctype.h>
#include <string.h>

#define CARD_MOST 19 /* digits */

const unsigned char mask_classes[256] = {
    ['2'] = MASK_BEGINS_SECRET, ['3'] = MASK_BEGINS_SECRET, ['4'] = MASK_BEGINS_SECRET,
    ['5'] = MASK_BEGINS_SECRET, ['6'] = MASK_BEGINS_SECRET, ['s'] = MASK_BEGINS_SECRET,
    [','] = MASK_ENDS_SCALAR,   [':'] = MASK_ENDS_SCALAR,   ['{'] = MASK_ENDS_SCALAR,
    ['}'] = MASK_ENDS_SCALAR,   ['['] = MASK_ENDS_SCALAR,   [']'] = MASK_ENDS_SCALAR,
    ['"'] = MASK_ENDS_SCALAR,   [' '] = MASK_ENDS_SCALAR,   ['\t'] = MASK_ENDS_SCALAR,
    ['\r'] = MASK_ENDS_SCALAR,  ['\n'] = MASK_ENDS_SCALAR,
};

void mask_emit(const struct mask_scan *scan, size_t start, size_t end, enum mask_kind kind,
               bool bare)
{
    if (end > start) {
        scan->each(scan->arg, &(const struct mask_span){start, end - start, kind, bare});
    }
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* sk_test_... or sk_live_..., masked or not: its end, or `at` when there is none. */
static size_t secret_key_end(const struct mask_scan *scan, size_t at, size_t end)
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
static size_t gap_size(const struct mask_scan *scan, size_t at, size_t end)
{
    char c = scan->data[at];
    if (c == ' ' || c == '-' || c == '+') {
        return 1;
    }
    return end - at > 3 && strncmp(scan->data + at, "%20", 3) == 0 ? 3 : 0;
}

/* Where a run of digits ends that begins at `at`. */
static size_t run_end(const struct mask_scan *scan, size_t at, size_t end)
{
    while (at < end && isdigit((unsigned char)scan->data[at])) {
        at++;
    }
    return at;
}

/* Runs of digits from `at` on that make a card number, as many as do: their end, or `at` when none
 * do. */
static size_t card_end(const struct mask_scan *scan, size_t at, size_t end)
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
        found = n >= MASK_CARD_LEAST && passes_luhn(digits, n) ? stop : found;
        size_t gap = stop < end ? gap_size(scan, stop, end) : 0;
        if (!gap) {
            break;
        }
        next = stop + gap;
    }
    return found;
}

void mask_find_anywhere(const struct mask_scan *scan, size_t start, size_t end, bool bare)
{
    for (size_t at = start; at < end;) {
        if (!(mask_classes[(unsigned char)scan->data[at]] & MASK_BEGINS_SECRET)) {
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
            mask_emit(scan, kind == MASK_SECRET ? at + strlen("sk_test_") : at, stop, kind, bare);
        }
        at = stop > at ? stop : passed;
    }
}
