#include "web/web.h"

#include "api/control.h"
#include "call/guard.h"
#include "domain/currency.h"
#include "web/page.h"

#define PATH "/_mock/"
#define LIST_ROWS 50 /* PAGE of dashboard_invoices.js */

/* For the dashboard only, not for the payer's pages. Lax, so that links in reports of test runs
 * work. */
#define COOKIE_SCOPE "; Path=/_mock; HttpOnly; SameSite=Lax"

struct answer *dashboard_root(struct call *call)
{
    bool browser = page_is_browser(call);
    struct answer *refused = call_check_host(call); /* as the page that it leads to */
    if (refused) {
        return refused;
    }
    call->unrecorded = browser; /* not a request of a merchant's code */
    return browser ? call_redirect(call, 302, PATH)
                   : call_refuse(call, 404, "the API has nothing at its root",
                                 "GET /_mock/ is the dashboard, GET /_mock/docs/endpoints lists "
                                 "all paths");
}

/* ------------------------------------------------------------------ the token */

/* The URL without the token, which would be visible; a browser keeps the part after '#'. */
static const char *own_url(const struct call *call, const char *path)
{
    const char *account = http_query_text(call->request, "account");
    buf_auto url = {0};
    buf_text(&url, path);
    if (account) {
        buf_text(&url, "?account=");
        buf_url_text(&url, account);
    }
    return arena_strdup(call->arena, buf_str(&url));
}

static struct answer *trade(struct call *call, const char *path)
{
    const struct router *router = call->router;
    char value[GUARD_COOKIE_TEXT];
    struct answer *answer = call_redirect(call, 303, own_url(call, path));
    if (router->control_token) {
        guard_cookie(router->control_token, value);
        http_reply_header(call->request, "Set-Cookie",
                          arena_printf(call->arena, GUARD_COOKIE "=%s" COOKIE_SCOPE "%s", value,
                                       router->tls ? "; Secure" : ""));
    }
    return answer;
}

static bool is_token(const struct call *call, const char *text)
{
    return !call->router->control_token || crypt_equal(text, call->router->control_token);
}

static struct answer *ask_for_token(struct call *call, const char *path, bool wrong)
{
    const struct template_value values[] = {
        {"path", path},
        {"asked", http_query_text(call->request, "account")},
        {"wrong", wrong ? "1" : NULL},
    };
    const struct template_scope scope = {values, ARRAY_SIZE(values), NULL};
    return page_reply(call, 401, "dashboard_token.html", "en", &scope);
}

struct answer *dashboard_admit(struct call *call, const char *path)
{
    const char *token = http_query_text(call->request, "token");
    if (token && is_token(call, token)) {
        return trade(call, path);
    }
    return call_has_control(call) ? NULL : ask_for_token(call, path, token);
}

/* ------------------------------------------------------------------ the page */

/* The first page of the list, which the script then need not ask for; empty: no such account. */
static void write_list(struct call *call, const char *account, struct buf *out)
{
    const struct tenant *tenant = account ? tenants_by_id(&call->engine->tenants, account) : NULL;
    if (tenant) {
        control_invoices_write(out, call, tenant, LIST_ROWS);
    }
}

static struct answer *reply_page(struct call *call)
{
    const char *demo = call->engine->tenants.demo_id; /* the account may have been deleted */
    const char *asked = http_query_text(call->request, "account");
    const char *account = asked ? asked : demo;
    const struct tenant *tenant = account ? tenants_by_id(&call->engine->tenants, account) : NULL;
    buf_auto decimals = {0}, statuses = {0}, list = {0};
    currency_write_shown(&decimals);
    control_statuses_write(&statuses);
    write_list(call, account, &list);
    const struct template_value values[] = {
        {"account", account},
        {"name", tenant && tenant->account.settings.name && *tenant->account.settings.name
                     ? tenant->account.settings.name
                     : account},
        {"demo", demo},
        {"decimals", decimals.size ? decimals.data : NULL},
        {"asked", asked},
        {"database", call->engine->database},
        {"version", MILKYPAY_VERSION},
        {"statuses", buf_str(&statuses)},
        {"list", buf_str(&list)},
    };
    const struct template_scope scope = {values, ARRAY_SIZE(values), NULL};
    return page_reply(call, 200, "dashboard.html", "en", &scope);
}

struct answer *dashboard_show(struct call *call)
{
    return dashboard_admit(call, PATH) ?: reply_page(call);
}
