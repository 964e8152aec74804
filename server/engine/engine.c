/* The engine's life: start, the end of turns, accounts. engine_create.c and engine_move.c are its
 * work. */
#include "engine.h"

#include "base/crypt.h"
#include "base/log.h"
#include "base/text.h"
#include "base/wall.h"
#include "engine/advance.h"
#include "engine/clock.h"
#include "engine/first_callback.h"
#include "engine/journal_notes.h"
#include "engine/outbox.h"
#include "engine/schedule.h"
#include "engine/sweep.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_AFTER_MS 1000 /* after a failed commit */
#define SECRET_CHARS 43     /* of keys, as the platform makes them (P171) */

/* ------------------------------------------------------------------ start */

/* A key that stays with the database; made at its first start, from the seed when there is one. */
static void load_key(struct engine *engine, const char *name, uint8_t key[CRYPT_KEY_SIZE])
{
    if (store_meta_get(engine->store, name, key, CRYPT_KEY_SIZE)) {
        return;
    }
    if (engine->options.seeded) {
        char text[96];
        snprintf(text, sizeof text, "%s:%lld", name, (long long)engine->options.seed);
        crypt_sha256(text, key);
    } else {
        crypt_random(key, CRYPT_KEY_SIZE);
    }
    store_meta_put(engine->store, name, key, CRYPT_KEY_SIZE);
}

/* Seeded ids count on where the last start stopped; others come from a key that only this process
 * knows. */
static void load_idents(struct engine *engine)
{
    if (engine->options.seeded) {
        char text[64];
        snprintf(text, sizeof text, "ids:%lld", (long long)engine->options.seed);
        crypt_sha256(text, engine->idents.key);
        store_meta_get(engine->store, "ident_counter", &engine->idents.counter,
                       sizeof engine->idents.counter);
    } else {
        crypt_random(engine->idents.key, CRYPT_KEY_SIZE);
    }
}

/* A turn that fails is found by its commit. The start reads more than it writes and must not go on
 * with half of it. */
static const char *database_failure(const struct engine *engine, struct arena *arena)
{
    const char *failure = store_failure(engine->store);
    return *failure ? arena_printf(arena, "the database cannot be used: %s", failure) : NULL;
}

static const char *add_fixture_accounts(struct engine *engine, struct arena *arena)
{
    for (size_t i = 0; i < engine->fixture->n_accounts; i++) {
        const struct fixture_account *account = &engine->fixture->accounts[i];
        if (tenants_by_id(&engine->tenants, account->keys.id)) {
            continue;
        }
        if (tenants_add(&engine->tenants, engine->store, &account->keys, &account->settings)) {
            continue;
        }
        const char *why = database_failure(engine, arena);
        return why ? why
                   : arena_printf(arena,
                                  "account %s of the fixtures: its keys are another account's in "
                                  "the database",
                                  account->keys.id);
    }
    return NULL;
}

static void set_demo_callback_url(struct engine *engine)
{
    if (engine->demo && engine->options.demo_callback_url) {
        struct settings settings = engine->demo->account.settings;
        settings.callback_url = engine->options.demo_callback_url;
        tenant_set_settings(engine->demo, engine->store, &settings);
    }
}

const char *engine_start(struct store *store, const struct fixture *fixture,
                         const struct engine_options *options, struct arena *arena,
                         struct engine *ret_engine)
{
    struct engine *engine = ret_engine;
    *engine = (struct engine){.store = store,
                              .fixture = fixture,
                              .options = *options,
                              .started_ms = mono_now_ms(),
                              .leftovers = true};
    const struct deliver_hooks hooks = {outbox_load, outbox_ended, engine};
    engine->journal = journal_new(options->journal);
    engine->deliver = deliver_new(&options->deliver, &hooks);
    uint8_t row_key[CRYPT_KEY_SIZE];
    load_key(engine, "token_key", engine->token_key);
    load_key(engine, "derive_key", engine->derive_key);
    load_key(engine, "row_key", row_key);
    engine->rows = crypt_block_new(row_key);
    engine->tenants.derive_key = engine->derive_key;
    load_idents(engine);
    tenants_load(&engine->tenants, store, &fixture->resolutions);
    const char *why = database_failure(engine, arena);
    why = why ? why : add_fixture_accounts(engine, arena);
    if (why) {
        return why;
    }
    engine->demo =
        fixture->n_accounts ? tenants_by_id(&engine->tenants, fixture->accounts[0].keys.id) : NULL;
    set_demo_callback_url(engine);
    outbox_recover(engine);
    engine_before_commit(engine);
    if (!store_commit(store)) {
        return arena_printf(arena, "the database cannot be used: %s", store_failure(store));
    }
    engine_committed(engine);
    return NULL;
}

void engine_finish(struct engine *engine)
{
    advance_end(engine);
    store_commit(engine->store);
    first_callback_drop_all(engine);
    timers_finish(&engine->firsts.due);
    deliver_free(engine->deliver);
    journal_free(engine->journal);
    tenants_finish(&engine->tenants);
    for (size_t i = 0; i < engine->n_fresh; i++) {
        free(engine->fresh[i].url);
    }
    free(engine->fresh);
    free(engine->changed);
    arena_finish(&engine->scratch);
    crypt_block_free(engine->rows);
}

/* ------------------------------------------------------------------ the end of a turn */

void engine_before_commit(struct engine *engine)
{
    struct ident_source *idents = &engine->idents;
    if (engine->options.seeded && store_in_turn(engine->store) &&
        idents->counter != engine->saved_counter) {
        store_meta_put(engine->store, "ident_counter", &idents->counter, sizeof idents->counter);
        engine->saved_counter = idents->counter;
    }
}

static int compare_fresh(const void *a, const void *b)
{
    const struct fresh_callback *x = a, *y = b;
    return x->callback < y->callback ? -1 : x->callback > y->callback;
}

/* Callbacks of this turn that belong to an account that is emptied in it. */
static void drop_fresh(struct engine *engine, int64_t account)
{
    size_t kept = 0;
    for (size_t i = 0; i < engine->n_fresh; i++) {
        if (engine->fresh[i].account == account) {
            free(engine->fresh[i].url);
        } else {
            engine->fresh[kept++] = engine->fresh[i];
        }
    }
    engine->n_fresh = kept;
}

void engine_committed(struct engine *engine)
{
    journal_committed(engine->journal);
    /* In the order in which they were queued, whatever the turn came across first. */
    if (engine->n_fresh > 1) {
        qsort(engine->fresh, engine->n_fresh, sizeof *engine->fresh, compare_fresh);
    }
    for (size_t i = 0; i < engine->n_fresh; i++) {
        const struct fresh_callback *fresh = &engine->fresh[i];
        if (!fresh->ahead && first_callback_queue(engine, fresh)) {
            continue;
        }
        deliver_push(engine->deliver, fresh->callback, fresh->invoice, fresh->account, fresh->url,
                     fresh->ahead);
        free(fresh->url);
    }
    engine->n_fresh = 0;
    first_callback_run(engine);
    deliver_start(engine->deliver);
    if (engine->n_changed) {
        sweep_look_soon(engine);
    }
    for (size_t i = 0; engine->hooks.changed && i < engine->n_changed; i++) {
        engine->hooks.changed(engine->hooks.arg, engine->changed[i].account,
                              engine->changed[i].invoice);
    }
    engine->n_changed = 0;
}

/* Memory goes back to what the database says; what was being sent is sent again, as after a crash.
 */
void engine_rolled_back(struct engine *engine)
{
    for (size_t i = 0; i < engine->n_fresh; i++) {
        free(engine->fresh[i].url);
    }
    engine->n_fresh = engine->n_changed = 0;
    first_callback_drop_all(engine);
    advance_end(engine);
    journal_rolled_back(engine->journal);
    store_commit(engine->store);
    tenants_load(&engine->tenants, engine->store, &engine->fixture->resolutions);
    engine->demo = engine->fixture->n_accounts
                       ? tenants_by_id(&engine->tenants, engine->fixture->accounts[0].keys.id)
                       : NULL;
    engine->retry_at_ms = mono_now_ms() + RETRY_AFTER_MS;
    sweep_look(engine);
    engine->leftovers = true;
}

/* ------------------------------------------------------------------ finding and showing */

/* A row of an account that is there; others are left over. */
static bool find_row(struct engine *engine, struct arena *arena, int64_t seq,
                     struct invoice *ret_invoice)
{
    return store_invoice_get(engine->store, arena, seq, ret_invoice) &&
           tenants_by_num(&engine->tenants, ret_invoice->account);
}

static bool find_id(struct engine *engine, struct arena *arena, const char *id,
                    struct invoice *ret_invoice)
{
    int64_t seq;
    return invoice_id_read(engine->rows, id, &seq) && find_row(engine, arena, seq, ret_invoice) &&
           text_equal(ret_invoice->id, id);
}

bool engine_find_any(struct engine *engine, struct arena *arena, const char *id,
                     struct invoice *ret_invoice)
{
    return find_id(engine, arena, id, ret_invoice) &&
           invoice_kind(ret_invoice->seq) == INVOICE_PAYMENT;
}

bool engine_find_payout(struct engine *engine, struct arena *arena, const char *id,
                        struct invoice *ret_invoice)
{
    return find_id(engine, arena, id, ret_invoice) &&
           invoice_kind(ret_invoice->seq) == INVOICE_PAYOUT;
}

bool engine_find_either(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                        const char *id, struct invoice *ret_invoice)
{
    return find_id(engine, arena, id, ret_invoice) && ret_invoice->account == tenant->account.num;
}

bool engine_find_session(struct engine *engine, struct arena *arena, const char *session,
                         struct invoice *ret_invoice)
{
    int64_t seq;
    return ident_to_row(engine->rows, "cgi", session, &seq) &&
           find_row(engine, arena, seq, ret_invoice) && text_equal(ret_invoice->session, session) &&
           invoice_kind(seq) == INVOICE_PAYMENT; /* a payout has no page */
}

bool engine_find(struct engine *engine, const struct tenant *tenant, struct arena *arena,
                 const char *id, struct invoice *ret_invoice)
{
    return engine_find_any(engine, arena, id, ret_invoice) &&
           ret_invoice->account == tenant->account.num;
}

void engine_customer_id(const struct engine *engine, const struct tenant *tenant,
                        struct arena *arena, const char *reference, char ret_id[IDENT_TEXT])
{
    const char *whose = arena_printf(arena, "%s:%s", tenant->account.keys.id, reference);
    ident_derived(engine->derive_key, "cus", whose, ret_id);
}

struct view_invoice engine_view(const struct engine *engine, const struct tenant *tenant,
                                const struct invoice *invoice)
{
    return (struct view_invoice){
        .invoice = invoice,
        .service = service_find(fixture_catalogue(engine->fixture, invoice_kind(invoice->seq)),
                                invoice->service),
        .account = &tenant->account,
        .cards = &engine->fixture->cards,
        .token_key = engine->token_key,
        .profile = account_profile(&tenant->account),
        .write_logs = outbox_write_logs,
        .logs_most = OUTBOX_LOGS_USUAL,
        .logs_arg = engine->store,
    };
}

/* ------------------------------------------------------------------ accounts */

static const char *next_key(struct engine *engine, struct arena *arena, const char *prefix)
{
    char text[SECRET_CHARS + 1];
    ident_next_secret(&engine->idents, text, SECRET_CHARS);
    return arena_printf(arena, "%s%s", prefix, text);
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
    struct tenant *tenant = tenants_add(&engine->tenants, engine->store, &keys, settings);
    arena_finish(&arena);
    if (tenant) {
        sweep_look(engine);
        journal_account(engine, tenant, JOURNAL_CREATED);
    }
    return tenant;
}

static const struct settings *fixture_settings(const struct engine *engine,
                                               const struct tenant *tenant)
{
    for (size_t i = 0; i < engine->fixture->n_accounts; i++) {
        if (text_equal(engine->fixture->accounts[i].keys.id, tenant->account.keys.id)) {
            return &engine->fixture->accounts[i].settings;
        }
    }
    return NULL;
}

/* The account's callbacks and its advance stop here; those who wait look again. */
static void stop(struct engine *engine, struct tenant *tenant)
{
    advance_cut(engine, tenant);
    deliver_cancel(engine->deliver, tenant->account.num);
    drop_fresh(engine, tenant->account.num);
    first_callback_drop(tenant);
    engine_note_change(engine, tenant, 0);
    sweep_look(engine);
    engine->leftovers = true;
}

void engine_empty(struct engine *engine, struct tenant *tenant)
{
    stop(engine, tenant);
    tenants_empty(&engine->tenants, engine->store, tenant);
}

void engine_reset(struct engine *engine, struct tenant *tenant)
{
    engine_empty(engine, tenant);
    clock_reset(tenant, engine->store);
    faults_finish(&tenant->faults);
    sinks_finish(&tenant->sinks);
    const struct settings *settings = fixture_settings(engine, tenant);
    if (settings) {
        tenant_set_settings(tenant, engine->store, settings);
    }
    if (tenant == engine->demo) {
        set_demo_callback_url(engine);
    }
    journal_clear(engine, tenant);
    journal_account(engine, tenant, JOURNAL_RESET);
}

void engine_delete_account(struct engine *engine, struct tenant *tenant)
{
    stop(engine, tenant);
    journal_account(engine, tenant, JOURNAL_DELETED);
    if (tenant == engine->demo) {
        engine->demo = NULL;
    }
    tenants_delete(&engine->tenants, engine->store, tenant);
}
