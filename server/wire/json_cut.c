#include "json_cut.h"

#include <string.h>

#define OPEN_WEIGHT 8 /* of an object or a list, with commas as 1 */

/* Bytes that have a meaning outside of strings. */
enum mark {
    MARK_NONE,
    MARK_QUOTE,
    MARK_OPEN,
    MARK_CLOSE,
    MARK_COMMA,
    MARK_END, /* of a number or a word, at the top of a value */
};

static const unsigned char marks[256] = {
    ['"'] = MARK_QUOTE, ['['] = MARK_OPEN,  ['{'] = MARK_OPEN, [']'] = MARK_CLOSE,
    ['}'] = MARK_CLOSE, [','] = MARK_COMMA, [':'] = MARK_END,  [' '] = MARK_END,
    ['\t'] = MARK_END,  ['\r'] = MARK_END,  ['\n'] = MARK_END,
};

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) {
        at++;
    }
    return at;
}

void json_cut_trim(struct json_cut *piece)
{
    piece->at = skip_blanks(piece->at, piece->end);
}

/* Returns the end of the string that starts at `at`, or NULL if it is not closed. */
static const char *skip_string(const char *at, const char *end)
{
    while ((at = memchr(at + 1, '"', (size_t)(end - at - 1)))) {
        const char *slash = at;
        while (slash[-1] == '\\') { /* ends at the opening quote at the latest */
            slash--;
        }
        if ((at - slash) % 2 == 0) {
            return at + 1;
        }
    }
    return NULL;
}

/* Returns the end of the object or list that starts at `at`, or NULL if it is not closed or too
 * heavy. */
static const char *skip_nested(const char *at, const char *end, size_t *ret_weight)
{
    size_t depth = 0, weight = 0;
    while (at < end && weight <= JSON_CUT_WEIGHT_MOST) {
        switch ((enum mark)marks[(unsigned char)*at]) {
        case MARK_QUOTE:
            at = skip_string(at, end);
            if (!at) {
                *ret_weight = weight;
                return NULL;
            }
            continue;
        case MARK_OPEN:
            depth++;
            weight += OPEN_WEIGHT;
            break;
        case MARK_CLOSE:
            if (!--depth) {
                *ret_weight = weight;
                return at + 1;
            }
            break;
        case MARK_COMMA:
            weight++;
            break;
        case MARK_NONE:
        case MARK_END:
            break;
        }
        at++;
    }
    *ret_weight = weight;
    return NULL;
}

static const char *skip_value(const char *at, const char *end, size_t *ret_weight)
{
    *ret_weight = 0;
    if (at == end) {
        return NULL;
    }
    switch ((enum mark)marks[(unsigned char)*at]) {
    case MARK_QUOTE:
        return skip_string(at, end);
    case MARK_OPEN:
        return skip_nested(at, end, ret_weight);
    case MARK_NONE:
        break;
    case MARK_CLOSE:
    case MARK_COMMA:
    case MARK_END:
        return NULL;
    }
    while (at < end && marks[(unsigned char)*at] == MARK_NONE) {
        at++;
    }
    return at;
}

bool json_cut_enter(const struct json_cut *value, char open, struct json_cutting *ret_inside)
{
    const char *at = skip_blanks(value->at, value->end);
    if (at == value->end || *at != open) {
        return false;
    }
    *ret_inside = (struct json_cutting){.rest = {.at = at + 1, .end = value->end}};
    return true;
}

/* Moves to the next value, or past the closing bracket. */
static enum json_cut_result step(struct json_cutting *inside, char close)
{
    const char *end = inside->rest.end, *at = skip_blanks(inside->rest.at, end);
    if (at < end && *at == close) {
        inside->rest.at = at + 1;
        return skip_blanks(at + 1, end) == end ? JSON_CUT_END : JSON_CUT_WRONG;
    }
    if (inside->begun) {
        if (at == end || *at != ',') {
            return JSON_CUT_WRONG;
        }
        at = skip_blanks(at + 1, end);
    }
    inside->begun = true;
    inside->rest.at = at;
    return JSON_CUT_VALUE;
}

static enum json_cut_result take(struct json_cutting *inside, struct json_cut *ret_value)
{
    const char *start = skip_blanks(inside->rest.at, inside->rest.end);
    size_t weight;
    const char *end = skip_value(start, inside->rest.end, &weight);
    if (!end) {
        return weight > JSON_CUT_WEIGHT_MOST ? JSON_CUT_HEAVY : JSON_CUT_WRONG;
    }
    *ret_value = (struct json_cut){start, end, weight};
    inside->rest.at = end;
    return JSON_CUT_VALUE;
}

enum json_cut_result json_cut_item(struct json_cutting *list, struct json_cut *ret_value)
{
    enum json_cut_result result = step(list, ']');
    return result == JSON_CUT_VALUE ? take(list, ret_value) : result;
}

enum json_cut_result json_cut_member(struct json_cutting *object, struct json_cut *ret_name,
                                     struct json_cut *ret_value)
{
    enum json_cut_result result = step(object, '}');
    if (result != JSON_CUT_VALUE) {
        return result;
    }
    if (take(object, ret_name) != JSON_CUT_VALUE || *ret_name->at != '"') {
        return JSON_CUT_WRONG;
    }
    ret_name->at++;
    ret_name->end--;
    const char *colon = skip_blanks(object->rest.at, object->rest.end);
    if (colon == object->rest.end || *colon != ':') {
        return JSON_CUT_WRONG;
    }
    object->rest.at = colon + 1;
    return take(object, ret_value);
}

size_t json_cut_count(const struct json_cutting *list, size_t most)
{
    struct json_cutting rest = *list;
    struct json_cut value;
    size_t n = 0;
    while (n <= most && json_cut_item(&rest, &value) == JSON_CUT_VALUE) {
        n++;
    }
    return n;
}

bool json_cut_is(const struct json_cut *piece, const char *text)
{
    size_t size = strlen(text);
    return json_cut_size(piece) == size && memcmp(piece->at, text, size) == 0;
}

size_t json_cut_size(const struct json_cut *piece)
{
    return (size_t)(piece->end - piece->at);
}
