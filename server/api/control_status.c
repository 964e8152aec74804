/* GET /_mock/statuses and /_mock/resolutions: the tables of domain/, for programs that show or
 * choose one. */
#include "control.h"

static const char *const money_names[] = {
    [STATUS_MONEY_STAYS] = NULL,          [STATUS_MONEY_PAID] = "paid",
    [STATUS_MONEY_REFUNDED] = "refunded", [STATUS_MONEY_CHARGED_BACK] = "charged_back",
    [STATUS_MONEY_CANCELED] = "canceled",
};

static void write_kinds(struct json_out *out, enum status status)
{
    bool (*const has[INVOICE_KINDS])(enum status) = {
        [INVOICE_PAYMENT] = status_is_of_payment, [INVOICE_PAYOUT] = status_is_of_payout};
    json_out_array(out, "kinds");
    for (int kind = 0; kind < INVOICE_KINDS; kind++) {
        if (has[kind](status)) {
            json_out_text(out, NULL, invoice_kinds[kind].noun);
        }
    }
    json_out_array_end(out);
}

static void write_profiles(struct json_out *out, enum status status)
{
    json_out_array(out, "profiles");
    for (int profile = 0; profile < PROFILE_COUNT; profile++) {
        if (status_is_in(status, (enum profile)profile)) {
            json_out_text(out, NULL, profile_names[profile]);
        }
    }
    json_out_array_end(out);
}

/* The statuses that may follow, for each kind that has this one. */
static void write_next(struct json_out *out, enum status status)
{
    bool (*const may[INVOICE_KINDS])(enum status, enum status) = {
        [INVOICE_PAYMENT] = status_may_become, [INVOICE_PAYOUT] = status_payout_may_become};
    json_out_object(out, "next");
    for (int kind = 0; kind < INVOICE_KINDS; kind++) {
        json_out_array(out, invoice_kinds[kind].noun);
        for (int to = 0; to < STATUS_COUNT; to++) {
            if (may[kind](status, (enum status)to)) {
                json_out_text(out, NULL, status_name((enum status)to));
            }
        }
        json_out_array_end(out);
    }
    json_out_object_end(out);
}

static void write_status(struct json_out *out, enum status status)
{
    json_out_object(out, NULL);
    json_out_text(out, "status", status_name(status));
    write_kinds(out, status);
    write_profiles(out, status);
    json_out_bool(out, "final", status_is_final(status));
    json_out_bool(out, "failure", status_is_failure(status));
    json_out_text(out, "money", money_names[status_money(status)]);
    json_out_bool(out, "part", status_is_part(status));
    write_next(out, status);
    json_out_object_end(out);
}

void control_statuses_write(struct buf *out)
{
    struct json_out json = {.buf = out};
    json_out_object(&json, NULL);
    json_out_array(&json, "items");
    for (int status = 0; status < STATUS_COUNT; status++) {
        write_status(&json, (enum status)status);
    }
    json_out_array_end(&json);
    json_out_int(&json, "total", STATUS_COUNT);
    json_out_null(&json, "next");
    json_out_object_end(&json);
}

struct answer *control_statuses_list(struct call *call)
{
    control_statuses_write(http_reply(call->request, 200, HTTP_JSON));
    return call_answered(call);
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
