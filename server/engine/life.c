#include "life.h"

#include "base/crypt.h"
#include "base/few.h"
#include "base/log.h"
#include "base/wall.h"
#include "engine/advance.h"
#include "engine/engine_account.h"
#include "engine/lookup.h"
#include "engine/outbox.h"
#include "engine/schedule.h"
#include "store/store_invoice.h"

#include <stdio.h>

#define RETRY_AFTER_MS 1000 /* after a failed commit */

/* ------------------------------------------------------------------ start */

/* Makes a key: derived from its name and the seed if there is one, else random. */
static void make_key(const struct engine *engine, const char *name, uint8_t key[CRYPT_KEY_SIZE])
{
    char text[96];
    if (engine->options.seeded) {
        snprintf(text, sizeof text, "%s:%lld", name, (long long)engine->options.seed);
        crypt_sha256(text, key);
    } else {
        crypt_random(key, CRYPT_KEY_SIZE);
    }
}

/* Loads a key from the database; creates it at the first start. */
static void load_key(struct engine *engine, const char *name, uint8_t key[CRYPT_KEY_SIZE])
{
    if (!store_meta_get(engine->store, name, key, CRYPT_KEY_SIZE)) {
        make_key(engine, name, key);
        store_meta_put(engine->store, name, key, CRYPT_KEY_SIZE);
    }
}

/* A database that has a key but no version is of before there were two. */
static void load_token_key(struct engine *engine)
{
    struct token_key *key = &engine->keys.token;
    uint8_t mac = TOKEN_MAC_KMAC;
    bool old = store_meta_get(engine->store, "token_key", key->bytes, sizeof key->bytes);
    if (!store_meta_get(engine->store, "token_mac", &mac, sizeof mac) && !old) {
        mac = TOKEN_MAC_STREAM;
        store_meta_put(engine->store, "token_mac", &mac, sizeof mac);
    }
    key->mac = (enum token_mac)mac;
    load_key(engine, "token_key", key->bytes);
}

/* Seeded ids continue where the last run stopped; others come from a key that only this process
 * has. */
static void load_idents(struct engine *engine)
{
    struct ident_source *idents = &engine->idents;
    make_key(engine, "ids", idents->key);
    if (engine->options.seeded) {
        store_meta_get(engine->store, "ident_counter", &idents->counter, sizeof idents->counter);
    }
}

/* Never from the seed: two databases with the same accounts and ids are still two. */
static void load_database(struct engine *engine)
{
    uint8_t id[(ENGINE_DATABASE_TEXT - 1) / 2];
    if (!store_meta_get(engine->store, "database", id, sizeof id)) {
        crypt_random(id, sizeof id);
        store_meta_put(engine->store, "database", id, sizeof id);
    }
    for (size_t i = 0; i < sizeof id; i++) {
        snprintf(engine->database + 2 * i, 3, "%02x", id[i]);
    }
}

/* In a turn the commit reports errors. The start reads more than it writes, so it checks for errors
 * itself. */
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
                   : arena_printf(
                         arena,
                         "account %s of the fixtures: its keys belong to another account in "
                         "the database",
                         account->keys.id);
    }
    return NULL;
}

struct lost {
    struct engine *engine;
    struct few services;
    long long invoices;
};

static void note_lost(void *arg, const struct service_use *use)
{
    struct lost *lost = arg;
    const struct tenant *tenant = tenants_by_num(&lost->engine->tenants, use->account);
    if (tenant && !service_find(engine_catalogue(lost->engine, tenant, use->kind), use->service)) {
        lost->invoices += use->n;
        few_add(&lost->services, arena_printf(&lost->engine->scratch, "%s of %s", use->service,
                                              tenant->account.keys.id));
    }
}

/* Their replies show what the database knows (server/docs/data.md). A start does not read all
 * invoices for it, which takes a second for some hundred thousand. */
#define LOOKED_AT 10000
static void warn_of_lost_services(struct engine *engine)
{
    struct lost lost = {.engine = engine};
    for (enum invoice_kind kind = 0; kind < INVOICE_KINDS; kind++) {
        store_invoice_services(engine->store, kind, LOOKED_AT, note_lost, &lost);
    }
    if (lost.invoices) {
        log_line(
            LOG_WARN,
            "invoices with a service that is no longer defined: %lld of the newest %d (%s); start "
            "with fixtures that have it, or PUT /_mock/services/{code}",
            lost.invoices, LOOKED_AT, few_end(&lost.services, &engine->scratch));
    }
}

const char *engine_start(struct store *store, const struct fixture *fixture,
                         const struct engine_options *options, struct arena *arena,
                         struct engine *ret_engine)
{
    struct engine *engine = ret_engine;
    *engine = (struct engine){
        .options = *options,
        .store = store,
        .fixture = fixture,
        .tenants = {.derive_key = ret_engine->keys.derive,
                    .fixture = fixture,
                    .demo_id = fixture->n_accounts ? fixture->accounts[0].keys.id : NULL},
        .fault_source = {.seeded = options->seeded, .seed = options->seed},
        .turn = {.garbage = true},
        .started_ms = mono_now_ms(),
    };
    const struct deliver_hooks hooks = {attempt_load, attempt_ended, engine};
    engine->watch.journal = journal_new(options->journal);
    engine->deliver = deliver_new(&options->deliver, &hooks);
    uint8_t row_key[CRYPT_KEY_SIZE];
    load_token_key(engine);
    load_key(engine, "derive_key", engine->keys.derive);
    load_key(engine, "row_key", row_key);
    engine->keys.rows = crypt_block_new(row_key);
    load_database(engine);
    load_idents(engine);
    tenants_load(&engine->tenants, store);
    const char *why = database_failure(engine, arena);
    why = why ? why : add_fixture_accounts(engine, arena);
    if (why) {
        return why;
    }
    engine_set_demo_callback_url(engine);
    schedule_recover(engine);
    engine_before_commit(engine);
    if (!store_commit(store)) {
        return arena_printf(arena, "the database cannot be used: %s", store_failure(store));
    }
    engine_committed(engine);
    warn_of_lost_services(engine);
    return NULL;
}

void engine_finish(struct engine *engine)
{
    advance_end(engine);
    store_commit(engine->store);
    first_callback_drop_all(engine);
    timers_finish(&engine->firsts.due);
    deliver_free(engine->deliver);
    journal_free(engine->watch.journal);
    evidence_finish(&engine->watch.evidence);
    tenants_finish(&engine->tenants);
    turn_finish(&engine->turn);
    arena_finish(&engine->scratch);
    crypt_block_free(engine->keys.rows);
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

void engine_committed(struct engine *engine)
{
    struct turn *turn = &engine->turn;
    journal_committed(engine->watch.journal);
    turn_send_callbacks(engine);
    if (turn->n_changes) {
        sweep_soon(engine);
    }
    for (size_t i = 0; engine->hooks.changed && i < turn->n_changes; i++) {
        engine->hooks.changed(engine->hooks.arg, turn->changes[i].account,
                              turn->changes[i].invoice);
    }
    turn_clear(turn);
}

/* Restores memory from the database. Callbacks that were being sent are sent again, as after a
 * crash. */
void engine_rolled_back(struct engine *engine)
{
    turn_clear(&engine->turn);
    first_callback_drop_all(engine);
    advance_end(engine);
    journal_rolled_back(engine->watch.journal);
    store_commit(engine->store);
    tenants_load(&engine->tenants, engine->store);
    engine->retry_at_ms = mono_now_ms() + RETRY_AFTER_MS;
    turn_recheck(&engine->turn);
    engine->turn.garbage = true;
}
