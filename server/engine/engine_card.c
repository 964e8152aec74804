/* What an invoice keeps of the card that paid it, and the token by which it can be charged again.
 */
#include "engine.h"

#include "base/text.h"
#include "store/store_invoice.h"
#include "view/cardgate.h"
#include "view/view_payload.h"

#include <string.h>

void engine_card_token(const struct engine *engine, const struct invoice *invoice,
                       char ret_token[IDENT_TEXT])
{
    ident_of_row(engine->rows, "card", invoice->seq, ret_token);
}

const char *engine_card_payload(const struct engine *engine, struct arena *arena,
                                const struct invoice *invoice, const struct card_entry *card,
                                const char *client_ip)
{
    struct card_shown shown;
    struct cardgate cardgate;
    char token[IDENT_TEXT];
    buf_auto payload = {0};
    cardgate_read(invoice->gateway_options, arena, &cardgate);
    card_show(&engine->fixture->cards, card, &shown);
    engine_card_token(engine, invoice, token);
    view_payload(&payload, &shown, client_ip, cardgate.tokenize ? token : NULL);
    return arena_copy(arena, payload.data, payload.size);
}

const char *engine_find_card(struct engine *engine, const struct tenant *tenant,
                             struct arena *arena, const char *token, const char *customer_id)
{
    int64_t seq;
    struct invoice invoice;
    if (!ident_to_row(engine->rows, "card", token, &seq) ||
        !store_invoice_get(engine->store, arena, seq, &invoice) ||
        invoice.account != tenant->account.num) {
        return NULL;
    }
    /* Only what asked to be tokenised has the token in its payload. */
    bool tokenised = invoice.payload && strstr(invoice.payload, token);
    bool own = customer_id ? text_equal(invoice.customer_id, customer_id) : !invoice.customer_id;
    return tokenised && own ? invoice.payload : NULL;
}
