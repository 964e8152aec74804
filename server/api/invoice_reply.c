#include "invoice_reply.h"

#include "base/text.h"
#include "engine/outbox.h"

void invoice_reply(struct call *call, unsigned status, const struct invoice *invoice,
                   invoice_writer write, enum view_kind kind)
{
    struct json_out out = {.buf = http_reply(call->request, status, HTTP_JSON)};
    struct view_invoice view = engine_view(call->engine, call->tenant, invoice);
    if (text_equal(call->request->method, "GET")) {
        view.logs_most = LOOKUP_LOGS_MOST;
    }
    call->invoice = invoice->seq;
    json_out_object(&out, NULL);
    write(&out, &view, kind);
    json_out_object_end(&out);
}

void invoice_reply_conflict(struct call *call, const struct invoice *invoice, const char *detail,
                            invoice_writer write)
{
    struct json_out out = {.buf = http_reply(call->request, 409, HTTP_JSON)};
    const struct view_invoice view = engine_view(call->engine, call->tenant, invoice);
    call->invoice = invoice->seq;
    json_out_object(&out, NULL);
    json_out_array(&out, "errors");
    json_out_object(&out, NULL);
    json_out_text(&out, "status", "Conflict");
    json_out_text(&out, "code", "409");
    json_out_text(&out, "title", "conflict");
    json_out_text(&out, "detail", detail);
    json_out_object_end(&out);
    json_out_array_end(&out);
    write(&out, &view, VIEW_READ);
    json_out_object_end(&out);
}

void invoice_reply_repeated(struct call *call, const struct invoice *earlier, const char *noun,
                            const char *reference_id, invoice_writer write)
{
    invoice_reply_conflict(call, earlier,
                           arena_printf(call->arena,
                                        "A %s with reference_id \"%s\" exists already.", noun,
                                        reference_id),
                           write);
}

bool invoice_key_holds(struct call *call, const struct tenant *tenant)
{
    bool test_mode;
    const char *key = http_query_text(call->request, "public_key");
    const struct tenant *by_key =
        key ? tenants_by_public_key(&call->engine->tenants, key, &test_mode) : NULL;
    if (key && !by_key) {
        http_reply_error(call->request, 401);
        return false;
    }
    if (!tenant || (by_key && by_key != tenant)) {
        http_reply_error(call->request, 404);
        return false;
    }
    return true;
}
