#include "callback_filter.h"

#include "api/control.h"
#include "base/text.h"
#include "store/store_invoice.h"

#include <string.h>

bool callback_state_filter(const char *text, struct callback_filter *filter)
{
    enum callback_state state;
    if (callback_state_parse(text, &state)) {
        filter->state = (int64_t)state;
        filter->failing = state == CALLBACK_FAILED;
        return true;
    }
    filter->failing = true;
    filter->other_than = text_equal(text, "retrying") ? CALLBACK_FAILED : TIME_NONE;
    return filter->other_than != TIME_NONE || text_equal(text, "failing");
}

/* Readers of one filter; the text was sent. */

/* Of a payment, or else of a payout. */
static bool find_by_reference(struct call *call, const char *text, struct invoice *ret_invoice)
{
    struct store *store = call->engine->store;
    int64_t account = call->tenant->account.num;
    return store_invoice_by_reference(store, call->arena, account, INVOICE_PAYMENT, text,
                                      ret_invoice) ||
           store_invoice_by_reference(store, call->arena, account, INVOICE_PAYOUT, text,
                                      ret_invoice);
}

static struct answer *read_invoice(struct call *call, const char *text,
                                   struct callback_filter *filter)
{
    struct invoice invoice;
    int64_t seq;
    bool id = invoice_id_read(call->engine->keys.rows, text, &seq); /* may be a reference too */
    if (!id && find_by_reference(call, text, &invoice)) {
        filter->invoice = invoice.seq;
        return NULL;
    }
    struct answer *refused = control_find_invoice(call, text, &invoice);
    filter->invoice = refused ? TIME_NONE : invoice.seq;
    return refused;
}

/* "cb_1,cb_7" becomes "[1,7]". */
static struct answer *read_id(struct call *call, const char *text, struct callback_filter *filter)
{
    const char *list = "", *next = text;
    int64_t seq;
    for (size_t n = 0; *next && n < CALLBACK_IDS_MOST; n++) {
        size_t size = strcspn(next, ",");
        if (!ident_number_read("cb", arena_copy(call->arena, next, size), &seq)) {
            break;
        }
        list = arena_printf(call->arena, "%s%s%lld", list, *list ? "," : "", (long long)seq);
        next += size + (next[size] == ',');
    }
    filter->ids = arena_printf(call->arena, "[%s]", list);
    return *next || !*list ? call_invalid(call, "id: must be at most 100 ids of callbacks, like "
                                                "cb_1,cb_7")
                           : NULL;
}

static struct answer *read_state(struct call *call, const char *text,
                                 struct callback_filter *filter)
{
    return callback_state_filter(text, filter)
               ? NULL
               : call_invalid(call, "state: must be " CALLBACK_STATE_WORDS);
}

static struct answer *read_code(struct call *call, const char *text, struct callback_filter *filter)
{
    if (text_equal(text, "none")) {
        filter->code_least = filter->code_most = 0;
        return NULL;
    }
    return control_read_codes(text, &filter->code_least, &filter->code_most)
               ? NULL
               : call_invalid(call, "code: must be a code like 503, 5xx, or none");
}

static struct answer *read_url(struct call *call, const char *text, struct callback_filter *filter)
{
    (void)call;
    filter->url = text;
    return NULL;
}

static struct answer *read_error(struct call *call, const char *text,
                                 struct callback_filter *filter)
{
    (void)call;
    filter->error = text;
    return NULL;
}

static struct answer *read_transition(struct call *call, const char *text,
                                      struct callback_filter *filter)
{
    enum status status;
    if (!status_parse(text, &status)) {
        return call_control_error(call, 422, "unknown_status", "%s",
                                  status_unknown(text, call->arena));
    }
    filter->transition = (int64_t)status;
    return NULL;
}

static struct answer *read_from(struct call *call, const char *text, struct callback_filter *filter)
{
    return text_to_int(text, &filter->from_ms)
               ? NULL
               : call_invalid(call, "from: must be unix milliseconds");
}

static struct answer *read_to(struct call *call, const char *text, struct callback_filter *filter)
{
    return text_to_int(text, &filter->to_ms) ? NULL
                                             : call_invalid(call, "to: must be unix milliseconds");
}

struct answer *callback_filter_read(struct call *call, struct callback_filter *ret_filter)
{
    static const struct {
        const char *name;
        struct answer *(*read)(struct call *call, const char *text, struct callback_filter *filter);
    } filters[] = {
        {"invoice", read_invoice}, {"state", read_state},           {"code", read_code},
        {"url", read_url},         {"error", read_error},           {"from", read_from},
        {"to", read_to},           {"transition", read_transition}, {"id", read_id},
    };
    struct answer *refused = NULL;
    *ret_filter = store_callback_any(call->tenant->account.num);
    for (size_t i = 0; i < ARRAY_SIZE(filters) && !refused; i++) {
        const char *text = http_query_text(call->request, filters[i].name);
        refused = text ? filters[i].read(call, text, ret_filter) : NULL;
    }
    return refused;
}
