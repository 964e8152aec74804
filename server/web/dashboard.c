#include "dashboard.h"

#include "base/text.h"
#include "call/guard.h"
#include "web/page.h"

#define PATH "/_mock/"

/* Of the dashboard alone: the payer's pages never see it. Lax, so that a link in a report of a test
 * run still leads in. */
#define COOKIE_SCOPE "; Path=/_mock; HttpOnly; SameSite=Lax"

void dashboard_root(struct call *call)
{
    if (page_is_browser(call)) {
        call->unrecorded = true; /* no mistake of a merchant's code */
        http_reply_redirect(call->request, 302, PATH);
    } else {
        http_reply_error(call->request, 404);
    }
}

/* ------------------------------------------------------------------ the token */

/* Without the token in the URL, where it would be seen; a browser keeps what stands behind '#'. */
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

static void trade(struct call *call, const char *path)
{
    const struct router *router = call->router;
    char value[GUARD_COOKIE_TEXT];
    http_reply_redirect(call->request, 303, own_url(call, path));
    http_reply_header(call->request, "Cache-Control", "no-store");
    if (router->control_token) {
        guard_cookie(router->control_token, value);
        http_reply_header(call->request, "Set-Cookie",
                          arena_printf(call->arena, GUARD_COOKIE "=%s" COOKIE_SCOPE "%s", value,
                                       router->tls ? "; Secure" : ""));
    }
}

static bool is_token(const struct call *call, const char *text)
{
    return !call->router->control_token || crypt_equal(text, call->router->control_token);
}

static void ask_for_token(struct call *call, const char *path, bool wrong)
{
    const struct template_value values[] = {
        {"path", path, NULL},
        {"asked", http_query_text(call->request, "account"), NULL},
        {"wrong", wrong ? "1" : NULL, NULL},
    };
    const struct template_scope scope = {values, ARRAY_SIZE(values), NULL};
    page_reply(call, 401, "dashboard_token.html", "en", &scope);
}

bool dashboard_admits(struct call *call, const char *path)
{
    const char *token = http_query_text(call->request, "token");
    if (token && is_token(call, token)) {
        trade(call, path);
        return false;
    }
    if (!call_has_control(call)) {
        ask_for_token(call, path, token);
        return false;
    }
    return true;
}

/* ------------------------------------------------------------------ the page */

static void reply_page(struct call *call)
{
    const struct tenant *demo = call->engine->tenants.demo;
    const char *asked = http_query_text(call->request, "account");
    const struct template_value values[] = {
        {"account",
         asked  ? asked
         : demo ? demo->account.keys.id
                : NULL,
         NULL},
        {"asked", asked, NULL},
        {"version", MILKYPAY_VERSION, NULL},
    };
    const struct template_scope scope = {values, ARRAY_SIZE(values), NULL};
    page_reply(call, 200, "dashboard.html", "en", &scope);
}

void dashboard_show(struct call *call)
{
    if (dashboard_admits(call, PATH)) {
        reply_page(call);
    }
}
