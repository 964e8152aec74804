/* Finds the account of a call: by HTTP Basic, with the exact error if that fails; by the query or
 * the path of the control API. */
#include "call/call.h"

#include "base/text.h"
#include "call/record.h"

#include <string.h>
#include <strings.h>

/* ------------------------------------------------------------------ the header Authorization */

/* Returns the credentials after the scheme's name, or NULL. */
static const char *behind_scheme(const char *header, const char *scheme)
{
    size_t length = strlen(scheme);
    if (!header || strncasecmp(header, scheme, length) != 0 || header[length] != ' ') {
        return NULL;
    }
    return header + length + strspn(header + length, " ");
}

bool authorization_basic(struct arena *arena, const char *header, const char **ret_login,
                         const char **ret_password)
{
    const char *value = behind_scheme(header, "Basic");
    buf_auto decoded = {0};
    if (!value || !crypt_base64_decode(value, &decoded) ||
        strlen(buf_str(&decoded)) != decoded.size) {
        return false;
    }
    char *login = arena_copy(arena, buf_str(&decoded), decoded.size);
    char *colon = strchr(login, ':');
    if (!colon) {
        return false;
    }
    *colon = '\0';
    *ret_login = login;
    *ret_password = colon + 1;
    return true;
}

const char *authorization_bearer(const char *header)
{
    const char *token = behind_scheme(header, "Bearer");
    return token && *token ? token : NULL;
}

/* ------------------------------------------------------------------ HTTP Basic */

#define LOGIN_PREFIX "coma_"

static bool is_api_key(const struct tenants *tenants, const char *text)
{
    for (size_t i = 0; i < tenants->n; i++) {
        if (crypt_equal(tenants->list[i]->account.keys.api_key, text)) {
            return true;
        }
    }
    return false;
}

static bool is_public_key(const char *text)
{
    return text_starts(text, "pk_test_") || text_starts(text, "pk_live_");
}

static bool is_secret_key(const char *text)
{
    return text_starts(text, "sk_test_") || text_starts(text, "sk_live_");
}

/* What code sends for a variable that is not set, or was not expanded. */
static bool is_unset(const char *text)
{
    static const char *const names[] = {"", "undefined", "null", "none", "nil"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcasecmp(names[i], text) == 0) {
            return true;
        }
    }
    return *text == '$';
}

/* A value that was read from a file or a variable with its line end or its quotes. */
static const char *without_blanks(const struct call *call, const char *text)
{
    static const char around[] = " \t\r\n\"'";
    text += strspn(text, around);
    size_t size = strlen(text);
    while (size && strchr(around, text[size - 1])) {
        size--;
    }
    return arena_copy(call->arena, text, size);
}

/* The account whose id the login begins with. What follows may be its key, behind anything but a
 * colon. */
static const struct tenant *account_in_login(const struct call *call, const char *login)
{
    size_t size = strlen(LOGIN_PREFIX) + IDENT_SERIAL;
    return strlen(login) > size
               ? tenants_by_id(&call->engine->tenants, arena_copy(call->arena, login, size))
               : NULL;
}

/* The detail is an id, never a key. */
static struct tenant *refuse(struct call *call, enum journal_refusal why, const char *login)
{
    call->refusal = why;
    call->detail = login;
    return NULL;
}

static struct tenant *refuse_login(struct call *call, const char *login)
{
    const struct tenants *tenants = &call->engine->tenants;
    bool key = is_public_key(login) || is_secret_key(login) || is_api_key(tenants, login);
    enum journal_refusal why = key               ? REFUSAL_LOGIN_IS_KEY
                               : is_unset(login) ? REFUSAL_LOGIN_UNSET
                               : tenants_by_id(tenants, without_blanks(call, login))
                                   ? REFUSAL_LOGIN_BLANKS
                                   : REFUSAL_LOGIN_UNKNOWN;
    const struct tenant *begins = account_in_login(call, login);
    if (begins && why == REFUSAL_LOGIN_UNKNOWN) {
        call->remedy = "join the account's id and its API key with one colon";
        return refuse(call, why, arena_printf(call->arena, "%s and more", begins->account.keys.id));
    }
    bool is_id = text_starts(login, LOGIN_PREFIX) && strlen(login) < IDENT_TEXT;
    return refuse(call, why, begins ? begins->account.keys.id : is_id ? login : NULL);
}

static bool is_own_api_key(const struct tenant *tenant, const char *password)
{
    const struct account *account = &tenant->account;
    return account_key_is(&account->keys, &account->old_keys, ACCOUNT_KEY_API, password,
                          clock_now(tenant));
}

static struct tenant *refuse_password(struct call *call, const struct tenant *tenant,
                                      const char *password)
{
    enum journal_refusal why = REFUSAL_PASSWORD;
    if (is_unset(password)) {
        why = REFUSAL_PASSWORD_UNSET;
    } else if (is_own_api_key(tenant, without_blanks(call, password))) {
        why = REFUSAL_PASSWORD_BLANKS;
    } else if (is_public_key(password)) {
        why = REFUSAL_PASSWORD_PUBLIC;
    } else if (is_secret_key(password)) {
        why = REFUSAL_PASSWORD_SECRET;
    } else if (account_old_key_find(&tenant->account.old_keys, password)) {
        why = REFUSAL_PASSWORD_OLD;
    } else if (is_api_key(&call->engine->tenants, password)) {
        why = REFUSAL_PASSWORD_OTHERS;
    }
    return refuse(call, why, tenant->account.keys.id);
}

/* A call of the public API whose base URL is that of the private one. */
static bool has_public_key(struct call *call)
{
    return json_object_get(call_document(call), "public_key");
}

static struct tenant *open_account(struct call *call)
{
    const char *login, *password;
    const char *header = http_header(call->request, "Authorization");
    if (!header) {
        return refuse(call, has_public_key(call) ? REFUSAL_PUBLIC_CALL : REFUSAL_NO_CREDENTIALS,
                      NULL);
    }
    if (!authorization_basic(call->arena, header, &login, &password)) {
        return refuse(call, REFUSAL_NO_BASIC, NULL);
    }
    struct tenant *tenant = tenants_by_id(&call->engine->tenants, login);
    if (!tenant) {
        return refuse_login(call, login);
    }
    return is_own_api_key(tenant, password) ? tenant : refuse_password(call, tenant, password);
}

struct tenant *account_named(struct call *call)
{
    const char *login, *password;
    const char *header = http_header(call->request, "Authorization");
    return authorization_basic(call->arena, header, &login, &password)
               ? tenants_by_id(&call->engine->tenants, login)
               : NULL;
}

/* A public key that was replaced: its account's journal shows why it is refused. */
static struct answer *refuse_old_key(struct call *call, const struct tenant *owner,
                                     const struct account_old_key *old)
{
    record_account(call->request, owner);
    call->refusal = REFUSAL_KEY_OLD;
    call->detail =
        arena_printf(call->arena, "it was valid until %lld", (long long)(old->until_ms / 1000));
    return call_error(call, 401);
}

static enum journal_refusal why_no_public_key(struct call *call, const char *key)
{
    const struct tenants *tenants = &call->engine->tenants;
    bool test_mode;
    return is_unset(key)                    ? REFUSAL_KEY_UNSET
           : is_secret_key(key)             ? REFUSAL_KEY_SECRET
           : is_api_key(tenants, key)       ? REFUSAL_KEY_PRIVATE
           : text_starts(key, LOGIN_PREFIX) ? REFUSAL_KEY_ACCOUNT
           : tenants_by_public_key(tenants, without_blanks(call, key), &test_mode)
               ? REFUSAL_KEY_BLANKS
               : REFUSAL_KEY_UNKNOWN;
}

struct answer *call_refuse_key(struct call *call, const char *key)
{
    const struct account_old_key *old;
    const struct tenant *owner = tenants_by_old_public_key(&call->engine->tenants, key, &old);
    if (owner) {
        return refuse_old_key(call, owner, old);
    }
    call->refusal = why_no_public_key(call, key);
    return call_error(call, 401);
}

struct answer *account_by_api_key(struct call *call)
{
    call->tenant = open_account(call);
    if (!call->tenant) {
        record_account(call->request, account_named(call));
        return call_error(call, 401);
    }
    return NULL;
}

/* ------------------------------------------------------------------ the control API */

static struct answer *refuse_id(struct call *call, const char *id)
{
    if (is_public_key(id) || is_secret_key(id) || is_api_key(&call->engine->tenants, id)) {
        return call_control_error(call, 404, "unknown_account",
                                  "account: a key was sent; it must be the account's id, coma_...");
    }
    if (is_unset(id)) {
        return call_control_error(call, 404, "unknown_account",
                                  "account: the id is \"%s\": it was not set where your code reads "
                                  "it",
                                  id);
    }
    return call_control_error(call, 404, "unknown_account",
                              "there is no account %s; GET /_mock/accounts lists the accounts", id);
}

static struct answer *find_account(struct call *call, const char *id)
{
    call->tenant = tenants_by_id(&call->engine->tenants, id);
    return call->tenant ? NULL : refuse_id(call, id);
}

struct answer *account_by_query(struct call *call)
{
    if (json_errors_has(http_query_errors(call->request), "account")) {
        return call_control_error(call, 422, "invalid_parameter", "account: must be readable text");
    }
    const char *id = http_query_text(call->request, "account");
    call->tenant = call->engine->tenants.demo;
    return id ? find_account(call, id) : NULL;
}

struct answer *account_in_path(struct call *call)
{
    struct answer *refused = account_by_query(call);
    record_account(call->request, call->tenant); /* the journal shows the call to its caller */
    return refused ?: find_account(call, call->params[0]);
}

struct answer *call_check_journal(struct call *call)
{
    return journal_is_on(call->engine->watch.journal)
               ? NULL
               : call_control_error(call, 409, "journal_off",
                                    "the server was started with --journal off");
}
