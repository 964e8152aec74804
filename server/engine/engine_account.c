#include "engine_account.h"

#include "base/text.h"
#include "engine/advance.h"
#include "engine/engine_journal.h"
#include "engine/outbox.h"

#define SECRET_CHARS 43 /* of keys, as the platform makes them (P171) */

static const char *next_key(struct engine *engine, struct arena *arena, const char *prefix)
{
    char text[SECRET_CHARS + 1];
    ident_next_secret(&engine->idents, text, SECRET_CHARS);
    return arena_printf(arena, "%s%s", prefix, text);
}

static struct tenant *add(struct engine *engine, const struct account_keys *keys,
                          const struct settings *settings)
{
    struct tenant *tenant = tenants_add(&engine->tenants, engine->store, keys, settings);
    if (tenant) {
        turn_recheck(&engine->turn);
        journal_account(engine, tenant, JOURNAL_CREATED);
    }
    return tenant;
}

struct tenant *engine_add_account(struct engine *engine, const struct settings *settings)
{
    struct arena arena = {0};
    char id[IDENT_TEXT];
    ident_next(&engine->idents, "coma", id);
    const struct account_keys keys = {
        .id = id,
        .api_key = next_key(engine, &arena, ""),
        .public_key = next_key(engine, &arena, "pk_test_"),
        .public_live_key = next_key(engine, &arena, "pk_live_"),
        .secret_key = next_key(engine, &arena, "sk_test_"),
        .secret_live_key = next_key(engine, &arena, "sk_live_"),
    };
    struct tenant *tenant = add(engine, &keys, settings);
    arena_finish(&arena);
    return tenant;
}

struct tenant *engine_restore_demo(struct engine *engine)
{
    const struct fixture_account *demo = engine->fixture->accounts;
    return engine->fixture->n_accounts ? add(engine, &demo->keys, &demo->settings) : NULL;
}

void engine_change_account(struct engine *engine, struct tenant *tenant,
                           const struct settings *settings)
{
    tenant_set_settings(&engine->tenants, tenant, engine->store, settings);
    turn_recheck(&engine->turn);
    journal_account(engine, tenant, JOURNAL_CHANGED);
}

enum account_key engine_rotate_keys(struct engine *engine, struct tenant *tenant,
                                    const bool which[ACCOUNT_KEY_KINDS], int64_t grace_ms)
{
    struct arena arena = {0};
    struct account_keys keys = tenant->account.keys;
    struct account_old_keys old = tenant->account.old_keys;
    int64_t now_ms = clock_now(tenant);
    int kind;
    for (kind = 0; kind < ACCOUNT_KEY_KINDS; kind++) {
        if (which[kind] &&
            !account_key_replace(&keys, &old, (enum account_key)kind,
                                 next_key(engine, &arena, account_key_kinds[kind].prefix), now_ms,
                                 now_ms + grace_ms)) {
            break;
        }
    }
    if (kind == ACCOUNT_KEY_KINDS) {
        tenant_set_keys(&engine->tenants, tenant, engine->store, &keys, &old);
        journal_account(engine, tenant, JOURNAL_CHANGED);
    }
    arena_finish(&arena);
    return (enum account_key)kind;
}

void engine_set_clock(struct engine *engine, struct tenant *tenant, bool frozen, int64_t now_ms)
{
    clock_set(tenant, engine->store, frozen, now_ms);
    journal_clock(engine, tenant);
    tenant->due_unknown = true;
    turn_recheck(&engine->turn);
    turn_note_change(&engine->turn, tenant, 0);
}

bool engine_delete_fault(struct engine *engine, struct tenant *tenant, int64_t number)
{
    enum fault_kind kind;
    bool found = faults_delete(&tenant->faults, number, &kind);
    if (found && kind == FAULT_REORDER) {
        outbox_release(engine, tenant, 0, INT64_MAX);
    } else if (found && kind == FAULT_AFTER_RETURN) {
        outbox_release_returns(engine, tenant);
    }
    return found;
}

void engine_delete_faults(struct engine *engine, struct tenant *tenant)
{
    faults_delete_all(&tenant->faults);
    outbox_release(engine, tenant, 0, INT64_MAX);
    outbox_release_returns(engine, tenant);
}

void engine_set_demo_callback_url(struct engine *engine)
{
    struct tenant *demo = engine->tenants.demo;
    if (demo && engine->options.demo_callback_url) {
        struct settings settings = demo->account.settings;
        settings.callback_url = engine->options.demo_callback_url;
        tenant_set_settings(&engine->tenants, demo, engine->store, &settings);
    }
}

/* ------------------------------------------------------------------ reset and end */

static const struct fixture_account *fixture_account(const struct engine *engine, const char *id)
{
    const struct fixture *fixture = engine->fixture;
    return text_find(id, fixture->accounts, fixture->n_accounts, sizeof *fixture->accounts);
}

/*
 * Stops the account's callbacks and its advance, and wakes waiting calls. What receivers answered
 * before the call that causes this still counts, although its turn may have begun before they did.
 * The verdict on a run also wants the answers that are still to come.
 */
static void stop(struct engine *engine, struct tenant *tenant)
{
    deliver_collect(engine->deliver);
    advance_cut(engine, tenant);
    if (engine->watch.evidence.wanted) {
        deliver_abandon(engine->deliver, tenant->account.num);
    } else {
        deliver_cancel(engine->deliver, tenant->account.num);
    }
    turn_drop_callbacks(&engine->turn, tenant->account.num);
    first_callback_drop(tenant);
    turn_note_change(&engine->turn, tenant, 0);
    turn_recheck(&engine->turn);
    engine->turn.garbage = true;
}

void engine_empty(struct engine *engine, struct tenant *tenant)
{
    stop(engine, tenant);
    tenants_empty(&engine->tenants, engine->store, tenant);
}

/* Takes all rotations back. */
static void restart_keys(struct engine *engine, struct tenant *tenant)
{
    struct account_keys keys = tenant->account.keys;
    struct account_old_keys old = tenant->account.old_keys;
    if (old.n) {
        account_keys_restart(&keys, &old);
        tenant_set_keys(&engine->tenants, tenant, engine->store, &keys, &old);
    }
}

void engine_reset(struct engine *engine, struct tenant *tenant)
{
    engine_empty(engine, tenant);
    clock_reset(tenant, engine->store);
    tenant_set_services(&engine->tenants, tenant, engine->store, NULL, INVOICE_PAYMENT, NULL, NULL);
    faults_finish(&tenant->faults);
    sinks_finish(&tenant->sinks);
    tenant->rate = (struct call_rate){0};
    restart_keys(engine, tenant);
    const struct fixture_account *fixed = fixture_account(engine, tenant->account.keys.id);
    if (fixed) {
        tenant_set_settings(&engine->tenants, tenant, engine->store, &fixed->settings);
    }
    if (tenant == engine->tenants.demo) {
        engine_set_demo_callback_url(engine);
    }
    journal_clear(engine, tenant);
    journal_account(engine, tenant, JOURNAL_RESET);
}

void engine_delete_account(struct engine *engine, struct tenant *tenant)
{
    stop(engine, tenant);
    journal_account(engine, tenant, JOURNAL_DELETED);
    tenants_delete(&engine->tenants, engine->store, tenant);
}
