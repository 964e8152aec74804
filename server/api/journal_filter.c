#include "journal_filter.h"

#include "api/control.h"
#include "base/text.h"
#include "engine/engine_journal.h"
#include "store/store_invoice.h"
#include "watch/trace.h"

#include <string.h>

/* Reads one of two words as 0 or 1; -1 if it was not sent. */
static struct answer *read_word(struct call *call, const char *name, const char *const words[3],
                                int *ret_n)
{
    const char *text = http_query_text(call->request, name);
    *ret_n = text_index(words, text);
    return !text || *ret_n >= 0
               ? NULL
               : call_invalid(call, "%s: must be %s or %s", name, words[0], words[1]);
}

static struct answer *read_ms(struct call *call, const char *name, int64_t *value)
{
    const char *text = http_query_text(call->request, name);
    return !text || text_to_int(text, value)
               ? NULL
               : call_invalid(call, "%s: must be unix milliseconds", name);
}

static struct answer *read_status(struct call *call, struct journal_filter *filter)
{
    const char *text = http_query_text(call->request, "status");
    int64_t least = 0, most = 0;
    if (text && !control_read_codes(text, &least, &most)) {
        return call_invalid(call, "status: must be a code like 404, or 4xx");
    }
    filter->status_least = (unsigned)least;
    filter->status_most = (unsigned)most;
    return NULL;
}

static struct answer *read_id(struct call *call, struct journal_filter *filter)
{
    const char *id = http_query_text(call->request, "id");
    return !id || trace_id_read(id, &filter->number)
               ? NULL
               : call_invalid(call, "id: must be the id of a request, such as req_17");
}

static struct answer *read_invoice(struct call *call, struct journal_filter *filter)
{
    const char *id = http_query_text(call->request, "invoice");
    struct invoice invoice;
    if (id) {
        struct answer *refused = control_find_invoice(call, id, &invoice);
        if (refused) {
            return refused;
        }
        filter->invoice = invoice.seq;
    }
    filter->reference_id = http_query_text(call->request, "reference_id");
    /* Calls that payments and payouts share count as the payment's. */
    for (int kind = INVOICE_KINDS; filter->reference_id && kind-- > 0;) {
        if (store_invoice_by_reference(call->engine->store, call->arena, call->tenant->account.num,
                                       (enum invoice_kind)kind, filter->reference_id, &invoice)) {
            filter->reference = invoice.seq;
        }
    }
    return NULL;
}

struct answer *journal_filter_read(struct call *call, struct journal_filter *ret_filter)
{
    static const char *const kinds[] = {"api", "page", NULL};
    static const char *const words[] = {"false", "true", NULL};
    struct journal_filter filter = {
        .view = journal_view_of(call->engine, call->tenant),
        .method = http_query_text(call->request, "method"),
        .path = http_query_text(call->request, "path"),
        .from_ms = INT64_MIN,
        .to_ms = INT64_MAX,
    };
    struct answer *refused = read_status(call, &filter)
                                 ?: read_id(call, &filter)
                                 ?: read_invoice(call, &filter)
                                 ?: read_ms(call, "from", &filter.from_ms)
                                 ?: read_ms(call, "to", &filter.to_ms)
                                 ?: read_word(call, "kind", kinds, &filter.kind)
                                 ?: read_word(call, "unmatched", words, &filter.unmatched);
    *ret_filter = filter;
    return refused;
}

/* The path as it was sent, without query and trailing slashes; of the private API also without
 * /api. */
static bool fits_path(const struct journal_filter *filter, const struct router *router,
                      const struct journal_record *record)
{
    const char *target = journal_part(router->engine->watch.journal, record, JOURNAL_TARGET);
    size_t size = record->request.size[JOURNAL_TARGET];
    const char *mark = memchr(target, '?', size);
    size = mark ? (size_t)(mark - target) : size;
    while (size > 1 && target[size - 1] == '/') {
        size--;
    }
    if (text_matches(target, size, filter->path)) {
        return true;
    }
    const size_t prefix = strlen("/api");
    return size > prefix && memcmp(target, "/api/", prefix + 1) == 0 &&
           text_matches(target + prefix, size - prefix, filter->path);
}

static bool fits_reference(const struct journal_filter *filter, const struct router *router,
                           const struct journal_record *record)
{
    if (filter->reference && record->invoice == filter->reference) {
        return true;
    }
    const char *body = journal_part(router->engine->watch.journal, record, JOURNAL_BODY);
    return memmem(body, record->request.size[JOURNAL_BODY], filter->reference_id,
                  strlen(filter->reference_id));
}

bool journal_filter_fits(const struct journal_filter *filter, const struct router *router,
                         const struct journal_record *record)
{
    const struct journal_request *request = &record->request;
    return journal_shows(&filter->view, record) &&
           (!filter->number || record->request.number == filter->number) &&
           (!filter->method || text_equal_nocase(request->method, filter->method)) &&
           (!filter->status_most ||
            (request->status >= filter->status_least && request->status <= filter->status_most)) &&
           record->wall_ms >= filter->from_ms && record->wall_ms <= filter->to_ms &&
           (filter->kind < 0 || filter->kind == request->page) &&
           (filter->unmatched < 0 || filter->unmatched == record->unmatched) &&
           (!filter->invoice || record->invoice == filter->invoice) &&
           (!filter->path || fits_path(filter, router, record)) &&
           (!filter->reference_id || fits_reference(filter, router, record));
}
