#include "credentials.h"

#include "base/text.h"
#include "http/authorization.h"

#include <string.h>

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

static struct tenant *refuse(struct call *call, enum journal_refusal why, const char *login)
{
    call->refusal = why;
    call->detail = login;
    return NULL;
}

static struct tenant *refuse_login(struct call *call, const char *login)
{
    bool key =
        is_public_key(login) || is_secret_key(login) || is_api_key(&call->engine->tenants, login);
    return refuse(call, key ? REFUSAL_LOGIN_IS_KEY : REFUSAL_LOGIN_UNKNOWN,
                  text_starts(login, "coma_") ? login : NULL);
}

static struct tenant *refuse_password(struct call *call, const char *login, const char *password)
{
    enum journal_refusal why = REFUSAL_PASSWORD;
    if (is_public_key(password)) {
        why = REFUSAL_PASSWORD_PUBLIC;
    } else if (is_secret_key(password)) {
        why = REFUSAL_PASSWORD_SECRET;
    } else if (is_api_key(&call->engine->tenants, password)) {
        why = REFUSAL_PASSWORD_OTHERS;
    }
    return refuse(call, why, login);
}

struct tenant *credentials_check(struct call *call)
{
    const char *login, *password;
    const char *header = http_header(call->request, "Authorization");
    if (!authorization_basic(call->arena, header, &login, &password)) {
        return refuse(call, header ? REFUSAL_NO_BASIC : REFUSAL_NO_CREDENTIALS, NULL);
    }
    struct tenant *tenant = tenants_by_id(&call->engine->tenants, login);
    if (!tenant) {
        return refuse_login(call, login);
    }
    return crypt_equal(tenant->account.keys.api_key, password)
               ? tenant
               : refuse_password(call, login, password);
}

struct tenant *credentials_name(struct call *call)
{
    const char *login, *password;
    const char *header = http_header(call->request, "Authorization");
    return authorization_basic(call->arena, header, &login, &password)
               ? tenants_by_id(&call->engine->tenants, login)
               : NULL;
}
