/* The services of an account: the fixtures' with its changes (fixture/own_services.c). */
#include "tenant.h"

#include "base/log.h"
#include "fixture/fixture.h"
#include "wire/json_read.h"

#include <string.h>

/* Returns NULL, or why they are refused; the tenant then keeps what it had. */
static const char *take_services(const struct tenants *tenants, struct tenant *tenant,
                                 struct own_judging *judging, struct arena *arena, const char *text)
{
    json_auto_t *changes = text ? json_parse(text, strlen(text), arena, NULL) : NULL;
    struct own_services *own;
    const char *why = own_services_read(tenants->fixture, changes, judging, arena, &own);
    if (!why) {
        own_services_free(tenant->own);
        tenant->own = own;
    }
    return why;
}

static void warn(const struct tenant *tenant, const char *why)
{
    log_line(LOG_WARN, "stored services of %s are ignored: %s", tenant->account.keys.id, why);
}

void tenant_take_services(const struct tenants *tenants, struct tenant *tenant, const char *text)
{
    struct arena arena = {0};
    struct own_judging judging = {.most = SIZE_MAX};
    const char *why = take_services(tenants, tenant, &judging, &arena, text);
    const char *left_out = few_end(&judging.left_out, &arena);
    if (why) {
        warn(tenant, why);
        take_services(tenants, tenant, NULL, &arena, NULL);
    } else if (*left_out) {
        warn(tenant, left_out);
    }
    arena_finish(&arena);
}

const struct services *tenant_services(const struct tenants *tenants, const struct tenant *tenant)
{
    return tenant && tenant->own ? own_services_get(tenant->own) : &tenants->fixture->services;
}

const char *tenant_set_services(struct tenants *tenants, struct tenant *tenant, struct store *store,
                                struct arena *arena, enum invoice_kind kind, const char *code,
                                const char *text)
{
    struct own_judging judging = {
        .kind = kind, .code = code, .most = own_services_left_out(tenant->own)};
    const char *why = take_services(tenants, tenant, &judging, arena, text);
    buf_finish(&judging.left_out.text); /* the start has told of them */
    if (!why) {
        store_account_set_services(store, tenant->account.num, tenant->own ? text : NULL);
    }
    return why;
}

void tenant_load_services(struct tenants *tenants, struct tenant *tenant, struct store *store,
                          const char *text)
{
    tenant_take_services(tenants, tenant, text);
    store_account_set_services(store, tenant->account.num, tenant->own ? text : NULL);
}
