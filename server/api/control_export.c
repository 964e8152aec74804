/* GET /_mock/payment-invoices/{id}/export: an invoice's calls and its payer's steps as a script
 * that makes them again. */
#include "control.h"

#include "api/export_script.h"
#include "base/text.h"
#include "engine/engine_journal.h"

#include <string.h>

/* The message of the script if a variable is not set. The others have a default. */
static const char *const needs[EXPORT_VARIABLES] = {
    [EXPORT_API_KEY] = "the API key of the account",
    [EXPORT_SECRET] = "a secret key of the account",
    [EXPORT_TOKEN] = "flow_data.metadata.token of the invoice",
    [EXPORT_CONTROL_TOKEN] = "the --control-token",
    [EXPORT_HEADER] = "the value of the header named in the script",
};

static const char *default_of(const struct call *call, enum export_variable variable)
{
    struct card_entry card;
    switch (variable) {
    case EXPORT_URL:
        return call_base_url(call);
    case EXPORT_ACCOUNT:
        return call->tenant->account.keys.id;
    case EXPORT_CODE:
        return "123";
    default: /* EXPORT_CARD: the others are asked for */
        card_unattended(&call->engine->fixture->cards, &card);
        return arena_strdup(call->arena, card.number);
    }
}

static void write_variable(const struct export_script *script, struct buf *out,
                           enum export_variable variable)
{
    const char *name = export_variable_name(variable);
    if (needs[variable]) {
        buf_printf(out, ": \"${%s:?%s}\"\n", name, needs[variable]);
    } else {
        const char *usual = default_of(script->call, variable);
        buf_printf(out, "%s=${%s:-", name, name);
        export_word(out, usual, strlen(usual));
        buf_text(out, "}\n");
    }
    for (unsigned n = 2; n <= script->used[variable]; n++) {
        buf_printf(out, "%s_%u=${%s_%u-$%s}\n", name, n, name, n, name);
    }
}

static void write_head(const struct export_script *script, struct buf *out, const char *id)
{
    buf_printf(out,
               "#!/bin/sh\n# The calls for invoice %s and the steps of its payer, oldest first.\n",
               id);
    buf_text(out,
             "# Values that the journal masks come from the environment, written as in the call.\n"
             "set -eu\n");
    for (int i = 0; i < EXPORT_VARIABLES; i++) {
        if (script->used[i]) {
            write_variable(script, out, (enum export_variable)i);
        }
    }
}

static struct answer *reply_script(struct call *call, const struct invoice *invoice)
{
    const struct journal *journal = call->engine->watch.journal;
    const struct journal_view view = journal_view_of(call->engine, call->tenant);
    buf_auto calls = {0};
    struct export_script script = {.call = call, .out = &calls};
    for (uint64_t at = journal_first(journal); at < journal_end(journal); at++) {
        const struct journal_record *record = journal_request(journal, at);
        if (record->invoice == invoice->seq && journal_shows(&view, record)) {
            export_call(&script, record);
        }
    }
    struct buf *out = http_reply(call->request, 200, "text/plain; charset=utf-8");
    write_head(&script, out, invoice->id);
    buf_add(out, buf_str(&calls), calls.size);
    return call_answered(call);
}

struct answer *control_export(struct call *call)
{
    const char *as = http_query_text(call->request, "as");
    bool known = !as || text_equal(as, "curl");
    struct invoice invoice;
    return control_find_in_path(call, &invoice)
               ?: known ? reply_script(call, &invoice)
                        : call_invalid(call, "as must be curl");
}
