/* The means of payment, as bodies of both profiles show it. */
#include "view_invoice.h"

#include "base/text.h"

#include <string.h>

/* The 3-D Secure data of the test connector (P1072). */
#define VERIFIED_ECI "08"
#define VERIFIED_VERSION "1"

static void write_kept_card(struct json_out *out, const struct card_shown *card)
{
    json_out_object(out, "payment_card");
    json_out_text(out, "last", card->last);
    json_out_text(out, "mask", card->mask);
    json_out_text(out, "brand", card->brand);
    json_out_text(out, "first", card->first);
    json_out_text(out, "holder", card->holder);
    json_out_text(out, "network", card->network);
    json_out_text(out, "expiry_year", card->expiry_year);
    json_out_text(out, "issuer_name", card->issuer_name);
    json_out_text(out, "expiry_month", card->expiry_month);
    json_out_text(out, "issuer_country", card->issuer_country);
    json_out_object_end(out);
}

void view_payload(struct buf *buf, const struct card_shown *card, const char *client_ip,
                  const char *token)
{
    struct json_out out = {.buf = buf};
    json_out_object(&out, NULL);
    json_out_text(&out, "token", token);
    json_out_text(&out, "client_ip", client_ip ? client_ip : "");
    if (card) {
        write_kept_card(&out, card);
    }
    json_out_object_end(&out);
}

/* ------------------------------------------------------------------ 2024 */

/* Shows a member of the kept payload as it is. */
static void copy(struct json_out *out, const char *key, const json_t *kept)
{
    json_out_text(out, key, json_string_value(json_object_get(kept, key)));
}

/* The kind of card, which newer bodies call its brand (P482, P484). */
static const char *brand_of(const json_t *kept)
{
    static const struct {
        const char *network, *brand;
    } rows[] = {{"visa", "classic"}, {"mastercard", "standard"}};
    const char *network = json_string_value(json_object_get(kept, "network"));
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (text_equal(network, rows[i].network)) {
            return rows[i].brand;
        }
    }
    return NULL;
}

/* The same card always has the same id and the same reference. */
static void write_card_ids(struct json_out *out, const struct view_invoice *view,
                           const json_t *kept)
{
    static const char *const parts[] = {"mask", "expiry_month", "expiry_year"};
    char id[IDENT_TEXT];
    uint8_t reference[32];
    buf_auto card = {0}, hex = {0};
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        const char *part = json_string_value(json_object_get(kept, parts[i]));
        buf_printf(&card, "%s:", part ? part : "");
    }
    ident_derived(view->token_key->bytes, "card", buf_str(&card), id);
    json_out_text(out, "card_id", id);
    buf_text(&card, "reference");
    crypt_hmac(view->token_key->bytes, card.data, card.size, reference);
    for (size_t i = 0; i < sizeof reference; i++) {
        buf_printf(&hex, "%02x", reference[i]);
    }
    json_out_text(out, "reference_id", hex.data);
}

static void write_verification(struct json_out *out, const struct test_card *card)
{
    json_out_array(out, "verification");
    if (card && card->three_ds) {
        json_out_object(out, NULL);
        json_out_text(out, "type", "3ds");
        json_out_object(out, "details");
        json_out_text(out, "eci", VERIFIED_ECI);
        json_out_text(out, "version", VERIFIED_VERSION);
        json_out_object_end(out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void write_card(struct json_out *out, const struct view_invoice *view, const json_t *kept)
{
    const struct test_card *card =
        card_find_shown(view->cards, json_string_value(json_object_get(kept, "mask")));
    json_out_object(out, "payment_card");
    copy(out, "last", kept);
    copy(out, "mask", kept);
    json_out_text(out, "type", card ? "credit" : NULL);
    json_out_text(out, "brand", brand_of(kept));
    copy(out, "first", kept);
    copy(out, "holder", kept);
    write_card_ids(out, view, kept);
    copy(out, "network", kept);
    copy(out, "expiry_year", kept);
    copy(out, "issuer_name", kept);
    copy(out, "expiry_month", kept);
    write_verification(out, card);
    copy(out, "issuer_country", kept);
    json_out_object_end(out);
}

void view_payload_newer(struct json_out *out, const char *key, const struct view_invoice *view)
{
    const char *text = view->invoice->payload;
    json_auto_t *kept = text ? json_loads(text, 0, NULL) : NULL;
    if (!kept) {
        json_out_null(out, key);
        return;
    }
    json_out_object(out, key);
    const json_t *card = json_object_get(kept, "payment_card");
    copy(out, "token", kept);
    json_out_text(out, "auth_type", card ? "card" : NULL);
    copy(out, "client_ip", kept);
    if (card) {
        write_card(out, view, card);
    }
    json_out_object_end(out);
}
