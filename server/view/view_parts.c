#include "view_parts.h"

#include "base/text.h"

#include <string.h>

#define HPP_PATH "\\/redirect\\/hpp\\/?cpi="
#define CARD_PAGE_PATH "\\/hpp\\/"

/* A service that the fixtures no longer have: what the database knows stands for the rest
 * (server/docs/data.md). */
#define LOST_FLOW "hpp"

const char *view_service_method(const struct view_invoice *view)
{
    return view->service ? view->service->method->code : view->invoice->service;
}

const char *view_service_flow(const struct view_invoice *view)
{
    return view->service ? view->service->flow : view->invoice->service ? LOST_FLOW : NULL;
}

const char *view_service_currency(const struct view_invoice *view)
{
    return view->service            ? view->service->currency
           : view->invoice->service ? view->invoice->currency
                                    : NULL;
}

bool view_invoice_option(const struct invoice *invoice, const char *name, bool otherwise)
{
    json_auto_t *kept = invoice->options ? json_loads(invoice->options, 0, NULL) : NULL;
    const json_t *value = json_object_get(kept, name);
    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

/* A URL of the mock: the invoice's base, then a part that is escaped already. */
static void write_url(struct json_out *out, const char *key, const struct invoice *invoice,
                      const char *path, const char *id)
{
    json_out_text(out, key, invoice->base_url);
    out->buf->size--; /* reopen the string at its closing quote */
    buf_text(out->buf, path);
    buf_text(out->buf, id);
    buf_char(out->buf, '"');
}

void view_invoice_action(struct buf *out, const struct invoice *invoice)
{
    buf_text(out, invoice->base_url);
    buf_text(out, "/hpp/");
    buf_text(out, invoice->session);
}

void view_hpp_url(struct json_out *out, const char *key, const struct invoice *invoice)
{
    if (view_invoice_option(invoice, OPTION_BYPASS_HPP, false)) {
        write_url(out, key, invoice, CARD_PAGE_PATH, invoice->session);
    } else {
        write_url(out, key, invoice, HPP_PATH, invoice->id);
    }
}

enum token_form view_token_form(enum profile profile)
{
    static const enum token_form forms[PROFILE_COUNT] = {
        [PROFILE_2020] = TOKEN_RS512,
        [PROFILE_2024] = TOKEN_HS256,
        [PROFILE_2025] = TOKEN_HS256,
    };
    return forms[profile];
}

/* Newer bodies show it for cards, which the card gate can charge with it, and while the payer has
 * not chosen a service (P479, P483). */
static bool shows_token(const struct view_invoice *view)
{
    return view->profile == PROFILE_2020 || !view->invoice->service ||
           (view->service && service_takes_cards(view->service));
}

static void write_token(struct json_out *out, const struct view_invoice *view)
{
    const struct invoice *invoice = view->invoice;
    json_out_object(out, "metadata");
    json_out_text(out, "sid", invoice->session);
    json_out_raw(out, "token", "\"");
    token_write(out->buf, view->token_key, view_token_form(view->profile), invoice->session,
                invoice->expires_ms / 1000);
    buf_char(out->buf, '"');
    json_out_object_end(out);
}

void view_flow_data(struct json_out *out, const char *key, const struct view_invoice *view)
{
    const struct invoice *invoice = view->invoice;
    bool posts = view->service && view->service->posts;
    json_out_object(out, key);
    write_url(out, "action", invoice, CARD_PAGE_PATH, invoice->session);
    json_out_text(out, "method", posts ? "POST" : "GET");
    if (posts) {
        json_out_object(out, "params"); /* what the shop sends as hidden inputs (P754) */
        json_out_text(out, VIEW_PARAM_SESSION, invoice->session);
        json_out_object_end(out);
    } else {
        json_out_raw(out, "params", "[]");
    }
    if (shows_token(view)) {
        write_token(out, view);
    } else {
        json_out_raw(out, "metadata", "[]");
    }
    json_out_object_end(out);
}

void view_write_callback_logs(struct json_out *out, const char *key,
                              const struct view_invoice *view, enum view_kind kind)
{
    const char *kept = kind == VIEW_READ ? view->invoice->callback_logs : "[]";
    buf_auto logs = {0};
    if (!*kept) {
        view->write_logs(view, &logs);
    }
    json_out_raw(out, key, *kept ? kept : logs.data);
}

/* ------------------------------------------------------------------ of all resources */

void view_relationship(struct json_out *out, const char *name, const char *type, const char *id)
{
    json_out_object(out, name);
    if (id) {
        json_out_object(out, "data");
        json_out_text(out, "type", type);
        json_out_text(out, "id", id);
        json_out_object_end(out);
    } else {
        json_out_null(out, "data");
    }
    json_out_object_end(out);
}

void view_public_resolution(struct json_out *out, const char *resolution)
{
    char upper[80] = {0};
    strncpy(upper, resolution, sizeof upper - 1);
    text_upper(upper);
    json_out_text(out, "resolution", upper);
}

void view_self_link(struct json_out *out, const char *path, const char *id)
{
    json_out_object(out, "links");
    json_out_raw(out, "self", "\"");
    buf_text(out->buf, path);
    buf_text(out->buf, id);
    buf_char(out->buf, '"');
    json_out_object_end(out);
}
