/* GET /_mock/services[?kind=payment|payout]: what an order may name. The platform's own list would
 * do, but a look at that stands in the journal among the merchant's calls. */
#include "control.h"

static void write_fields(struct json_out *out, const struct service *service)
{
    json_out_array(out, "fields");
    for (size_t i = 0; i < service->n_fields; i++) {
        const struct service_field *field = &service->fields[i];
        json_out_object(out, NULL);
        json_out_text(out, "key", field->key);
        json_out_bool(out, "required", field->required);
        json_out_text(out, "example", field->example);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

/* False: 422 was answered. */
static bool read_kind(struct call *call, enum invoice_kind *ret_kind)
{
    const char *text = http_query_text(call->request, "kind");
    *ret_kind = INVOICE_PAYMENT;
    if (!text || invoice_kind_parse(text, ret_kind)) {
        return true;
    }
    call_control_error(call, 422, "invalid", "kind: payment or payout is wanted");
    return false;
}

void control_services_list(struct call *call)
{
    enum invoice_kind kind;
    if (!read_kind(call, &kind)) {
        return;
    }
    const struct catalogue *catalogue = fixture_catalogue(call->engine->fixture, kind);
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_array(&out, "items");
    for (size_t i = 0; i < catalogue->n_services; i++) {
        const struct service *service = &catalogue->services[i];
        json_out_object(&out, NULL);
        json_out_text(&out, "service", service->code);
        json_out_text(&out, "currency", service->currency);
        json_out_bool(&out, "usable", service_is_usable(service));
        write_fields(&out, service);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_int(&out, "total", (int64_t)catalogue->n_services);
    json_out_null(&out, "next");
    json_out_object_end(&out);
}
