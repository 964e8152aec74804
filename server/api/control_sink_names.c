/* GET /_mock/sinks: the names of the account's receiver. */
#include "control.h"

#include "receiver/sink.h"

static void write_sink(void *arg, const struct sink_view *view)
{
    struct json_out *out = arg;
    json_out_object(out, NULL);
    json_out_text(out, "name", view->name);
    json_out_int(out, "requests", (int64_t)view->requests);
    json_out_array(out, "responses");
    for (size_t i = view->next_code; i < view->n_codes; i++) {
        json_out_int(out, NULL, view->codes[i]);
    }
    json_out_array_end(out);
    json_out_object_end(out);
}

void control_sinks_list(struct call *call)
{
    if (!control_has_tenant(call)) {
        return;
    }
    const struct sinks *sinks = &call->tenant->sinks;
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_array(&out, "items");
    sinks_all(sinks, write_sink, &out);
    json_out_array_end(&out);
    json_out_int(&out, "total", (int64_t)sinks->n);
    json_out_null(&out, "next");
    json_out_object_end(&out);
}
