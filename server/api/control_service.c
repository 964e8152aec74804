/* GET /_mock/services[?kind=payment|payout]: the services that an order may name. Unlike the
 * platform's list, a call of it is not recorded in the journal with the merchant's calls. */
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

struct answer *control_services_list(struct call *call)
{
    const char *text = http_query_text(call->request, "kind");
    enum invoice_kind kind = INVOICE_PAYMENT;
    if (text && !invoice_kind_parse(text, &kind)) {
        return call_invalid(call, "kind: must be payment or payout");
    }
    const struct catalogue *catalogue = &call->engine->fixture->catalogues[kind];
    struct json_out out = call_reply_list(call);
    for (size_t i = 0; i < catalogue->n_services; i++) {
        const struct service *service = &catalogue->services[i];
        json_out_object(&out, NULL);
        json_out_text(&out, "service", service->code);
        json_out_text(&out, "id", service->id);
        json_out_text(&out, "method", service->method->code);
        json_out_text(&out, "flow", service->flow);
        json_out_text(&out, "currency", service->currency);
        json_out_money(&out, "amount_min", service->amount_min);
        json_out_money(&out, "amount_max", service->amount_max);
        json_out_bool(&out, "available", service->available);
        json_out_bool(&out, "enabled", service->enabled);
        json_out_bool(&out, "usable", service_is_usable(service));
        write_fields(&out, service);
        json_out_object_end(&out);
    }
    return call_reply_list_end(&out, (int64_t)catalogue->n_services, NULL);
}
