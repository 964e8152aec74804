/* GET /_mock/callbacks/{id}, POST .../resend: one callback. */
#include "control.h"

#include "engine/outbox.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

/* The callback of the path; 404 if the account has none. */
static struct answer *find_callback(struct call *call, struct callback *ret_callback)
{
    int64_t seq;
    bool found = ident_number_read("cb", call->params[0], &seq) &&
                 store_callback_get(call->engine->store, call->arena, seq, ret_callback) &&
                 ret_callback->account == call->tenant->account.num;
    return found ? NULL
                 : call_control_error(call, 404, "unknown_callback",
                                      "the account has no callback %s", call->params[0]);
}

struct answer *control_reply_callback(struct call *call, unsigned status,
                                      const struct callback *callback)
{
    struct invoice invoice;
    bool found = store_invoice_get(call->engine->store, call->arena, callback->invoice, &invoice);
    struct json_out out = {.buf = http_reply(call->request, status, HTTP_JSON)};
    callback_view(call, &out, CALLBACK_RAW, callback, found ? &invoice : NULL);
    return call_answered(call);
}

struct answer *control_callbacks_get(struct call *call)
{
    struct callback callback;
    return find_callback(call, &callback) ?: control_reply_callback(call, 200, &callback);
}

struct answer *control_callbacks_resend(struct call *call)
{
    bool resign = false;
    static const struct json_field fields[] = {{.name = "resign", .kind = JSON_KIND_BOOL}};
    struct callback callback;
    struct answer *refused = find_callback(call, &callback)
                                 ?: control_read(call, true, fields, ARRAY_SIZE(fields), &resign);
    if (refused) {
        return refused;
    }
    outbox_resend(call->engine, call->tenant, call->arena, &callback, resign);
    return control_reply_callback(call, 200, &callback);
}
