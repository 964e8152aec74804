/*
 * An engine with a database and the built-in fixtures. Time only moves when the test moves it:
 * programs that use this are linked with --wrap=wall_now_ms and --wrap=mono_now_ms.
 */
#pragma once

#include "folder.h"

#include "base/wall.h"
#include "engine/create.h"
#include "engine/engine_account.h"
#include "engine/life.h"

#define BENCH_HOUR_MS ((int64_t)3600 * 1000)
#define BENCH_WALL_MS 1700000000000 /* the time at the start of every test */

static int64_t wall_ms, mono_ms;

int64_t __wrap_wall_now_ms(void);
int64_t __wrap_mono_now_ms(void);

int64_t __wrap_wall_now_ms(void)
{
    return wall_ms;
}

int64_t __wrap_mono_now_ms(void)
{
    return mono_ms;
}

struct bench {
    char folder[FOLDER_TEXT];
    struct fixture fixture;
    struct store *store;
    struct engine engine;
    struct tenant *tenant; /* the demo account's */
    struct arena arena;
};

static inline void bench_commit(struct bench *b)
{
    engine_before_commit(&b->engine);
    assert_true(store_commit(b->store));
    engine_committed(&b->engine);
}

static inline void bench_begin_as(struct bench *b, const struct engine_options *options)
{
    memset(b, 0, sizeof *b);
    wall_ms = BENCH_WALL_MS;
    mono_ms = 5000;
    folder_make(b->folder);
    assert_null(fixture_load(NULL, &b->fixture));
    assert_null(store_open(folder_path(b->folder, "db"), STORE_DURABLE_NONE, &b->arena, &b->store));
    assert_null(engine_start(b->store, &b->fixture, options, &b->arena, &b->engine));
    b->tenant = b->engine.tenants.demo;
    bench_commit(b);
}

static inline void bench_begin(struct bench *b)
{
    const struct engine_options options = {.journal = 100};
    bench_begin_as(b, &options);
}

static inline void bench_end(struct bench *b)
{
    engine_finish(&b->engine);
    store_close(b->store);
    fixture_finish(&b->fixture);
    arena_finish(&b->arena);
    folder_remove(b->folder);
}

static inline struct tenant *bench_account(struct bench *b)
{
    struct settings settings;
    settings_default(&settings);
    struct tenant *tenant = engine_add_account(&b->engine, &settings);
    assert_non_null(tenant);
    return tenant;
}

/* Creates a payment of 100 USD. `outcome` as in X-Mock-Outcome. */
static inline struct invoice bench_invoice_for(struct bench *b, struct tenant *tenant,
                                               const char *outcome, const char *callback_url,
                                               int64_t lifetime_ms)
{
    struct invoice invoice;
    int64_t awaited;
    const struct order order = {
        .service =
            service_find(&b->fixture.services.catalogues[INVOICE_PAYMENT], "payment_card_usd_hpp"),
        .draft.currency = "USD",
        .draft.amount = 100 * MONEY_ONE,
        .draft.test_mode = true,
        .draft.source = SOURCE_PLATFORM_PUBLIC_API,
        .draft.metadata = "{}",
        .draft.base_url = "http://localhost",
        .draft.callback_url = callback_url,
        .draft.expires_ms = clock_now(tenant) + lifetime_ms,
        .header_outcome = outcome,
    };
    assert_int_equal(engine_create(&b->engine, tenant, &b->arena, &order, &invoice, &awaited),
                     CREATE_DONE);
    return invoice;
}

/* Creates one that expires after an hour. */
static inline struct invoice bench_invoice(struct bench *b, struct tenant *tenant,
                                           const char *outcome, const char *callback_url)
{
    return bench_invoice_for(b, tenant, outcome, callback_url, BENCH_HOUR_MS);
}
