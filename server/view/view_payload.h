/*
 * `payload`: what an invoice was paid with. An invoice keeps the text of the profile of 2020, which
 * bodies of that profile show as it is; those of 2024 are made from it, so that an account may
 * change its profile and a token's card may come from before.
 */
#pragma once

#include "view/view_invoice.h"

/* The text that is kept (P503); client_ip and token may be NULL. */
void view_payload(struct buf *out, const struct card_shown *card, const char *client_ip,
                  const char *token);

/* The payload of 2024 (P505) from the text that the invoice keeps; null when it has none. */
void view_payload_newer(struct json_out *out, const char *key, const struct view_invoice *view);
