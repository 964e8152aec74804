/* GET /_mock/payment-invoices/{id}/document: the JSON of an invoice as an API answers it or as a
 * callback reports it, in any profile. */
#include "control.h"

#include "base/text.h"

static const struct document {
    const char *name;
    void (*write[2])(struct json_out *, const struct view_invoice *, enum view_kind);
    enum view_kind kind;
} documents[] = {
    {"private", {view_invoice_document, view_invoice_document}, VIEW_READ},
    {"public", {view_invoice_public, view_payout_public}, VIEW_READ},
    {"callback", {view_invoice_document, view_invoice_document}, VIEW_CALLBACK},
};

/* NULL: there is no such document. */
static const struct document *document_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
        if (!name || text_equal(documents[i].name, name)) {
            return &documents[i];
        }
    }
    return NULL;
}

static struct answer *reply(struct call *call, const struct invoice *invoice)
{
    const struct document *document = document_of(http_query_text(call->request, "as"));
    const char *profile = http_query_text(call->request, "profile");
    struct view_invoice view = engine_view(call->engine, call->tenant, invoice);
    view.logs_most = LOOKUP_LOGS_MOST;
    if (!document) {
        return call_invalid(call, "as: must be private, public or callback");
    }
    if (profile && !profile_parse(profile, &view.profile)) {
        return call_invalid(call, "profile: %s", profile_unknown(profile, call->arena));
    }
    struct json_out out = call_reply_object(call, 200);
    document->write[call->route->kind == INVOICE_PAYOUT](&out, &view, document->kind);
    return call_reply_end(&out);
}

struct answer *control_document(struct call *call)
{
    struct invoice invoice;
    return control_find_in_path(call, &invoice) ?: reply(call, &invoice);
}
