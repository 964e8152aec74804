#include "view_account.h"

#include "base/buf.h"
#include "domain/money.h"
#include "view/view_parts.h"

void view_account_profile(struct json_out *out, const char *key, const struct account *account,
                          const char *base_url)
{
    const struct settings *settings = &account->settings;
    buf_auto domain = {0};
    buf_printf(&domain, "%s/", base_url);
    json_out_object(out, key);
    json_out_text(out, "type", "account");
    json_out_text(out, "id", account->keys.id);
    json_out_object(out, "attributes");
    json_out_text(out, "status", settings->status);
    json_out_text(out, "name", settings->name);
    json_out_text(out, "icon", settings->icon);
    json_out_text(out, "website", settings->website);
    json_out_bool(out, "payment_fee_shift_out", settings->payment_fee_shift_out);
    json_out_text(out, "hp_domain", domain.data);
    json_out_text(out, "ledger_scheme", "simple");
    json_out_raw(out, "api_ip_white_list", "[]");
    json_out_seconds(out, "created", account->made_ms);
    json_out_seconds(out, "updated", account->made_ms); /* changes are not timed */
    json_out_null(out, "report");
    json_out_text(out, "time_zone", "UTC");
    json_out_object_end(out);
    view_self_link(out, "\\/api\\/account\\/profile", "");
    json_out_object_end(out);
}

static void write_amount(struct json_out *out, const char *key, int64_t amount)
{
    char text[MONEY_TEXT];
    money_format_cents(amount, text);
    json_out_text(out, key, text);
}

static void write_id(struct json_out *out, const char *key, const struct view_balances *balances,
                     const char *currency)
{
    char id[IDENT_TEXT];
    buf_auto whose = {0};
    buf_printf(&whose, "%s:%s", balances->account->keys.id, currency);
    ident_derived(balances->derive_key, "comca", whose.data, id);
    json_out_text(out, key, id);
}

void view_account_balances(struct json_out *out, const char *key,
                           const struct view_balances *balances)
{
    json_out_object(out, key);
    json_out_text(out, "type", "account");
    json_out_text(out, "id", balances->account->keys.id);
    json_out_object(out, "attributes");
    json_out_object(out, "currency_accounts");
    for (size_t i = 0; i < balances->n; i++) {
        const struct ledger_balance *balance = &balances->list[i];
        json_out_object(out, balance->currency);
        write_id(out, "account_id", balances, balance->currency);
        write_amount(out, "active_balance", balance->active);
        write_amount(out, "pending_balance", balance->pending);
        write_amount(out, "reserved_balance", balance->reserved);
        write_amount(out, "overdraft_limit", 0);
        json_out_null(out, "balance_lower_limit");
        json_out_object_end(out);
    }
    json_out_object_end(out);
    json_out_object_end(out);
    view_self_link(out, "\\/api\\/account\\/balances", "");
    json_out_object_end(out);
}

void view_account_balance_items(struct json_out *out, const struct view_balances *balances)
{
    for (size_t i = 0; i < balances->n; i++) {
        const struct ledger_balance *balance = &balances->list[i];
        json_out_object(out, NULL);
        write_id(out, "id", balances, balance->currency);
        json_out_text(out, "currency", balance->currency);
        write_amount(out, "active", balance->active);
        write_amount(out, "pending", balance->pending);
        write_amount(out, "reserved", balance->reserved);
        json_out_object_end(out);
    }
}
