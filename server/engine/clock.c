#include "clock.h"

#include "base/wall.h"

int64_t clock_now(const struct tenant *tenant)
{
    const struct account_clock *clock = &tenant->account.clock;
    return clock->frozen ? clock->now_ms : wall_now_ms() + clock->offset_ms;
}

int64_t clock_at_wall(const struct tenant *tenant, int64_t wall_ms)
{
    const struct account_clock *clock = &tenant->account.clock;
    return clock->frozen ? clock->now_ms : wall_ms + clock->offset_ms;
}

int64_t clock_to_wall(const struct tenant *tenant, int64_t time_ms)
{
    const struct account_clock *clock = &tenant->account.clock;
    return clock->frozen ? INT64_MAX : time_ms - clock->offset_ms;
}

void clock_set(struct tenant *tenant, struct store *store, bool frozen, int64_t now_ms)
{
    struct account_clock clock = {
        .frozen = frozen, .offset_ms = frozen ? 0 : now_ms - wall_now_ms(), .now_ms = now_ms};
    tenant->account.clock = clock;
    store_account_set_clock(store, tenant->account.num, &clock);
}

void clock_reset(struct tenant *tenant, struct store *store)
{
    tenant->account.clock = (struct account_clock){0};
    store_account_set_clock(store, tenant->account.num, &tenant->account.clock);
}
