#include "api_rates.h"

void api_rates_get(struct call *call)
{
    const char *from = arena_upper(call->arena, call->params[0]);
    const char *to = arena_upper(call->arena, call->params[1]);
    int64_t rate = rate_find(&call->engine->fixture->rates, from, to);
    if (rate == MONEY_NONE) {
        http_reply_error(call->request, 404);
        return;
    }
    struct json_out out = {.buf = http_reply(call->request, 200, HTTP_JSON)};
    json_out_object(&out, NULL);
    json_out_object(&out, "data");
    json_out_object(&out, from);
    json_out_money(&out, to, rate);
    json_out_object_end(&out);
    json_out_object_end(&out);
    json_out_object_end(&out);
}
