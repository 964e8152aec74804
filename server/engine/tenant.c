#include "tenant.h"

#include "base/die.h"
#include "base/log.h"
#include "base/text.h"
#include "base/wall.h"
#include "domain/invoice.h"
#include "fixture/fixture.h"
#include "store/store_snapshot.h"
#include "view/key_history.h"
#include "view/settings.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ the search tree: three keys
 * per account */

struct key_node {
    const char *key;
    struct tenant *tenant;
};

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const struct key_node *)a)->key, ((const struct key_node *)b)->key);
}

static void index_key(struct tenants *tenants, const char *key, struct tenant *tenant)
{
    struct key_node *node = mem_alloc(sizeof *node);
    *node = (struct key_node){key, tenant};
    struct key_node **found = tsearch(node, &tenants->by_key, compare_keys);
    if (!found) {
        die_of_memory(0);
    }
    if (*found != node) {
        free(node);
    }
}

static void unindex_key(struct tenants *tenants, const char *key, struct tenant *tenant)
{
    const struct key_node probe = {.key = key};
    struct key_node **found = tfind(&probe, &tenants->by_key, compare_keys);
    struct key_node *node = found ? *found : NULL;
    if (node && node->tenant == tenant) {
        tdelete(node, &tenants->by_key, compare_keys);
        free(node);
    }
}

static struct tenant *find_key(const struct tenants *tenants, const char *key)
{
    const struct key_node probe = {.key = key};
    struct key_node **found = tfind(&probe, &((struct tenants *)tenants)->by_key, compare_keys);
    return found ? (*found)->tenant : NULL;
}

static bool is_public(enum account_key kind)
{
    return kind == ACCOUNT_KEY_PUBLIC || kind == ACCOUNT_KEY_PUBLIC_LIVE;
}

/* The public keys, and those that were replaced. */
static void each_public_key(struct tenants *tenants, struct tenant *tenant,
                            void (*each)(struct tenants *, const char *key, struct tenant *))
{
    const struct account_old_keys *old = &tenant->account.old_keys;
    each(tenants, tenant->account.keys.public_key, tenant);
    each(tenants, tenant->account.keys.public_live_key, tenant);
    for (size_t i = 0; i < old->n; i++) {
        if (is_public(old->list[i].kind)) {
            each(tenants, old->list[i].text, tenant);
        }
    }
}

/* ------------------------------------------------------------------ the list */

/* Keeps the list sorted by number, as tenants_by_num requires. */
static void insert(struct tenants *tenants, struct tenant *tenant)
{
    tenants->list = mem_grow(tenants->list, tenants->n, &tenants->room, sizeof(struct tenant *));
    size_t at = tenants->n++;
    for (; at && tenants->list[at - 1]->account.num > tenant->account.num; at--) {
        tenants->list[at] = tenants->list[at - 1]; /* after a rollback it may not be the last */
    }
    tenants->list[at] = tenant;
}

static void take_out(struct tenants *tenants, const struct tenant *tenant)
{
    size_t at = 0;
    while (tenants->list[at] != tenant) {
        at++;
    }
    memmove(&tenants->list[at], &tenants->list[at + 1],
            (tenants->n - at - 1) * sizeof(struct tenant *));
    tenants->n--;
}

static void renumber(struct tenants *tenants, struct tenant *tenant, int64_t num)
{
    take_out(tenants, tenant);
    tenant->account.num = num;
    insert(tenants, tenant);
}

/* Takes the keys of a row over. The texts of the row may be the tenant's own. */
static void take_keys(struct tenants *tenants, struct tenant *tenant, const struct account_row *row)
{
    struct arena texts = {0};
    struct account_keys keys = {.id = tenant->account.keys.id};
    struct account_old_keys old;
    for (int kind = 0; kind < ACCOUNT_KEY_KINDS; kind++) {
        const char *text = account_key_text(&row->keys, (enum account_key)kind);
        account_key_set(&keys, (enum account_key)kind, arena_strdup(&texts, text));
    }
    key_history_read(row->old_keys, &texts, &old);
    if (tenant->account.keys.public_key) {
        each_public_key(tenants, tenant, unindex_key);
    }
    arena_finish(&tenant->key_texts);
    tenant->key_texts = texts;
    tenant->account.keys = keys;
    tenant->account.old_keys = old;
    each_public_key(tenants, tenant, index_key);
}

/* Reads settings from their JSON form, so that memory matches what a restart reads. */
static void take_settings(const struct tenants *tenants, struct tenant *tenant, const char *text)
{
    struct arena *arena = &tenant->setting_texts;
    struct settings *settings = &tenant->account.settings;
    struct json_errors errors = {.arena = arena};
    arena_reset(arena);
    json_auto_t *object = json_parse(text, strlen(text), arena, NULL);
    settings_default(settings);
    if (json_is_object(object)) {
        settings_read(object, NULL, &tenants->fixture->resolutions, settings, &errors);
    }
    if (errors.n) {
        log_line(LOG_WARN, "stored setting %s is ignored: %s", errors.first->path,
                 errors.first->message);
    }
}

static struct tenant *make_tenant(struct tenants *tenants, const struct account_row *row)
{
    struct tenant *tenant = mem_alloc(sizeof *tenant);
    tenant->account.num = row->num;
    tenant->journal_id = ++tenants->journal_id;
    tenant->account.made_ms = row->made_ms;
    tenant->account.keys.id = arena_strdup(&tenant->id_text, row->keys.id);
    ident_derived(tenants->derive_key, "org", row->keys.id, tenant->account.organisation_id);
    ident_derived(tenants->derive_key, "ma", row->keys.id, tenant->account.merchant_id);
    tenant->used_ms = mono_now_ms();
    tenant->sinks.pool = &tenants->sink_bytes;
    insert(tenants, tenant);
    index_key(tenants, tenant->account.keys.id, tenant);
    if (text_equal(row->keys.id, tenants->demo_id)) {
        tenants->demo = tenant;
    }
    return tenant;
}

static void load_one(void *arg, const struct account_row *row)
{
    struct tenants *tenants = arg;
    struct tenant *tenant = tenants_by_id(tenants, row->keys.id);
    if (!tenant) {
        tenant = make_tenant(tenants, row);
    } else if (tenant->account.num != row->num) {
        renumber(tenants, tenant, row->num); /* it was emptied in a turn that was rolled back */
    }
    take_keys(tenants, tenant, row);
    take_settings(tenants, tenant, row->settings);
    tenant_take_services(tenants, tenant, row->services);
    tenant->account.clock = row->clock;
    tenant->due_unknown = true;
    tenant->listed = true;
}

static void unindex(struct tenants *tenants, struct tenant *tenant)
{
    unindex_key(tenants, tenant->account.keys.id, tenant);
    each_public_key(tenants, tenant, unindex_key);
}

static void free_tenant(struct tenant *tenant)
{
    arena_finish(&tenant->id_text);
    arena_finish(&tenant->key_texts);
    arena_finish(&tenant->setting_texts);
    own_services_free(tenant->own);
    faults_finish(&tenant->faults);
    sinks_finish(&tenant->sinks);
    free(tenant);
}

static void forget(struct tenants *tenants, struct tenant *tenant)
{
    tenants->verified += tenant->verified;
    tenants->demo = tenants->demo == tenant ? NULL : tenants->demo;
    take_out(tenants, tenant);
    unindex(tenants, tenant);
    free_tenant(tenant);
}

void tenants_load(struct tenants *tenants, struct store *store)
{
    for (size_t i = 0; i < tenants->n; i++) {
        tenants->list[i]->listed = false;
    }
    store_account_all(store, load_one, tenants);
    for (size_t i = tenants->n; i-- > 0;) {
        struct tenant *tenant = tenants->list[i];
        if (tenant->listed) {
            tenant->outcomes = store_outcome_count(store, tenant->account.num);
        } else {
            forget(tenants, tenant);
        }
    }
}

void tenants_finish(struct tenants *tenants)
{
    for (size_t i = 0; i < tenants->n; i++) {
        unindex(tenants, tenants->list[i]);
        free_tenant(tenants->list[i]);
    }
    free(tenants->list);
    *tenants = (struct tenants){0};
}

struct tenant *tenants_from(const struct tenants *tenants, int64_t num)
{
    size_t low = 0, high = tenants->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (tenants->list[middle]->account.num < num) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < tenants->n ? tenants->list[low] : NULL;
}

struct tenant *tenants_by_num(const struct tenants *tenants, int64_t num)
{
    struct tenant *tenant = tenants_from(tenants, num);
    return tenant && tenant->account.num == num ? tenant : NULL;
}

struct tenant *tenants_by_id(const struct tenants *tenants, const char *account_id)
{
    struct tenant *tenant = account_id ? find_key(tenants, account_id) : NULL;
    return tenant && text_equal(tenant->account.keys.id, account_id) ? tenant : NULL;
}

struct tenant *tenants_by_public_key(const struct tenants *tenants, const char *public_key,
                                     bool *ret_test_mode)
{
    struct tenant *tenant = public_key ? find_key(tenants, public_key) : NULL;
    if (!tenant || text_equal(tenant->account.keys.id, public_key)) {
        return NULL;
    }
    const struct account *account = &tenant->account;
    int64_t now_ms = clock_now(tenant);
    *ret_test_mode =
        account_key_is(&account->keys, &account->old_keys, ACCOUNT_KEY_PUBLIC, public_key, now_ms);
    bool live = account_key_is(&account->keys, &account->old_keys, ACCOUNT_KEY_PUBLIC_LIVE,
                               public_key, now_ms);
    return *ret_test_mode || live ? tenant : NULL;
}

struct tenant *tenants_by_old_public_key(const struct tenants *tenants, const char *public_key,
                                         const struct account_old_key **ret_key)
{
    struct tenant *tenant = public_key ? find_key(tenants, public_key) : NULL;
    *ret_key = tenant ? account_old_key_find(&tenant->account.old_keys, public_key) : NULL;
    return *ret_key ? tenant : NULL;
}

struct tenant *tenants_add(struct tenants *tenants, struct store *store,
                           const struct account_keys *keys, const struct settings *settings)
{
    bool taken = find_key(tenants, keys->public_key) || find_key(tenants, keys->public_live_key);
    if (tenants->n >= TENANTS_MOST || taken) {
        return NULL;
    }
    buf_auto text = {0};
    struct account_row row = {
        .keys = *keys, .settings = settings_text(&text, settings), .made_ms = wall_now_ms()};
    row.num = store_account_insert(store, &row);
    if (!row.num) {
        return NULL;
    }
    struct tenant *tenant = make_tenant(tenants, &row);
    take_keys(tenants, tenant, &row);
    take_settings(tenants, tenant, row.settings);
    tenant->next_due_ms = TIME_NONE;
    return tenant;
}

void tenant_set_settings(struct tenants *tenants, struct tenant *tenant, struct store *store,
                         const struct settings *settings)
{
    buf_auto text = {0};
    tenant_read_settings(tenants, tenant, store, settings_text(&text, settings));
}

void tenant_read_settings(struct tenants *tenants, struct tenant *tenant, struct store *store,
                          const char *text)
{
    store_account_set_settings(store, tenant->account.num, text);
    take_settings(tenants, tenant, text);
}

void tenant_set_keys(struct tenants *tenants, struct tenant *tenant, struct store *store,
                     const struct account_keys *keys, const struct account_old_keys *old)
{
    struct arena arena = {0};
    const struct account_row row = {
        .num = tenant->account.num, .keys = *keys, .old_keys = key_history_text(&arena, old)};
    store_account_set_keys(store, &row);
    take_keys(tenants, tenant, &row);
    arena_finish(&arena);
}

void tenants_empty(struct tenants *tenants, struct store *store, struct tenant *tenant)
{
    renumber(tenants, tenant, store_account_empty(store, tenant->account.num));
    tenant->outcomes = 0;
    tenant->sending = 0;
    tenant->due_unknown = true;
}

void tenants_delete(struct tenants *tenants, struct store *store, struct tenant *tenant)
{
    store_snapshot_delete(store, tenant->account.keys.id, NULL);
    store_account_delete(store, tenant->account.num);
    forget(tenants, tenant);
}

/* ------------------------------------------------------------------ clocks */

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
