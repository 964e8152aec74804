/* GET /_mock/statuses and /_mock/resolutions: the tables of domain/, for programs that show or
 * choose one. */
#include "control.h"

static const char *const money_names[] = {
    [STATUS_MONEY_STAYS] = NULL,
    [STATUS_MONEY_PAID] = "paid",
    [STATUS_MONEY_REFUNDED] = "refunded",
    [STATUS_MONEY_CHARGED_BACK] = "charged_back",
};

static void write_status(struct json_out *out, enum status status)
{
    json_out_object(out, NULL);
    json_out_text(out, "status", status_name(status));
    json_out_array(out, "kinds");
    json_out_text(out, NULL, invoice_kinds[INVOICE_PAYMENT].noun);
    if (status_is_of_payout(status)) {
        json_out_text(out, NULL, invoice_kinds[INVOICE_PAYOUT].noun);
    }
    json_out_array_end(out);
    json_out_bool(out, "final", status_is_final(status));
    json_out_bool(out, "failure", status_is_failure(status));
    json_out_text(out, "money", money_names[status_money(status)]);
    json_out_bool(out, "part", status_is_part(status));
    json_out_object_end(out);
}

struct answer *control_statuses_list(struct call *call)
{
    struct json_out out = call_reply_list(call);
    for (int status = 0; status < STATUS_COUNT; status++) {
        write_status(&out, (enum status)status);
    }
    return call_reply_list_end(&out, STATUS_COUNT, NULL);
}

struct answer *control_resolutions_list(struct call *call)
{
    struct json_out out = call_reply_list(call);
    int64_t n = 0;
    const char *name;
    while ((name = resolution_at((size_t)n, &call->engine->fixture->resolutions))) {
        json_out_object(&out, NULL);
        json_out_text(&out, "resolution", name);
        json_out_text(&out, "text", resolution_text(name));
        json_out_object_end(&out);
        n++;
    }
    return call_reply_list_end(&out, n, NULL);
}
