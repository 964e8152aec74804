/* Finds the account of a call by its body or its invoice, and the one to reset. */
#include "api/api.h"

#include "base/text.h"
#include "domain/token.h"

struct answer *account_to_reset(struct call *call)
{
    const struct tenants *tenants = &call->engine->tenants;
    const char *id = http_query_text(call->request, "account");
    bool gone = text_equal(id, tenants->demo_id) && !tenants->demo;
    return gone ? NULL : account_by_query(call);
}

/* ------------------------------------------------------------------ by a public key */

static void find_by_key(struct call *call, const json_t *fields)
{
    const char *key = json_string_value(json_object_get(fields, "public_key"));
    call->fields = fields;
    call->tenant = key ? tenants_by_public_key(&call->engine->tenants, key, &call->test_key) : NULL;
}

static struct answer *find_by_sent_key(struct call *call,
                                       struct answer *(*read)(struct call *, json_t **))
{
    json_t *fields;
    struct answer *refused = read(call, &fields);
    if (!refused) {
        find_by_key(call, fields);
    }
    return refused;
}

struct answer *account_by_body_key(struct call *call)
{
    return find_by_sent_key(call, call_body);
}

struct answer *account_by_form_key(struct call *call)
{
    return find_by_sent_key(call, call_form);
}

/* ------------------------------------------------------------------ by an invoice */

struct tenant *account_of(struct call *call, bool found, const struct invoice *invoice)
{
    call->tenant = found ? tenants_by_num(&call->engine->tenants, invoice->account) : NULL;
    if (call->tenant) {
        call->found = arena_alloc(call->arena, sizeof *call->found);
        *call->found = *invoice;
    }
    return call->tenant;
}

/* Other parameters of the link are ignored, including its key. */
struct answer *account_by_page_order(struct call *call)
{
    bool post = text_equal(call->request->method, "POST");
    struct invoice invoice;
    if (call->request->head && !http_query_text(call->request, "cpi")) {
        return NULL; /* a link preview must not create an order */
    }
    struct answer *refused = post ? account_by_form_key(call) : NULL;
    if (refused) {
        return refused;
    }
    if (!post) {
        find_by_key(call, http_query(call->request));
    }
    const char *id = json_string_value(json_object_get(call->fields, "cpi"));
    if (!id || !*id) {
        return NULL;
    }
    bool found = engine_find_any_account(call->engine, call->arena, INVOICE_PAYMENT, id, &invoice);
    return account_of(call, found, &invoice) ? NULL : api_missing(call, id);
}

struct answer *account_by_invoice(struct call *call)
{
    bool test_mode;
    struct invoice invoice;
    const char *key = http_query_text(call->request, "public_key");
    struct tenant *by_key =
        key ? tenants_by_public_key(&call->engine->tenants, key, &test_mode) : NULL;
    if (key && !by_key) {
        return call_refuse_key(call, key);
    }
    bool found = engine_find_any_account(call->engine, call->arena, call->route->kind,
                                         call->params[0], &invoice);
    if (by_key && account_of(call, found, &invoice) != by_key) {
        call->tenant = by_key; /* its call, although it has no such invoice: the handler says so */
        call->found = NULL;
    }
    return by_key || account_of(call, found, &invoice) ? NULL : api_missing(call, call->params[0]);
}

static struct answer *refuse_token(struct call *call)
{
    call->refusal = REFUSAL_TOKEN;
    return call_error(call, 401);
}

/* Refuses unknown and expired tokens. */
struct answer *account_by_token(struct call *call)
{
    const char *text = authorization_bearer(http_header(call->request, "Authorization"));
    struct token token;
    struct invoice invoice;
    buf_auto ours = {0};
    bool found = text && token_read(text, &token) &&
                 engine_find_payment_by_session(call->engine, call->arena, token.session, &invoice);
    if (!account_of(call, found, &invoice)) {
        return refuse_token(call);
    }
    token_write(&ours, &call->engine->keys.token, token.form, invoice.session,
                invoice.expires_ms / 1000);
    bool good = crypt_equal(ours.data, text) && clock_now(call->tenant) / 1000 < token.expires_s;
    return good ? NULL : refuse_token(call);
}

struct answer *account_by_pid(struct call *call)
{
    const char *session = http_query_text(call->request, "pid");
    struct invoice invoice;
    bool found =
        session && engine_find_payment_by_session(call->engine, call->arena, session, &invoice);
    return account_of(call, found, &invoice)
               ? NULL
               : call_refuse(call, 404, "pid is missing, or no payment has it",
                             "use the TermUrl of the answer of POST /payment/sale as it is");
}
