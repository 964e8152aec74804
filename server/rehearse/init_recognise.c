/* What a purchase tells of a shop, as rehearsal.json and in words. */
#include "base/text.h"
#include "base/url.h"
#include "domain/money.h"
#include "rehearse/fill_me.h"
#include "rehearse/init.h"
#include "rehearse/rehearsal_run.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct purchase {
    struct arena *arena;
    const json_t *seen, *invoice;
    const char *shop; /* its origin; NULL: unknown */
    int port;
};

/* ------------------------------------------------------------------ kinds */

/* How the shop creates invoices. */
static const struct {
    const char *path, *name;
} creations[] = {
    {"/payment-invoices", "the private API"},
    {"/public-api/", "the public API"},
    {"/payment/sale", "the call /payment/sale"},
    {"/hpp/", "a form that the browser sends"},
};

static const char *creation_name(const char *creation)
{
    const char *path = strchr(creation, ' ');
    for (size_t i = 0; path && i < ARRAY_SIZE(creations); i++) {
        if (text_starts(path + 1, creations[i].path)) {
            return creations[i].name;
        }
    }
    return "an unknown way";
}

static const struct {
    const char *pattern, *name;
} references[] = {
    {"^(?i)[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$", "a UUID"},
    {"^[0-9]+$", "a number"},
    {"^(.*[^0-9])[0-9]+$", "a prefix and a number"},
};

static const char *reference_name(const char *reference)
{
    struct pattern_set set = {0};
    const char *name = "a text";
    for (size_t i = 0; i < ARRAY_SIZE(references); i++) {
        if (pattern_matches(pattern_add(&set, references[i].pattern), reference)) {
            name = references[i].name;
            break;
        }
    }
    pattern_set_finish(&set);
    return name;
}

/* ------------------------------------------------------------------ URLs */

static const char *origin_of(struct arena *arena, const char *url)
{
    return url_is_good(url) ? arena_copy(arena, url, url_origin_size(url)) : NULL;
}

/* How many bytes at the beginning of a URL spell a text, whose characters may be percent-encoded;
 * 0: they do not. */
static size_t spelled_size(const char *url, const char *text)
{
    const char *at = url;
    for (; *text; text++) {
        char code[4];
        snprintf(code, sizeof code, "%%%02X", (unsigned char)*text);
        if (*at == *text) {
            at++;
        } else if (strncasecmp(at, code, 3) == 0) {
            at += 3;
        } else {
            return 0;
        }
    }
    return (size_t)(at - url);
}

/* The URL with `to` in each place of `from`. */
static const char *replaced(struct arena *arena, const char *url, const char *from, const char *to)
{
    buf_auto out = {0};
    while (*url) {
        size_t size = spelled_size(url, from);
        size ? buf_text(&out, to) : buf_char(&out, *url);
        url += size ? size : 1;
    }
    return arena_strdup(arena, buf_str(&out));
}

/* A URL of the invoice with placeholders; NULL: there is none. */
static const char *with_placeholders(const struct purchase *purchase, const char *url)
{
    if (!url) {
        return NULL;
    }
    size_t size = purchase->shop ? strlen(purchase->shop) : 0;
    bool own = size && strncmp(url, purchase->shop, size) == 0 && strchr("/?#", url[size]);
    const char *rest = own ? url + size : url;
    rest =
        replaced(purchase->arena, rest, run_text(purchase->invoice, "reference_id"), "{reference}");
    rest = replaced(purchase->arena, rest, run_text(purchase->seen, "id"), "{invoice}");
    return own ? arena_printf(purchase->arena, "{shop}%s", rest) : rest;
}

static const char *shop_url(const struct purchase *purchase)
{
    char port[32];
    if (!purchase->shop) {
        return "http://127.0.0.1:" FILL_ME;
    }
    snprintf(port, sizeof port, ":%d", purchase->port);
    size_t size = strlen(purchase->shop), end = strlen(port);
    bool given = purchase->port && size > end && text_equal(purchase->shop + size - end, port);
    return given ? arena_printf(purchase->arena, "%.*s:{port}", (int)(size - end), purchase->shop)
                 : purchase->shop;
}

/* ------------------------------------------------------------------ the settings */

/* Where the shop shows the order: often the page that the payer returns to. */
static const char *state_url(const char *return_url)
{
    return return_url && strstr(return_url, "{reference}") ? return_url
                                                           : "{shop}/" FILL_ME "/{order}";
}

/* As text, which has no binary fraction; NULL: there is none. */
static const char *amount_of(const struct purchase *purchase)
{
    const json_t *value = json_object_get(purchase->invoice, "amount");
    int64_t amount;
    char text[MONEY_TEXT];
    if (!json_is_number(value) ||
        money_from_double(json_number_value(value), &amount) != MONEY_OK) {
        return NULL;
    }
    money_format_cents(amount, text);
    return arena_strdup(purchase->arena, text);
}

static json_t *settings_of(const struct purchase *purchase, const char *callback,
                           const char *return_url)
{
    return json_pack(
        "{s:{s:s}, s:s*, s:{s:s, s:s, s:{s:s}}, s:{s:s, s:{s:s}, s:{s:s}}, s:O*, s:s*}", "shop",
        "url", shop_url(purchase), "callback", callback, "order", "method", "POST", "url",
        "{shop}/" FILL_ME, "form", FILL_ME, "{amount}", "state", "url", state_url(return_url),
        "status", "pattern", FILL_ME "([a-z_]+)", "map", FILL_ME, "paid", "currency",
        json_object_get(purchase->invoice, "currency"), "amount", amount_of(purchase));
}

/* ------------------------------------------------------------------ in words */

/* A text of the shop on a line. */
static void tell(struct arena *arena, const char *what, const char *text)
{
    char *line = arena_strdup(arena, text);
    text_flatten(line);
    printf("  %-10s %s\n", what, line);
}

static void tell_all(const struct purchase *purchase, const char *callback, const char *return_url)
{
    struct arena *arena = purchase->arena;
    const char *creation = run_text(purchase->seen, "creation");
    const char *reference = run_text(purchase->invoice, "reference_id");
    int64_t code = run_int(purchase->seen, "callback");
    const char *answer =
        code ? arena_printf(arena, "answered with %lld", (long long)code) : "not answered";
    printf("\nSeen:\n");
    tell(arena, "creation", arena_printf(arena, "%s, by %s", creation, creation_name(creation)));
    tell(arena, "service", run_text(purchase->seen, "service"));
    tell(arena, "currency", run_text(purchase->invoice, "currency"));
    tell(arena, "reference",
         arena_printf(arena, "%s, such as %s", reference_name(reference), reference));
    tell(arena, "callback",
         callback ? arena_printf(arena, "%s, %s", callback, answer) : "none: no callback URL");
    tell(arena, "return", return_url ? return_url : "none: no return URL");
    tell(arena, "status", run_text(purchase->invoice, "status"));
}

json_t *init_recognise(struct arena *arena, const char *shop, int port, const json_t *seen)
{
    struct purchase purchase = {arena, seen, json_object_get(seen, "invoice"), shop, port};
    const char *callback = run_text_or_none(purchase.invoice, "callback_url");
    const char *return_url = run_text_or_none(purchase.invoice, "return_url");
    if (!shop) {
        purchase.shop = callback     ? origin_of(arena, callback)
                        : return_url ? origin_of(arena, return_url)
                                     : NULL;
    }
    callback = with_placeholders(&purchase, callback);
    return_url = with_placeholders(&purchase, return_url);
    tell_all(&purchase, callback, return_url);
    return settings_of(&purchase, callback, return_url);
}
