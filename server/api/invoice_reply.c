#include "api/api.h"

#include "base/text.h"
#include "engine/outbox.h"

struct answer *invoice_reply(struct call *call, unsigned status, const struct invoice *invoice,
                             invoice_writer write, enum view_kind kind)
{
    struct json_out out = call_reply_object(call, status);
    struct view_invoice view = engine_view(call->engine, call->tenant, invoice);
    if (text_equal(call->request->method, "GET")) {
        view.logs_most = LOOKUP_LOGS_MOST;
    }
    call->invoice = invoice->seq;
    write(&out, &view, kind);
    return call_reply_end(&out);
}

struct answer *invoice_reply_conflict(struct call *call, const struct invoice *invoice,
                                      const char *detail, invoice_writer write)
{
    struct json_out out = call_reply_object(call, 409);
    const struct view_invoice view = engine_view(call->engine, call->tenant, invoice);
    call->invoice = invoice->seq;
    json_out_array(&out, "errors");
    json_out_object(&out, NULL);
    json_out_text(&out, "status", "Conflict");
    json_out_text(&out, "code", "409");
    json_out_text(&out, "title", "conflict");
    json_out_text(&out, "detail", detail);
    json_out_object_end(&out);
    json_out_array_end(&out);
    write(&out, &view, VIEW_READ);
    return call_reply_end(&out);
}

struct answer *invoice_reply_repeated(struct call *call, const struct invoice *earlier,
                                      const char *noun, const char *reference_id,
                                      invoice_writer write)
{
    return invoice_reply_conflict(call, earlier,
                                  arena_printf(call->arena,
                                               "A %s with reference_id \"%s\" exists already.",
                                               noun, reference_id),
                                  write);
}
