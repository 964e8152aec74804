/* What is missing: an id usually belongs to another account, as with an account per test; or money.
 */
#include "api/api.h"
#include "base/text.h"
#include "engine/refund.h"

/* The account that has it, or NULL; `ret_kind` is set with it. */
static const struct tenant *find_invoice(struct call *call, const char *id,
                                         enum invoice_kind *ret_kind)
{
    struct invoice invoice;
    for (int kind = 0; kind < INVOICE_KINDS; kind++) {
        if (engine_find_any_account(call->engine, call->arena, (enum invoice_kind)kind, id,
                                    &invoice)) {
            *ret_kind = (enum invoice_kind)kind;
            return tenants_by_num(&call->engine->tenants, invoice.account);
        }
    }
    return NULL;
}

static const struct tenant *find_refund(struct call *call, const char *id)
{
    const struct tenants *tenants = &call->engine->tenants;
    struct refund refund;
    struct invoice invoice;
    for (size_t i = 0; i < tenants->n; i++) {
        if (refund_find_id(call->engine, tenants->list[i], call->arena, id, &refund, &invoice)) {
            return tenants->list[i];
        }
    }
    return NULL;
}

static void say_whose(struct call *call, const struct tenant *owner)
{
    call->detail = arena_printf(call->arena, "it belongs to the account %s%s%s",
                                owner->account.keys.id, call->tenant ? ", not to " : "",
                                call->tenant ? call->tenant->account.keys.id : "");
    call->remedy = "call with the keys of its account";
}

void api_say_missing(struct call *call, const char *id)
{
    enum invoice_kind wanted = call->route->kind, kind;
    const struct tenant *owner = find_invoice(call, id, &kind);
    const char *noun = invoice_kinds[wanted].noun, *type = invoice_kinds[wanted].type;
    if (owner && kind != wanted) {
        call->detail = arena_printf(call->arena, "it is a %s invoice", invoice_kinds[kind].noun);
        call->remedy = arena_printf(call->arena, "call /%s/{id}", invoice_kinds[kind].type);
    } else if (owner && owner != call->tenant) {
        say_whose(call, owner);
    } else {
        call->detail = arena_printf(call->arena, "%s no %s invoice with this id",
                                    call->tenant ? "the account has" : "there is", noun);
        call->remedy = arena_printf(call->arena, "GET /%s lists the account's ids", type);
    }
}

struct answer *api_missing(struct call *call, const char *id)
{
    api_say_missing(call, id);
    return call_error(call, 404);
}

struct answer *api_missing_refund(struct call *call, const char *id)
{
    const struct tenant *owner = find_refund(call, id);
    if (owner) {
        say_whose(call, owner);
        return call_error(call, 404);
    }
    call->remedy = "the answer to POST /payment-invoices/{id}/refund has the id, and the invoice "
                   "lists its refunds";
    return call_error_because(call, 404, "the account has no refund with this id");
}

void api_say_uncovered(struct call *call, struct json_errors *errors)
{
    if (!errors->n) { /* the reason is about the first error */
        call->detail = "GET /account/balances shows the balance, and the account's setting "
                       "opening_balances sets it at a reset";
    }
    json_errors_add(errors, "amount", MESSAGE_UNCOVERED);
}
