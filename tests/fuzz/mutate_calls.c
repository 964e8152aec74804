/* Makes and changes scripts of calls. */
#include "calls_grammar.h"

#include "call/call.h"
#include "routes.h"

#include <string.h>

#define TEXT_MOST 8192

/* ------------------------------------------------------------------ one call */

static const char *parameter_of(const char *pattern, const char *at)
{
    for (size_t i = 0; i < calls_parameters_n; i++) {
        if (strncmp(at, calls_parameters[i].name, strlen(calls_parameters[i].name)) == 0 &&
            strstr(pattern, calls_parameters[i].pattern)) {
            return calls_parameters[i].with;
        }
    }
    return "x";
}

static void put_target(struct buf *out, const struct route *route, struct chance *chance)
{
    for (const char *at = route->pattern; *at; at++) {
        if (*at != '{') {
            buf_char(out, *at);
            continue;
        }
        buf_text(out, parameter_of(route->pattern, at));
        at += strcspn(at, "}");
    }
    const char *query = route->query;
    for (size_t n = query ? chance_below(chance, 3) : 0, i = 0; i < n; i++) {
        size_t at = chance_below(chance, strlen(query));
        while (at && query[at - 1] != ' ') {
            at--;
        }
        buf_printf(out, "%c%.*s=%s", i ? '&' : '?', (int)strcspn(query + at, " "), query + at,
                   calls_words[chance_below(chance, calls_words_n)]);
    }
}

static void put_call(struct buf *out, struct chance *chance)
{
    const struct route *route = &routes[chance_below(chance, routes_count)];
    if (chance_below(chance, 16) == 0) {
        buf_printf(out, "@%zu", chance_below(chance, 4000));
        return;
    }
    buf_printf(out, "%s ", route->method);
    put_target(out, route, chance);
    if (chance_below(chance, 4) == 0) {
        buf_printf(out, "\n%s", calls_headers[chance_below(chance, calls_headers_n)]);
    }
    for (size_t i = 0; i < calls_bodies_n; i++) {
        if (strcmp(calls_bodies[i].method, route->method) == 0 &&
            strncmp(calls_bodies[i].pattern, route->pattern, strlen(calls_bodies[i].pattern)) ==
                0) {
            buf_printf(out, "\n\n%s", calls_bodies[i].body);
            return;
        }
    }
}

/* Changes the body's JSON, a field of its form, or else bytes of the whole call. */
static void change_call(struct buf *out, const char *call, size_t size, struct chance *chance)
{
    uint8_t text[TEXT_MOST];
    const char *body = memmem(call, size, "\n\n", 2);
    size_t head = body ? (size_t)(body + 2 - call) : size, rest = size - head, made = 0;
    if (rest && rest <= sizeof text && chance_below(chance, 4)) {
        memcpy(text, call + head, rest);
        made = mutate_json(chance, text, rest, sizeof text, calls_words);
    }
    if (made) {
        buf_add(out, call, head);
        buf_add(out, text, made);
    } else if (size && size <= sizeof text) {
        memcpy(text, call, size);
        buf_add(out, text, LLVMFuzzerMutate(text, size, sizeof text));
    }
}

/* ------------------------------------------------------------------ the script */

struct part {
    const char *text;
    size_t size;
};

static size_t split(const char *text, size_t size, struct part parts[CALLS_MOST])
{
    size_t n = 0;
    for (const char *at = text, *end = text + size; at < end && n < CALLS_MOST;) {
        const char *stop = memchr(at, CALLS_NEXT, (size_t)(end - at));
        stop = stop ? stop : end;
        parts[n++] = (struct part){at, (size_t)(stop - at)};
        at = stop + 1;
    }
    return n;
}

enum change { ADD, ADD_BEHIND, REPEAT, TAKE_OUT, CHANGE, CHANGE_MORE, CHANGES };

static void put_part(struct buf *out, const struct part *part)
{
    buf_text(out, out->size ? "\x1e" : "");
    buf_add(out, part->text, part->size);
}

/* Writes all parts, with a change at one. */
static void put_changed(struct buf *out, const struct part *parts, size_t n, struct chance *chance)
{
    size_t at = n ? chance_below(chance, n) : 0;
    enum change change = n ? (enum change)chance_below(chance, CHANGES) : ADD_BEHIND;
    change = n == CALLS_MOST && change <= REPEAT ? TAKE_OUT : change;
    at = change == ADD_BEHIND && n ? n - 1 : at;
    for (size_t i = 0; i < n; i++) {
        bool here = i == at;
        if (here && change == TAKE_OUT) {
            continue;
        }
        if (!here || change < CHANGE) {
            put_part(out, &parts[i]);
        } else {
            buf_text(out, out->size ? "\x1e" : "");
            change_call(out, parts[i].text, parts[i].size, chance);
        }
        if (here && change == REPEAT) {
            put_part(out, &parts[chance_below(chance, n)]);
        }
        if (here && change <= ADD_BEHIND) {
            buf_text(out, "\x1e");
            put_call(out, chance);
        }
    }
    if (!n) {
        put_call(out, chance);
    }
}

size_t mutate_calls(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    struct chance chance = chance_of(seed);
    struct part parts[CALLS_MOST];
    buf_auto out = {0};
    put_changed(&out, parts, split((const char *)data, size, parts), &chance);
    if (!out.size || out.size > most) {
        return LLVMFuzzerMutate(data, size, most);
    }
    memcpy(data, out.data, out.size);
    return out.size;
}
