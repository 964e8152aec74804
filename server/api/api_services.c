#include "api/api.h"

#include "domain/currency.h"
#include "domain/price.h"
#include "view/view_service.h"

#define PAGE_SIZE 20
#define PAGE_SIZE_MOST 100

static const char *const paths[INVOICE_KINDS] = {
    [INVOICE_PAYMENT] = "/api/payment-services", [INVOICE_PAYOUT] = "/api/payout-services"};

static void write_page_link(struct json_out *out, const char *key, const char *path, int64_t page,
                            int64_t size)
{
    buf_auto link = {0};
    buf_printf(&link, "%s?page[number]=%lld&page[size]=%lld", path, (long long)page,
               (long long)size);
    json_out_text(out, key, link.data);
}

static void write_links(struct json_out *out, const char *path, int64_t page, int64_t pages,
                        int64_t size)
{
    json_out_object(out, "links");
    write_page_link(out, "first", path, 1, size);
    if (page > 1) {
        write_page_link(out, "prev", path, page - 1, size);
    }
    if (page < pages) {
        write_page_link(out, "next", path, page + 1, size);
    }
    write_page_link(out, "last", path, pages, size);
    json_out_object_end(out);
}

struct answer *api_services_list(struct call *call)
{
    enum invoice_kind kind = call->route->kind;
    const struct catalogue *catalogue = engine_catalogue(call->engine, call->tenant, kind);
    struct json_errors errors = {.arena = call->arena};
    int64_t size = PAGE_SIZE, page = 1, total = (int64_t)catalogue_size(catalogue);
    paging_read_int(call->request, "size", PAGE_SIZE_MOST, &size, &errors);
    paging_read_int(call->request, "number", INT32_MAX, &page, &errors);
    if (errors.n) {
        return call_reply_errors(call, &errors);
    }
    int64_t pages = total ? (total + size - 1) / size : 1;
    struct json_out out = call_reply_object(call, 200);
    json_out_object(&out, "meta");
    json_out_int(&out, "total", total);
    json_out_int(&out, "pages", pages);
    json_out_int(&out, "page", page);
    json_out_object_end(&out);
    write_links(&out, paths[kind], page, pages, size);
    json_out_array(&out, "data");
    for (int64_t i = (page - 1) * size; i < total && i < page * size; i++) {
        view_service(&out, NULL, kind, catalogue_at(catalogue, (size_t)i));
    }
    json_out_array_end(&out);
    return call_reply_end(&out);
}

struct answer *api_services_get(struct call *call)
{
    enum invoice_kind kind = call->route->kind;
    const struct service *service =
        service_find_id(engine_catalogue(call->engine, call->tenant, kind), call->params[0]);
    if (!service) {
        return call_refuse(
            call, 404, "there is no service with this id",
            arena_printf(call->arena, "GET %s lists id and code of all", paths[kind]));
    }
    struct json_out out = call_reply_object(call, 200);
    view_service(&out, "data", kind, service);
    return call_reply_end(&out);
}

/* ------------------------------------------------------------------ prerequest */

struct prerequest {
    const char *public_key, *currency;
    int64_t amount;
};

static const struct json_field prerequest_fields[] = {
    JSON_FIELD(prerequest, "public_key", TEXT, public_key, .required = true),
    JSON_FIELD(prerequest, "currency", TEXT, currency, .required = true,
               .format = JSON_FORMAT_CURRENCY),
    /* Must be the last: a payment's amount is not read (P303). */
    JSON_FIELD(prerequest, "amount", MONEY, amount),
};

/* The body's fields, checked. */
static struct answer *read_prerequest(struct call *call, enum invoice_kind kind,
                                      struct prerequest *ret_input)
{
    struct json_errors errors = {.arena = call->arena};
    *ret_input = (struct prerequest){.amount = MONEY_NONE};
    call_read_fields(call, call->fields, prerequest_fields,
                     ARRAY_SIZE(prerequest_fields) - (kind == INVOICE_PAYMENT), ret_input, &errors);
    if (ret_input->amount != MONEY_NONE && ret_input->amount <= 0) {
        json_errors_add(&errors, "amount", "This value should be greater than 0.");
    } else if (ret_input->amount != MONEY_NONE &&
               ret_input->amount % currency_unit(ret_input->currency)) {
        json_errors_add(&errors, "amount", MESSAGE_DECIMALS,
                        currency_decimals(ret_input->currency));
    }
    return errors.n ? call_reply_errors(call, &errors) : NULL;
}

/* A payout's amount must be within the limits, which are in the service's currency (P602). */
static bool fits_amount(const struct prerequest_view *view, const struct service *service,
                        int64_t rate)
{
    return view->kind == INVOICE_PAYMENT || view->amount == MONEY_NONE ||
           service_limits_hold(service, price_converted(service, view->amount, rate));
}

/* The usable services that accept the currency: their own, or one that the account converts. */
static void find_offers(struct call *call, struct prerequest_view *view)
{
    const struct catalogue *catalogue = view->catalogue;
    size_t n = catalogue_size(catalogue);
    struct prerequest_offer *offers = arena_alloc(call->arena, (n + 1) * sizeof *offers);
    for (size_t i = 0; i < n; i++) {
        const struct service *service = catalogue_at(catalogue, i);
        int64_t rate = engine_rate(call->engine, call->tenant, view->currency, service);
        if (engine_service_is_usable(call->tenant, service, call->test_key) && rate != MONEY_NONE &&
            fits_amount(view, service, rate)) {
            offers[view->n_offers++] = (struct prerequest_offer){service, rate};
        }
    }
    view->offers = offers;
}

struct answer *api_services_prerequest(struct call *call)
{
    enum invoice_kind kind = call->route->kind;
    struct prerequest input;
    struct answer *refused = read_prerequest(call, kind, &input);
    if (refused) {
        return refused;
    }
    if (!call->tenant) {
        return call_refuse_key(call, input.public_key);
    }
    struct prerequest_view view = {.kind = kind,
                                   .catalogue = engine_catalogue(call->engine, call->tenant, kind),
                                   .currency = input.currency,
                                   .amount = input.amount,
                                   .test_mode = call->test_key,
                                   .account = &call->tenant->account.settings};
    find_offers(call, &view);
    struct json_out out = call_reply_object(call, 200);
    view_prerequest(&out, "data", &view);
    return call_reply_end(&out);
}
