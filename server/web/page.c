#include "page.h"

#include "base/text.h"
#include "web/messages.h"
#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ASSETS "server/web/assets/"
#define ASSETS_PATH "/_mock/assets/"

/* form-action names http: and https: because a payer may be sent on to the shop after a form
 * (auto_return). */
#define POLICY(own)                                                                                \
    "default-src 'none'; script-src " own "; style-src " own "; img-src " own                      \
    "; connect-src 'self'; base-uri 'none'; form-action 'self' http: https:"

static const struct {
    const char *ending, *type;
} types[] = {{".css", "text/css; charset=utf-8"},
             {".svg", "image/svg+xml"},
             {".js", "text/javascript; charset=utf-8"}};

/* "https://pay.example:8443/x" -> "https://pay.example:8443" */
static const char *origin_of(struct arena *arena, const char *url)
{
    const char *mark = strstr(url, "://");
    const char *host = mark ? mark + 3 : url;
    return arena_copy(arena, url, (size_t)(host - url) + strcspn(host, "/"));
}

/* A shop may frame the payer's pages, but no other pages. Such a page loads its files from the host
 * of its URLs, which may be another name of this server. */
static const char *policy_of(const struct call *call)
{
    const char *path = call->request->path;
    bool framed = text_starts(path, "/hpp") || text_starts(path, "/redirect/hpp");
    if (call->page_base) {
        const char *origin = origin_of(call->arena, call->page_base);
        return arena_printf(call->arena, POLICY("'self' %s"), origin, origin, origin);
    }
    return framed ? POLICY("'self'") : POLICY("'self'") "; frame-ancestors 'none'";
}

static void add_headers(struct call *call, const char *cache)
{
    http_reply_header(call->request, "Content-Security-Policy", policy_of(call));
    http_reply_header(call->request, "X-Content-Type-Options", "nosniff");
    http_reply_header(call->request, "Referrer-Policy", "no-referrer");
    http_reply_header(call->request, "Cache-Control", cache);
}

struct answer *page_reply(struct call *call, unsigned status, const char *name, const char *locale,
                          const struct template_scope *scope)
{
    const char *assets =
        arena_printf(call->arena, "%s" ASSETS_PATH "%s", call->page_base ? call->page_base : "",
                     embedded_assets_version);
    const struct template_value own[] = {
        {"locale", locale}, {"base", call->page_base}, {"assets", assets}};
    const struct template_scope all = {own, ARRAY_SIZE(own), scope};
    call->request->reply.n_headers = 0;
    template_fill(http_reply(call->request, status, HTTP_HTML), name, locale, &all);
    add_headers(call, "no-store");
    return call_answered(call);
}

/* "gzip, br" and "br;q=1, gzip;q=0.5", but not "gzip;q=0". */
static bool takes_gzip(const struct call *call)
{
    const char *accepted = http_header(call->request, "Accept-Encoding");
    const char *name = accepted ? strcasestr(accepted, "gzip") : NULL;
    if (!name) {
        return false;
    }
    name += strlen("gzip");
    name += strspn(name, "; \t");
    return strncasecmp(name, "q=", 2) != 0 || strtod(name + 2, NULL) > 0;
}

/* Answers with the bytes in the coding that the client takes. */
static void send_bytes(struct call *call, unsigned status, const char *type,
                       const struct embedded_file *file)
{
    bool small = file->gz && takes_gzip(call);
    http_reply_fixed(call->request, status, type, small ? file->gz : file->data,
                     small ? file->gz_size : file->size);
    if (small) {
        http_reply_header(call->request, "Content-Encoding", "gzip");
    }
}

/* Answers 200 with these bytes, or 304 if the client has them. The tag is weak in gzip, because it
 * is that of the plain bytes. */
static struct answer *reply_bytes(struct call *call, unsigned status, const char *type,
                                  const struct embedded_file *file)
{
    const char *known = http_header(call->request, "If-None-Match");
    if (status == 200 && known && (strstr(known, file->etag) || text_equal(known, "*"))) {
        http_reply_empty(call->request, 304);
    } else {
        send_bytes(call, status, type, file);
    }
    bool weak = file->gz && takes_gzip(call);
    http_reply_header(call->request, "ETag",
                      weak ? arena_printf(call->arena, "W/%s", file->etag) : file->etag);
    if (file->gz) {
        http_reply_header(call->request, "Vary", "Accept-Encoding");
    }
    return call_answered(call);
}

struct answer *page_reply_embedded(struct call *call, unsigned status, const char *type,
                                   const struct embedded_file *file)
{
    struct answer *answer = reply_bytes(call, status, type, file);
    add_headers(call, "no-cache");
    return answer;
}

struct buf *page_reply_text(struct call *call, const char *type)
{
    struct buf *body = http_reply(call->request, 200, type);
    add_headers(call, "no-cache");
    return body;
}

const char *page_locale_asked(const struct call *call)
{
    return language_find(http_query_text(call->request, "locale"));
}

const char *page_locale(const struct call *call, const char *own)
{
    const char *asked = page_locale_asked(call);
    const char *spoken =
        own ? language_find(own) : language_accepted(http_header(call->request, "Accept-Language"));
    return asked ? asked : spoken ? spoken : "en";
}

static bool accepts(const struct call *call, const char *type)
{
    const char *accept = http_header(call->request, "Accept");
    return accept && strstr(accept, type);
}

bool page_is_browser(const struct call *call)
{
    return accepts(call, "text/html");
}

static bool wants_json(const struct call *call)
{
    return accepts(call, "application/json") && !page_is_browser(call);
}

/* `detail`: what the API says, in English. */
static struct answer *reply_error(struct call *call, unsigned status, const char *text,
                                  const char *detail)
{
    const struct template_value values[] = {
        {"code", arena_printf(call->arena, "%u", status)},
        {"message", text},
        {"detail", detail},
        {"dashboard", call->router->hide_panel ? NULL : "1"},
    };
    const struct template_scope scope = {values, ARRAY_SIZE(values), NULL};
    return page_reply(call, status, "error.html", page_locale(call, NULL), &scope);
}

struct answer *page_error(struct call *call, unsigned status, const char *message_key)
{
    return reply_error(call, status, message(page_locale(call, NULL), message_key), NULL);
}

/* The message of the reply: each wrong field, or the error. */
static void say_errors(const struct call *call, struct buf *said)
{
    const struct buf *body = &call->request->reply.body;
    for (const struct json_error *error = call->errors; error; error = error->next) {
        buf_printf(said, "%s%s: %s", said->size ? " " : "", error->path, error->message);
    }
    if (!call->errors) {
        json_auto_t *reply = json_loadb(body->data, body->size, 0, NULL);
        const json_t *first = json_array_get(json_object_get(reply, "errors"), 0);
        const char *detail = json_string_value(json_object_get(first, "detail"));
        const char *status = json_string_value(json_object_get(first, "status"));
        const char *reason = call->refusal ? NULL : call->detail; /* what the handler said */
        buf_text(said, reason ? reason : detail ? detail : status ? status : "");
    }
}

void page_error_instead(struct call *call)
{
    struct http_request *request = call->request;
    const struct http_reply *reply = &request->reply, before = *reply;
    if (reply->status < 400 || !text_equal(reply->type, HTTP_JSON) || wants_json(call)) {
        return; /* a fault changed or dropped the answer */
    }
    buf_auto said = {0};
    say_errors(call, &said);
    const char *detail = arena_strdup(call->arena, buf_str(&said));
    struct answer *answer =
        reply_error(call, reply->status, message(page_locale(call, NULL), "error_order"), detail);
    for (size_t i = 0; answer && i < before.n_headers; i++) {
        http_reply_header(request, before.headers[i].name, before.headers[i].value);
    }
}

static struct answer *reply_asset(struct call *call, const char *name, const char *cache)
{
    const struct embedded_file *file = embedded_find(arena_printf(call->arena, ASSETS "%s", name));
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; file && ending && i < ARRAY_SIZE(types); i++) {
        if (text_equal(types[i].ending, ending)) {
            struct answer *answer = reply_bytes(call, 200, types[i].type, file);
            http_reply_header(call->request, "Cache-Control", cache);
            /* a page that another site shows loads its modules across origins */
            http_reply_header(call->request, "Access-Control-Allow-Origin", "*");
            return answer;
        }
    }
    return call_control_error(call, 404, "unknown_asset", "there is no file %s", name);
}

struct answer *page_asset(struct call *call)
{
    return reply_asset(call, call->params[0], "no-cache");
}

/* A page of another version gets the files of this one, and asks again the next time. */
struct answer *page_asset_versioned(struct call *call)
{
    bool same = text_equal(call->params[0], embedded_assets_version);
    return reply_asset(call, call->params[1],
                       same ? "public, max-age=31536000, immutable" : "no-cache");
}
