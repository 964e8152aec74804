#include "account.h"

#include "base/attr.h"
#include "base/crypt.h"
#include "base/text.h"

static const char *const statuses[] = {
    "new", "active", "inactive", "moderation_requested", "moderation_pending", "archived", NULL,
};

#define AT(field) .offset = offsetof(struct settings, field)
#define DAY_S 86400

/* clang-format off */
const struct setting account_settings[] = {
    {"name", SETTING_TEXT, AT(name), .text = "Mock merchant", .most = 255,
     .help = "shown to payers and in the prerequest"},
    {"description", SETTING_TEXT, AT(description), .text = "", .most = 1024, .help = "shown in the prerequest"},
    {"merchant_url", SETTING_URL, AT(merchant_url), .help = "added to every invoice's metadata as merchant_url"},
    {"website", SETTING_URL, AT(website), .help = "shown in the prerequest"},
    {"icon", SETTING_URL, AT(icon), .help = "shown in the prerequest"},
    {"status", SETTING_CHOICE, AT(status), .text = "active", .choices = statuses,
     .help = "creation is refused with 403 unless it is active"},
    {"public_creation", SETTING_BOOL, AT(public_creation), .number = true,
     .help = "false: creation through the public API is refused with 403"},
    {"callback_url", SETTING_URL, AT(callback_url), .help = "URL of callbacks if an invoice names none"},
    {"only_final", SETTING_BOOL, AT(only_final), .help = "callbacks for final statuses only"},
    {"settle_after_ms", SETTING_INT, AT(settle_after_ms), .number = ACCOUNT_UNSET, .most = SETTLE_AFTER_MOST_MS,
     .help = "delay of a planned outcome that names none; default --settle-after"},
    {"first_callback_delay_ms", SETTING_INT, AT(first_callback_delay_ms), .number = ACCOUNT_UNSET, .most = FIRST_CALLBACK_MOST_MS,
     .help = "from a call's reply to the first callback that it causes; default --first-callback-delay"},
    {"outcome", SETTING_OUTCOME, AT(outcome), .text = "processed", .help = "outcome of an invoice by default"},
    {"lifetime_s", SETTING_INT, AT(lifetime_s), .number = 1800, .least = 1, .most = 365LL * DAY_S,
     .help = "from creation to expiry when the request names no expires"},
    {"retry_interval_s", SETTING_INT, AT(retry_interval_s), .number = 60, .most = DAY_S,
     .help = "retry n of a callback follows n times this after the previous attempt"},
    {"retry_limit", SETTING_INT, AT(retry_limit), .number = 100, .least = 1, .most = 100,
     .help = "total attempts of one callback"},
    {"connect_timeout_ms", SETTING_INT, AT(connect_timeout_ms), .number = ACCOUNT_UNSET, .least = 1, .most = 120000,
     .help = "callback: connecting; 10 s test, 20 s live"},
    {"read_timeout_ms", SETTING_INT, AT(read_timeout_ms), .number = ACCOUNT_UNSET, .least = 1, .most = 120000,
     .help = "callback: waiting for the next byte; 10 s test, 20 s live"},
    {"total_timeout_ms", SETTING_INT, AT(total_timeout_ms), .number = ACCOUNT_UNSET, .least = 1, .most = 300000,
     .help = "callback: the whole call; 20 s test, 60 s live"},
    {"return_url", SETTING_URL, AT(return_url), .help = "URL where the payer returns if an invoice names none"},
    {"auto_return", SETTING_BOOL, AT(auto_return), .help = "send the payer back without a result page"},
    {"send_context", SETTING_BOOL, AT(send_context), .help = "append the operation's context to the return URL"},
    {"attempt_limit", SETTING_INT, AT(attempt_limit), .number = 5, .least = 1, .most = 100,
     .help = "how often a payer may try to pay one invoice"},
    {"convert_currency", SETTING_BOOL, AT(convert_currency),
     .help = "accept invoices in another currency than the service's"},
    {"payment_fee_shift_out", SETTING_BOOL, AT(payment_fee_shift_out),
     .help = "the payer pays the fee on top of the amount"},
    {"opening_balances", SETTING_AMOUNTS, AT(opening_balances), .most = 100,
     .help = "by currency; currencies of services that are not named start with 1000000"},
    {"rate_limit", SETTING_INT, AT(rate_limit), .number = ACCOUNT_UNSET, .least = 1, .most = 100000,
     .help = "calls of the platform per second of the account's clock, beyond which they get 429; null: any number"},
    {"callback_headers", SETTING_HEADERS, AT(callback_headers), .help = "header fields added to every callback"},
    {"required_fields", SETTING_PATHS, AT(required_fields),
     .help = "dotted paths that every payment's order must contain, such as customer.name"},
    {"strict_test_mode", SETTING_BOOL, AT(strict_test_mode),
     .help = "in live mode, decline test cards and refuse test services"},
    {"profile", SETTING_CHOICE, AT(profile), .text = "2020", .choices = profile_names, .help = "shape of the bodies"},
    {"ttl_s", SETTING_INT, AT(ttl_s), .number = ACCOUNT_UNSET, .least = 1, .most = 365LL * DAY_S,
     .help = "the account is deleted after this time without use; null: never"},
};
/* clang-format on */

const size_t account_settings_count = ARRAY_SIZE(account_settings);

void *setting_place(const struct setting *setting, struct settings *settings)
{
    return (char *)settings + setting->offset;
}

void settings_default(struct settings *ret_settings)
{
    *ret_settings = (struct settings){0};
    for (size_t i = 0; i < account_settings_count; i++) {
        const struct setting *setting = &account_settings[i];
        void *place = setting_place(setting, ret_settings);
        if (setting->kind == SETTING_BOOL) {
            *(bool *)place = setting->number;
        } else if (setting->kind == SETTING_INT) {
            *(int64_t *)place = setting->number;
        } else {
            *(const char **)place = setting->text;
        }
    }
}

const char *account_secret(const struct account *account, bool test_mode)
{
    return test_mode ? account->keys.secret_key : account->keys.secret_live_key;
}

const char *account_sign(const struct account *account, struct arena *arena, bool test_mode,
                         const void *body, size_t size)
{
    char signature[CRYPT_SHA1_TEXT];
    crypt_callback_signature(account_secret(account, test_mode), body, size, signature);
    return arena_strdup(arena, signature);
}

enum profile account_profile(const struct account *account)
{
    return profile_of(account->settings.profile);
}

bool account_refuses_tests(const struct account *account, bool test_mode)
{
    return account->settings.strict_test_mode && !test_mode;
}

bool account_is_active(const struct account *account)
{
    return text_equal(account->settings.status, "active");
}
