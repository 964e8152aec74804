/* GET /_mock/payment-invoices/{id}/export: an invoice's calls and its payer's steps as a script
 * that makes them again. */
#include "control.h"

#include "api/request_view.h"
#include "base/mask.h"
#include "base/text.h"
#include "engine/journal_notes.h"

#include <string.h>
#include <strings.h>

/* What the script takes from its environment instead of a secret. */
enum variable {
    VARIABLE_URL,
    VARIABLE_ACCOUNT,
    VARIABLE_API_KEY,
    VARIABLE_SECRET,
    VARIABLE_TOKEN,
    VARIABLE_CONTROL_TOKEN,
    VARIABLE_CARD,
    VARIABLE_CODE,
    VARIABLE_COUNT,
};

static const struct {
    const char *name;
    const char *needs; /* what to say when it is not set, NULL: it has a default */
} variables[VARIABLE_COUNT] = {
    [VARIABLE_URL] = {"MILKYPAY_URL", NULL},
    [VARIABLE_ACCOUNT] = {"MILKYPAY_ACCOUNT_ID", NULL},
    [VARIABLE_API_KEY] = {"MILKYPAY_API_KEY", "the API key of the account"},
    [VARIABLE_SECRET] = {"MILKYPAY_SECRET_KEY", "a secret key of the account"},
    [VARIABLE_TOKEN] = {"MILKYPAY_TOKEN", "flow_data.metadata.token of the invoice"},
    [VARIABLE_CONTROL_TOKEN] = {"MILKYPAY_CONTROL_TOKEN", "the --control-token"},
    [VARIABLE_CARD] = {"MILKYPAY_CARD_NUMBER", NULL},
    [VARIABLE_CODE] = {"MILKYPAY_CVV", NULL},
};

static const enum variable variable_of_mask[] = {
    [MASK_CARD] = VARIABLE_CARD,
    [MASK_CODE] = VARIABLE_CODE,
    [MASK_API_KEY] = VARIABLE_API_KEY,
    [MASK_SECRET] = VARIABLE_SECRET,
};

/* What curl sends by itself, or what belongs to the one connection. */
static const char *const left_out[] = {
    "Host",       "Content-Length", "Connection",      "Transfer-Encoding", "Expect",
    "User-Agent", "Cookie",         "Accept-Encoding", "Keep-Alive",        "X-Mock-Token",
};

struct script {
    struct call *call;
    struct buf *out;
    bool used[VARIABLE_COUNT];
    bool typed; /* the call had a Content-Type */
    size_t n;
    const char *body;
    size_t done; /* of the body */
};

/* ------------------------------------------------------------------ quoting */

/* Within single quotes, which are open: only they need care. */
static void add_quoted(struct buf *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\'') {
            buf_text(out, "'\\''");
        } else {
            buf_char(out, text[i]);
        }
    }
}

static void add_word(struct buf *out, const char *text, size_t size)
{
    buf_char(out, '\'');
    add_quoted(out, text, size);
    buf_char(out, '\'');
}

static void use(struct script *script, enum variable variable)
{
    script->used[variable] = true;
    buf_printf(script->out, "$%s", variables[variable].name);
}

/* ------------------------------------------------------------------ one call */

static void add_authorization(struct script *script, const char *value)
{
    if (text_starts(value, "Basic ")) {
        buf_text(script->out, " \\\n  -u \"");
        use(script, VARIABLE_ACCOUNT);
        buf_char(script->out, ':');
        use(script, VARIABLE_API_KEY);
        buf_char(script->out, '"');
    } else if (text_starts(value, "Bearer ")) {
        buf_text(script->out, " \\\n  -H \"Authorization: Bearer ");
        use(script, VARIABLE_TOKEN);
        buf_char(script->out, '"');
    }
}

static void add_header(void *arg, const char *name, const char *value)
{
    struct script *script = arg;
    if (text_equal_nocase(name, "Authorization")) {
        add_authorization(script, value);
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(left_out); i++) {
        if (text_equal_nocase(name, left_out[i])) {
            return;
        }
    }
    script->typed |= text_equal_nocase(name, "Content-Type");
    buf_text(script->out, " \\\n  -H ");
    buf_auto line = {0};
    buf_printf(&line, "%s: %s", name, value);
    add_word(script->out, line.data, line.size);
}

/* Leaves the quotes for the variable that stands for the secret. */
static void add_secret(void *arg, const struct mask_span *span)
{
    struct script *script = arg;
    size_t start = span->start;
    const size_t prefix = strlen("sk_test_");
    bool key = span->kind == MASK_SECRET && start >= prefix &&
               text_starts(script->body + start - prefix, "sk_");
    start -= key ? prefix : 0; /* a key's variable holds all of it */
    add_quoted(script->out, script->body + script->done, start - script->done);
    buf_text(script->out, "'\"");
    use(script, variable_of_mask[span->kind]);
    buf_text(script->out, "\"'");
    script->done = span->start + span->size;
}

static void add_body(struct script *script, const struct journal_record *record)
{
    size_t size = record->request.size[JOURNAL_BODY];
    script->body = request_part(script->call, record, JOURNAL_BODY);
    script->done = 0;
    buf_text(script->out, " \\\n  --data-raw '");
    mask_find(script->body, size, add_secret, script);
    add_quoted(script->out, script->body + script->done, size - script->done);
    buf_char(script->out, '\'');
}

/* Bytes that no shell can hold come through a pipe. */
static bool is_text(const char *body, size_t size)
{
    return text_utf8_length(body, size) >= 0 && !memchr(body, '\0', size);
}

static void add_pipe(struct script *script, const char *body, size_t size)
{
    buf_text(script->out, "printf %s ");
    crypt_base64(script->out, body, size);
    buf_text(script->out, " | base64 -d | ");
}

static void add_url(struct script *script, const struct journal_record *record)
{
    buf_text(script->out, " \\\n  \"");
    use(script, VARIABLE_URL);
    buf_char(script->out, '"');
    add_word(script->out, request_part(script->call, record, JOURNAL_TARGET),
             record->request.size[JOURNAL_TARGET]);
    buf_text(script->out, "\n");
}

/* What the call was and became, on one line whatever was sent. */
static void add_title(struct script *script, const struct journal_record *record)
{
    const struct journal_request *request = &record->request;
    char *target = request_part(script->call, record, JOURNAL_TARGET);
    for (char *p = target; *p; p++) {
        *p = *p > ' ' && *p < 0x7f ? *p : '?';
    }
    buf_printf(script->out, "\n# %zu. %s %s -> ", ++script->n, request->method, target);
    buf_printf(script->out, request->status ? "%u\n" : "no answer\n", request->status);
    if (request->body > request->size[JOURNAL_BODY]) {
        buf_text(script->out, "# its body was longer: the journal keeps the beginning\n");
    }
}

static void add_call(struct script *script, const struct journal_record *record)
{
    const struct journal_request *request = &record->request;
    size_t size = request->size[JOURNAL_BODY];
    const char *body = request_part(script->call, record, JOURNAL_BODY);
    bool text = is_text(body, size);
    int route = request->route;
    add_title(script, record);
    if (!text) {
        add_pipe(script, body, size);
    }
    bool head = text_equal(request->method, "HEAD");
    buf_printf(script->out, "curl -sS -w '\\n' %s", head ? "--head" : "-X ");
    if (!head) {
        add_word(script->out, request->method, strlen(request->method));
    }
    script->typed = false;
    request_headers(script->call, record, add_header, script);
    if (script->call->router->control_token && route >= 0 &&
        script->call->router->routes[route].access == ACCESS_CONTROL) {
        buf_text(script->out, " \\\n  -H \"X-Mock-Token: ");
        use(script, VARIABLE_CONTROL_TOKEN);
        buf_char(script->out, '"');
    }
    if (size && !script->typed) {
        buf_text(script->out, " \\\n  -H 'Content-Type:'"); /* curl would make it a form */
    }
    if (!text) {
        buf_text(script->out, " \\\n  --data-binary @-");
    } else if (size) {
        add_body(script, record);
    }
    add_url(script, record);
}

/* ------------------------------------------------------------------ the script */

static const char *default_of(const struct call *call, enum variable variable)
{
    struct card_entry card;
    switch (variable) {
    case VARIABLE_URL:
        return call_base_url(call);
    case VARIABLE_ACCOUNT:
        return call->tenant->account.keys.id;
    case VARIABLE_CARD:
        card_unattended(&call->engine->fixture->cards, &card);
        return arena_strdup(call->arena, card.number);
    case VARIABLE_CODE:
        return "123";
    case VARIABLE_API_KEY:
    case VARIABLE_SECRET:
    case VARIABLE_TOKEN:
    case VARIABLE_CONTROL_TOKEN:
    case VARIABLE_COUNT:
        break;
    }
    return "";
}

static void write_head(const struct script *script, struct buf *out, const char *id)
{
    buf_printf(
        out, "#!/bin/sh\n# The calls about invoice %s and its payer's steps, oldest first.\n", id);
    buf_text(out, "# What the journal masks comes from the environment.\nset -eu\n");
    for (int i = 0; i < VARIABLE_COUNT; i++) {
        const char *name = variables[i].name;
        if (script->used[i] && variables[i].needs) {
            buf_printf(out, ": \"${%s:?%s}\"\n", name, variables[i].needs);
        } else if (script->used[i]) {
            const char *usual = default_of(script->call, (enum variable)i);
            buf_printf(out, "%s=${%s:-", name, name);
            add_word(out, usual, strlen(usual));
            buf_text(out, "}\n");
        }
    }
}

static void write_script(struct call *call, const struct invoice *invoice)
{
    const struct journal *journal = call->engine->journal;
    const struct journal_view view = journal_view_of(call->engine, call->tenant);
    buf_auto calls = {0};
    struct script script = {.call = call, .out = &calls};
    for (uint64_t at = journal_first(journal); at < journal_end(journal); at++) {
        const struct journal_record *record = journal_request(journal, at);
        if (record->invoice == invoice->seq && journal_shows(&view, record)) {
            add_call(&script, record);
        }
    }
    struct buf *out = http_reply(call->request, 200, "text/plain; charset=utf-8");
    write_head(&script, out, invoice->id);
    buf_add(out, buf_str(&calls), calls.size);
}

void control_export(struct call *call)
{
    const char *as = http_query_text(call->request, "as");
    struct invoice invoice;
    if (!control_has_tenant(call) || !control_has_journal(call) ||
        !control_find_in_path(call, &invoice)) {
        return;
    }
    if (as && !text_equal(as, "curl")) {
        call_control_error(call, 422, "invalid", "as: curl is wanted");
        return;
    }
    write_script(call, &invoice);
}
