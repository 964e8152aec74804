/* Reads scripts of calls, and keeps the ids that replies have named. */
#include "calls.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

/* Kinds of ids by their prefixes; the first letters of a CSRF token are those of its field. */
static const char *const kinds[] = {"cpi_", "cgi_", "cpoi_", "cb_", "coma_", "ref_",   "card_",
                                    "pid_", "cus_", "flt_",  "pk_", "sk_",   "token_", "csrf_"};

_Static_assert(ARRAY_SIZE(kinds) <= ARRAY_SIZE(((struct seen_ids *)0)->ids), "room");

/* ------------------------------------------------------------------ reading */

/* The headers between the first line and the body, with CR LF. */
static const char *headers_of(struct arena *arena, char *lines)
{
    buf_auto out = {0};
    for (char *line; lines && (line = strsep(&lines, "\n"));) {
        if (strchr(line, ':') && out.size < CALL_HEADERS_TEXT && !strchr(line, '\r')) {
            buf_printf(&out, "%s\r\n", line);
        }
    }
    return arena_copy(arena, buf_str(&out), out.size);
}

static void read_call(struct arena *arena, char *text, size_t size, struct script_call *ret_call)
{
    *ret_call = (struct script_call){.headers = ""};
    char *body = memmem(text, size, "\n\n", 2);
    if (body) {
        *body = '\0';
        ret_call->body = body + 2;
        ret_call->body_size = size - (size_t)(body + 2 - text);
    }
    char *lines = strchr(text, '\n');
    if (lines) {
        *lines++ = '\0';
    }
    char *target = strchr(text, ' ');
    if (*text == '@') {
        ret_call->method = ret_call->target = text;
    } else if (target && target > text && target[1]) {
        *target++ = '\0';
        ret_call->method = text;
        ret_call->target = target;
        ret_call->headers = headers_of(arena, lines);
    }
}

char *calls_next(struct arena *arena, char *text, size_t size, size_t *ret_rest_size,
                 struct script_call *ret_call)
{
    char *end = memchr(text, CALLS_NEXT, size);
    size_t own = end ? (size_t)(end - text) : size;
    text[own] = '\0';
    read_call(arena, text, own, ret_call);
    *ret_rest_size = end ? size - own - 1 : 0;
    return end ? end + 1 : NULL;
}

/* ------------------------------------------------------------------ ids */

static void take(struct seen_ids *seen, const char *kind, const char *id, size_t size)
{
    size_t i = 0;
    while (strcmp(kinds[i], kind) != 0) {
        i++;
    }
    snprintf(seen->ids[i], sizeof seen->ids[i], "%.*s", (int)size, id);
}

/* What stands between quotes after a text. */
static void take_quoted(struct seen_ids *seen, const char *text, const char *mark, const char *kind)
{
    const char *at = strstr(text, mark);
    if (at) {
        at += strlen(mark);
        take(seen, kind, at, strcspn(at, "\""));
    }
}

void seen_ids_take(struct seen_ids *seen, const char *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        for (const char *at = text; (at = strstr(at, kinds[i]));) {
            size_t prefix = strlen(kinds[i]), size = prefix;
            while (isalnum((unsigned char)at[size]) || (at[size] == '_' && prefix < 4)) {
                size++;
            }
            bool begins = at == text || !isalnum((unsigned char)at[-1]);
            if (begins && size > prefix) {
                take(seen, kinds[i], at, size);
            }
            at += size;
        }
    }
    take_quoted(seen, text, "name=\"csrf\" value=\"", "csrf_");
    take_quoted(seen, text, "\"token\":\"", "token_");
}

void seen_ids_put(const struct seen_ids *seen, struct buf *out, const char *text, size_t size)
{
    for (const char *at = text, *end = text + size; at < end; at++) {
        const char *id = NULL;
        for (size_t i = 0; *at == '<' && i < ARRAY_SIZE(kinds); i++) {
            size_t length = strlen(kinds[i]);
            if ((size_t)(end - at) > length + 1 && memcmp(at + 1, kinds[i], length) == 0 &&
                at[1 + length] == '>') {
                id = seen->ids[i];
                at += 1 + length;
            }
        }
        id ? buf_text(out, id) : buf_char(out, *at);
    }
}
