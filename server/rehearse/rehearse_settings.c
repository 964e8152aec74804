/* Reads rehearsal.json: where the shop is, and how to order, look and refund there. */
#include "rehearse/rehearse_settings.h"
#include "base/file.h"
#include "base/text.h"
#include "domain/money.h"
#include "rehearse/fill_me.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MOST ((size_t)256 << 10)

/* What is read, with the members that tables cannot read. */
struct raw {
    bool shop;
    const char *url, *ready;
    int64_t ready_within_ms, rest_ms;
    const char *callback, *currency;
    int64_t amount;
    const json_t *hooks[HOOK_COUNT];
};

#define TEXT .most = SETTINGS_TEXT_MOST

static const struct json_field shop_fields[] = {
    JSON_FIELD(raw, "url", TEXT, url, .required = true, TEXT),
    JSON_FIELD(raw, "ready", TEXT, ready, TEXT),
    JSON_FIELD(raw, "ready_within", DURATION, ready_within_ms),
};

#define HOOK_FIELD(key, which)                                                                     \
    {                                                                                              \
        .name = key, .kind = JSON_KIND_ANY, .offset = offsetof(struct raw, hooks[which])           \
    }

static const struct json_field fields[] = {
    JSON_FIELD(raw, "shop", OBJECT, shop, JSON_NESTED(shop_fields)),
    JSON_FIELD(raw, "callback", TEXT, callback, TEXT),
    HOOK_FIELD("order", HOOK_ORDER),
    HOOK_FIELD("state", HOOK_STATE),
    HOOK_FIELD("refund", HOOK_REFUND),
    HOOK_FIELD("restart", HOOK_RESTART),
    HOOK_FIELD("reconcile", HOOK_RECONCILE),
    HOOK_FIELD("return", HOOK_RETURN),
    HOOK_FIELD("payout", HOOK_PAYOUT),
    HOOK_FIELD("payout_state", HOOK_PAYOUT_STATE),
    JSON_FIELD(raw, "rest_ms", INT, rest_ms, .least = 1, .most = 60000),
    JSON_FIELD(raw, "currency", TEXT, currency, .format = JSON_FORMAT_CURRENCY),
    JSON_FIELD(raw, "amount", MONEY, amount),
};

/* ------------------------------------------------------------------ the file */

/* A shop with a price of its own need not know the default amount. */
static void take_fixed(struct rehearsal *rehearsal)
{
    struct rehearse_settings *settings = &rehearsal->settings;
    settings->payout_fixed = (struct rehearse_fixed){
        .amount = rehearse_uses(rehearsal, "payout", "amount"),
        .currency = rehearse_uses(rehearsal, "payout", "currency"),
    };
    settings->order_fixed = (struct rehearse_fixed){
        .amount = json_object_get(settings->root, "amount") ||
                  rehearse_uses(rehearsal, "order", "amount"),
        .currency = json_object_get(settings->root, "currency") ||
                    rehearse_uses(rehearsal, "order", "currency"),
    };
}

static void take(struct settings_reading *reading, const struct raw *raw)
{
    struct rehearse_settings *settings = &reading->rehearsal->settings;
    char amount[MONEY_TEXT];
    money_format_cents(raw->amount, amount);
    settings->shop_url = raw->url;
    settings->ready = raw->ready;
    settings->ready_within_ms = raw->ready_within_ms;
    settings->callback = raw->callback;
    settings->rest_ms = raw->rest_ms;
    settings->currency = raw->currency;
    settings->amount = arena_strdup(reading->errors.arena, amount);
    for (int kind = 0; kind < HOOK_COUNT; kind++) {
        const json_t *value = raw->hooks[kind];
        if (kind == HOOK_RESTART && json_is_boolean(value)) {
            settings->restart_kills = json_is_true(value);
        } else if (value && !json_is_null(value)) {
            settings_hook(reading, (enum rehearse_hook_kind)kind, value);
        }
    }
    take_fixed(reading->rehearsal);
    settings_check_currency(reading, raw->currency);
    static const char *const places[] = {"shop", "callback"};
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        settings_check_placeholders(reading, places[i],
                                    json_object_get(reading->rehearsal->settings.root, places[i]),
                                    false);
    }
    if (raw->ready_within_ms <= 0) {
        json_errors_add(&reading->errors, "shop.ready_within",
                        "This value must be greater than 0.");
    }
    if (raw->amount <= 0) {
        json_errors_add(&reading->errors, "amount", "This value must be greater than 0.");
    }
}

static const char *parse(struct rehearsal *rehearsal, const char *file)
{
    struct arena *arena = &rehearsal->arena;
    buf_auto text = {0};
    const char *why = file_read(arena, file, FILE_MOST, &text);
    if (why) {
        return why;
    }
    rehearsal->settings.root = json_parse(text.data, text.size, arena, &why);
    if (!rehearsal->settings.root) {
        return arena_printf(arena, "%s: %s", file, why);
    }
    return json_is_object(rehearsal->settings.root)
               ? NULL
               : arena_printf(arena, "%s: must be an object", file);
}

const char *rehearse_read_settings(struct rehearsal *rehearsal)
{
    const char *file = rehearsal->options.settings ?: REHEARSE_SETTINGS;
    struct settings_reading reading = {.rehearsal = rehearsal,
                                       .errors = {.arena = &rehearsal->arena}};
    struct raw raw = {.ready = "/",
                      .ready_within_ms = 20000,
                      .rest_ms = 300,
                      .currency = "USD",
                      .amount = 100 * MONEY_ONE};
    const char *why = parse(rehearsal, file);
    if (why) {
        return rehearsal->options.settings || access(file, F_OK) == 0 ? why
                                                                      : REHEARSE_SETTINGS
                   ": there is no such file here; --settings FILE names another";
    }
    fill_me_find(rehearsal->settings.root, &reading.errors);
    if (reading.errors.n) {
        return json_errors_lines(&reading.errors, file);
    }
    settings_fields(&reading, "", rehearsal->settings.root, fields, ARRAY_SIZE(fields), &raw);
    if (!raw.shop && !rehearsal->options.shop) {
        json_errors_add(&reading.errors, "shop", MESSAGE_BLANK);
    }
    take(&reading, &raw);
    if (rehearsal->options.shop) {
        rehearsal->settings.shop_url = rehearsal->options.shop;
    }
    return json_errors_lines(&reading.errors, file);
}

void rehearse_settings_finish(struct rehearse_settings *settings)
{
    json_decref(settings->root);
    pattern_set_finish(&settings->patterns);
}

bool rehearse_has_ports(const struct rehearsal *rehearsal)
{
    return !rehearsal->options.shop && strstr(rehearsal->settings.shop_url, "{port}");
}

bool rehearse_uses(const struct rehearsal *rehearsal, const char *hook, const char *placeholder)
{
    char *text = json_dumps(json_object_get(rehearsal->settings.root, hook), JSON_ENCODE_ANY);
    struct arena arena = {0};
    const char *upper = arena_upper(&arena, placeholder);
    bool found = text && (strstr(text, arena_printf(&arena, "{%s}", placeholder)) ||
                          strstr(text, arena_printf(&arena, "REHEARSE_%s", upper)));
    arena_finish(&arena);
    free(text);
    return found;
}
