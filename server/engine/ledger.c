#include "ledger.h"

#include "base/text.h"
#include "store/store_account.h"
#include "view/settings.h"

/* ------------------------------------------------------------------ opening balances */

static int64_t opening(const struct engine *engine, const struct tenant *tenant,
                       const char *currency)
{
    int64_t set = settings_opening(&tenant->account.settings, currency);
    if (set != MONEY_NONE) {
        return set;
    }
    const struct services *services = tenant_services(&engine->tenants, tenant);
    return sorted_find(&services->served, currency) ? LEDGER_OPENING : 0;
}

void ledger_balance(struct engine *engine, const struct tenant *tenant, const char *currency,
                    struct ledger_balance *ret_balance)
{
    struct ledger_balance balance = {.currency = currency};
    store_balance_get(engine->store, tenant->account.num, currency, &balance);
    balance.active = money_add(balance.active, opening(engine, tenant, currency));
    *ret_balance = balance;
}

void ledger_post(struct engine *engine, struct tenant *tenant, const char *currency, int64_t active,
                 int64_t pending, int64_t reserved)
{
    if (active || pending || reserved) {
        const struct ledger_balance by = {currency, active, pending, reserved};
        store_balance_add(engine->store, tenant->account.num, &by);
    }
}

/* ------------------------------------------------------------------ all currencies */

struct listing {
    struct arena *arena;
    struct ledger_balance *list;
    size_t n, room;
};

static void add_currency(void *arg, const char *currency)
{
    struct listing *l = arg;
    if (text_find(currency, l->list, l->n, sizeof *l->list)) {
        return;
    }
    l->list = arena_grow(l->arena, l->list, l->n, &l->room, sizeof *l->list);
    l->list[l->n++].currency = arena_strdup(l->arena, currency);
}

static void add_moved(void *arg, const struct ledger_balance *moved)
{
    add_currency(arg, moved->currency);
}

struct view_balances ledger_view(struct engine *engine, const struct tenant *tenant,
                                 struct arena *arena)
{
    struct listing listing = {.arena = arena};
    const struct services *services = tenant_services(&engine->tenants, tenant);
    for (size_t i = 0; i < services->n_currencies; i++) {
        add_currency(&listing, services->currencies[i]);
    }
    settings_opening_all(&tenant->account.settings, add_currency, &listing);
    store_balance_all(engine->store, tenant->account.num, add_moved, &listing);
    for (size_t i = 0; i < listing.n; i++) {
        ledger_balance(engine, tenant, listing.list[i].currency, &listing.list[i]);
    }
    return (struct view_balances){&tenant->account, engine->keys.derive, listing.list, listing.n};
}
