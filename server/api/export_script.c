#include "export_script.h"

#include "api/request_view.h"
#include "base/text.h"
#include "mask/mask.h"

#include <ctype.h>
#include <string.h>

#define ARGUMENT_MOST ((size_t)100000) /* Linux takes 128 KiB */

static const char *const variables[EXPORT_VARIABLES] = {
    [EXPORT_URL] = "MILKYPAY_URL",         [EXPORT_ACCOUNT] = "MILKYPAY_ACCOUNT_ID",
    [EXPORT_API_KEY] = "MILKYPAY_API_KEY", [EXPORT_SECRET] = "MILKYPAY_SECRET_KEY",
    [EXPORT_TOKEN] = "MILKYPAY_TOKEN",     [EXPORT_CONTROL_TOKEN] = "MILKYPAY_CONTROL_TOKEN",
    [EXPORT_HEADER] = "MILKYPAY_HEADER",   [EXPORT_CARD] = "MILKYPAY_CARD_NUMBER",
    [EXPORT_CODE] = "MILKYPAY_CVV",
};

static const enum export_variable variable_of_mask[] = {
    [MASK_CARD] = EXPORT_CARD,     [MASK_CODE] = EXPORT_CODE,   [MASK_API_KEY] = EXPORT_API_KEY,
    [MASK_SECRET] = EXPORT_SECRET, [MASK_TOKEN] = EXPORT_TOKEN, [MASK_HEADER] = EXPORT_HEADER,
};

/* Headers that curl sends itself, or that belong to the connection. */
static const char *const left_out[] = {
    "Host",   "Content-Length",  "Connection", "Transfer-Encoding", "Expect", "User-Agent",
    "Cookie", "Accept-Encoding", "Keep-Alive", "X-Mock-Token",      NULL,
};

/* A masked range, and its variable. */
struct hole {
    enum journal_part part;
    size_t start, end;
    struct journal_mask mask;
    enum export_variable variable;
    unsigned n;
};

/* The call being written. */
struct writing {
    struct export_script *script;
    const struct journal_record *record;
    const char *parts[JOURNAL_PARTS];
    struct hole *holes;
    size_t n_holes;
    bool typed, accepts; /* it has a Content-Type, an Accept */
};

const char *export_variable_name(enum export_variable variable)
{
    return variables[variable];
}

/* ------------------------------------------------------------------ quoting */

/* Within single quotes, which are open: only they need care. */
static void add_quoted(struct buf *out, const char *text, size_t size)
{
    for (const char *end = text + size, *quote; text < end; text = quote + 1) {
        quote = memchr(text, '\'', (size_t)(end - text));
        buf_add(out, text, (size_t)((quote ? quote : end) - text));
        if (!quote) {
            return;
        }
        buf_text(out, "'\\''");
    }
}

void export_word(struct buf *out, const char *text, size_t size)
{
    buf_char(out, '\'');
    add_quoted(out, text, size);
    buf_char(out, '\'');
}

static void add_variable(struct buf *out, enum export_variable variable, unsigned n)
{
    buf_printf(out, n > 1 ? "${%s_%u}" : "$%s", variables[variable], n);
}

/* A variable with the same value in all calls. */
static void use(struct writing *writing, enum export_variable variable)
{
    writing->script->used[variable] += writing->script->used[variable] == 0;
    add_variable(writing->script->out, variable, 1);
}

/* Writes any text on one line of a comment. */
static void add_shown(struct buf *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        buf_char(out, text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?');
    }
}

/* ------------------------------------------------------------------ holes */

/* Writes a range of a part in single quotes, with variables for masked ranges. */
static void add_word(struct writing *writing, enum journal_part part, size_t start, size_t end)
{
    struct buf *out = writing->script->out;
    const char *text = writing->parts[part];
    size_t done = start;
    buf_char(out, '\'');
    for (size_t i = 0; i < writing->n_holes; i++) {
        const struct hole *hole = &writing->holes[i];
        if (hole->part == part && hole->start >= done && hole->end <= end) {
            add_quoted(out, text + done, hole->start - done);
            buf_text(out, "'\"");
            add_variable(out, hole->variable, hole->n);
            buf_text(out, "\"'");
            done = hole->end;
        }
    }
    add_quoted(out, text + done, end - done);
    buf_char(out, '\'');
}

/* Headers of an account or of the connection, which are written in another form or left out. */
static bool is_own_header(const struct writing *writing, const struct journal_mask *mask)
{
    const char *text = writing->parts[mask->part] + mask->name;
    const char *name = arena_copy(writing->script->call->arena, text, mask->name_size);
    const char *value = text + mask->name_size + strlen(": ");
    if (mask->kind != MASK_HEADER) {
        return false;
    }
    return text_equal_nocase(name, "Authorization")
               ? text_starts(value, "Basic ") || text_starts(value, "Bearer ")
               : text_index_nocase(left_out, name) >= 0;
}

static void add_comment(struct writing *writing, const struct hole *hole, bool own)
{
    static const char *const places[] = {
        [JOURNAL_TARGET] = "target", [JOURNAL_HEADERS] = "header", [JOURNAL_BODY] = "body"};
    struct buf *out = writing->script->out;
    const char *text = writing->parts[hole->part];
    buf_printf(out, "# masked: %s", places[hole->part]);
    if (hole->mask.name_size) {
        buf_char(out, ' ');
        add_shown(out, text + hole->mask.name, hole->mask.name_size);
    }
    if (!own) {
        buf_text(out, ", ");
        add_shown(out, text + hole->start, hole->end - hole->start);
        buf_text(out, " is ");
        add_variable(out, hole->variable, hole->n);
    }
    buf_char(out, '\n');
}

static void open_hole(struct writing *writing, const struct journal_mask *mask)
{
    const size_t prefix = strlen("sk_test_");
    bool own = is_own_header(writing, mask);
    bool key = mask->kind == MASK_SECRET && mask->name_size == 0;
    struct hole hole = {.part = (enum journal_part)mask->part,
                        .start = mask->start - (key ? prefix : 0), /* the whole key */
                        .end = mask->start + mask->size,
                        .mask = *mask,
                        .variable = variable_of_mask[mask->kind]};
    if (!own) {
        hole.n = ++writing->script->used[hole.variable];
        writing->holes[writing->n_holes++] = hole;
    }
    add_comment(writing, &hole, own);
}

static void open_holes(struct writing *writing)
{
    const struct journal_request *request = &writing->record->request;
    size_t n = request->size[JOURNAL_MASKS] / sizeof(struct journal_mask);
    writing->holes = arena_alloc(writing->script->call->arena, (n + 1) * sizeof *writing->holes);
    for (size_t i = 0; i < n; i++) {
        struct journal_mask mask;
        memcpy(&mask, writing->parts[JOURNAL_MASKS] + i * sizeof mask, sizeof mask);
        open_hole(writing, &mask);
    }
    if (request->masks > n) {
        buf_printf(writing->script->out, "# masked: %u more values, which are missing here\n",
                   (unsigned)(request->masks - n));
    }
}

/* ------------------------------------------------------------------ headers */

/* Returns false unless the value is made of this account's keys. */
static bool add_authorization(struct writing *writing, const char *value)
{
    struct buf *out = writing->script->out;
    if (text_starts(value, "Basic ")) {
        buf_text(out, " \\\n  -u \"");
        use(writing, EXPORT_ACCOUNT);
        buf_char(out, ':');
        use(writing, EXPORT_API_KEY);
        buf_char(out, '"');
    } else if (text_starts(value, "Bearer ")) {
        buf_text(out, " \\\n  -H \"Authorization: Bearer ");
        use(writing, EXPORT_TOKEN);
        buf_char(out, '"');
    } else {
        return false;
    }
    return true;
}

/* A line of the headers, from `start` to its end, which is no part of it. */
static void add_header(struct writing *writing, size_t start, size_t end)
{
    struct buf *out = writing->script->out;
    const char *line = writing->parts[JOURNAL_HEADERS] + start;
    size_t size = end - start;
    const char *colon = memmem(line, size, ": ", 2);
    char *name =
        arena_copy(writing->script->call->arena, line, colon ? (size_t)(colon - line) : size);
    if (!colon || text_index_nocase(left_out, name) >= 0 ||
        (text_equal_nocase(name, "Authorization") && add_authorization(writing, colon + 2))) {
        return;
    }
    writing->typed |= text_equal_nocase(name, "Content-Type");
    writing->accepts |= text_equal_nocase(name, "Accept");
    buf_text(out, " \\\n  -H ");
    if (colon + 2 == line + size) {
        export_word(out, arena_printf(writing->script->call->arena, "%s;", name),
                    strlen(name) + 1); /* curl's syntax for an empty header */
    } else {
        add_word(writing, JOURNAL_HEADERS, start, end);
    }
}

static void add_headers(struct writing *writing)
{
    const struct journal_request *request = &writing->record->request;
    const struct router *router = writing->script->call->router;
    const char *headers = writing->parts[JOURNAL_HEADERS];
    for (size_t at = 0; at < request->size[JOURNAL_HEADERS];) {
        const char *end = memchr(headers + at, '\n', request->size[JOURNAL_HEADERS] - at);
        size_t stop = end ? (size_t)(end - headers) : request->size[JOURNAL_HEADERS];
        add_header(writing, at, stop);
        at = stop + 1;
    }
    if (router->control_token && request->route >= 0 &&
        router->routes[request->route].access == ACCESS_CONTROL) {
        buf_text(writing->script->out, " \\\n  -H \"X-Mock-Token: ");
        use(writing, EXPORT_CONTROL_TOKEN);
        buf_char(writing->script->out, '"');
    }
    if (request->size[JOURNAL_BODY] && !writing->typed) {
        buf_text(writing->script->out, " \\\n  -H 'Content-Type:'"); /* curl would send its own */
    }
    if (!writing->accepts) {
        buf_text(writing->script->out, " \\\n  -H 'Accept:'"); /* curl would accept anything */
    }
}

/* ------------------------------------------------------------------ body and target */

/* Bytes that an argument cannot hold are piped. */
static bool is_argument(const char *body, size_t size)
{
    return size <= ARGUMENT_MOST && text_utf8_length(body, size) >= 0 && !memchr(body, '\0', size);
}

static void add_bytes(struct buf *out, const char *data, size_t size)
{
    if (size) {
        buf_text(out, "printf %s ");
        crypt_base64(out, data, size);
        buf_text(out, " | base64 -d; ");
    }
}

static void add_pipe(struct writing *writing, size_t size)
{
    struct buf *out = writing->script->out;
    const char *body = writing->parts[JOURNAL_BODY];
    size_t done = 0;
    buf_text(out, "{ ");
    for (size_t i = 0; i < writing->n_holes; i++) {
        const struct hole *hole = &writing->holes[i];
        if (hole->part == JOURNAL_BODY) {
            add_bytes(out, body + done, hole->start - done);
            buf_text(out, "printf %s \"");
            add_variable(out, hole->variable, hole->n);
            buf_text(out, "\"; ");
            done = hole->end;
        }
    }
    add_bytes(out, body + done, size - done);
    buf_text(out, "} | ");
}

/* Returns false for a target that curl would change: it expands brackets and resolves dots. */
static bool is_plain_target(const char *target, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isalnum((unsigned char)target[i]) && !strchr("-_.~!$&'()*+,;=:@/?%", target[i])) {
            return false;
        }
    }
    return size && *target == '/' && !memmem(target, size, "/.", 2);
}

static void add_url(struct writing *writing, size_t size)
{
    struct buf *out = writing->script->out;
    bool plain = is_plain_target(writing->parts[JOURNAL_TARGET], size);
    if (!plain) {
        buf_text(out, " \\\n  --request-target ");
        add_word(writing, JOURNAL_TARGET, 0, size);
    }
    buf_text(out, " \\\n  \"");
    use(writing, EXPORT_URL);
    buf_char(out, '"');
    if (plain) {
        add_word(writing, JOURNAL_TARGET, 0, size);
    }
    buf_char(out, '\n');
}

/* ------------------------------------------------------------------ one call */

/* The call and its status, as a comment. */
static void add_title(struct writing *writing)
{
    const struct journal_request *request = &writing->record->request;
    struct buf *out = writing->script->out;
    buf_printf(out, "\n# %zu. %s ", ++writing->script->calls, request->method);
    add_shown(out, writing->parts[JOURNAL_TARGET], request->size[JOURNAL_TARGET]);
    buf_printf(out, request->status ? " -> %u\n" : " -> no answer\n", request->status);
    if (request->body > request->size[JOURNAL_BODY]) {
        buf_text(out, "# the body was longer: the journal keeps only the beginning\n");
    }
}

void export_call(struct export_script *script, const struct journal_record *record)
{
    const struct journal_request *request = &record->request;
    struct writing writing = {.script = script, .record = record};
    size_t size = request->size[JOURNAL_BODY];
    bool head = text_equal(request->method, "HEAD");
    for (int part = 0; part < JOURNAL_PARTS; part++) {
        writing.parts[part] = request_part(script->call, record, (enum journal_part)part);
    }
    bool argument = is_argument(writing.parts[JOURNAL_BODY], size);
    add_title(&writing);
    open_holes(&writing);
    if (!argument) {
        add_pipe(&writing, size);
    }
    buf_printf(script->out, "curl -sS -w '\\n' %s", head ? "--head" : "-X ");
    if (!head) {
        export_word(script->out, request->method, strlen(request->method));
    }
    add_headers(&writing);
    if (!argument) {
        buf_text(script->out, " \\\n  --data-binary @-");
    } else if (size) {
        buf_text(script->out, " \\\n  --data-raw ");
        add_word(&writing, JOURNAL_BODY, 0, size);
    }
    add_url(&writing, request->size[JOURNAL_TARGET]);
}
