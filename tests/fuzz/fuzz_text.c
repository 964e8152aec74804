/* Reads any text as the values of fields and options: amounts, durations, times, cards, outcomes.
 */
#include "fuzz.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/url.h"
#include "domain/card.h"
#include "domain/ident.h"
#include "domain/money.h"
#include "domain/outcome.h"

#include <curl/curl.h>
#include <string.h>

static void read_money(const char *text)
{
    int64_t amount = 0, again = 0;
    char written[MONEY_TEXT];
    if (money_parse(text, &amount) == MONEY_OK) {
        money_format(amount, written);
        PROMISE(money_parse(written, &again) == MONEY_OK && again == amount);
        PROMISE(money_from_double(strtod(written, NULL), &again) == MONEY_OK && again == amount);
    }
}

static void read_outcome(const char *text)
{
    struct outcome outcome;
    struct arena arena = {0};
    char written[OUTCOME_TEXT], again[OUTCOME_TEXT];
    const char *why = outcome_parse(text, STATUS_PROCESS_PENDING, NULL, &arena, &outcome);
    PROMISE(!why || *why);
    arena_finish(&arena);
    if (why) {
        return;
    }
    PROMISE(outcome.n >= 1 && outcome.n <= OUTCOME_STEPS);
    outcome_format(&outcome, 0, written);
    PROMISE(*written);
    PROMISE(!outcome_parse(written, STATUS_PROCESS_PENDING, NULL, NULL, &outcome));
    outcome_format(&outcome, 0, again);
    PROMISE(strcmp(written, again) == 0);
}

static void read_card(const char *text)
{
    static const struct card_table no_cards = {.luhn_failure = "", .otherwise = ""};
    struct card_entry entry = {.expiry = "1224"};
    struct card_shown shown;
    char expiry[5], again[5];
    if (card_number_read(text, entry.number)) {
        card_show(&no_cards, &entry, &shown);
        PROMISE(strlen(shown.mask) == strlen(entry.number) && strlen(shown.first) == 6);
        card_outcome(&no_cards, &entry);
    }
    if (card_expiry_read(text, expiry)) {
        PROMISE(card_expiry_read(expiry, again) && strcmp(expiry, again) == 0);
    }
}

static void read_ids(const char *text)
{
    static const uint8_t key[CRYPT_KEY_SIZE] = {1};
    static struct crypt_block *block;
    char id[IDENT_TEXT];
    int64_t row;
    block = block ? block : crypt_block_new(key);
    if (ident_to_row(block, "cpi", text, &row)) {
        ident_of_row(block, "cpi", row, id);
        PROMISE(strcmp(id, text) == 0);
    }
    ident_derived(key, "cus", text, id);
    PROMISE(ident_has_form(id, "cus"));
}

/* The sender of callbacks must be able to call every accepted URL. */
static void read_url(const char *text)
{
    CURLU *parts = url_is_good(text) ? curl_url() : NULL;
    char *host = NULL;
    if (parts) {
        PROMISE(!curl_url_set(parts, CURLUPART_URL, text, 0));
        PROMISE(!curl_url_get(parts, CURLUPART_HOST, &host, 0) && *host);
        curl_free(host);
        curl_url_cleanup(parts);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    const char *text = arena_copy(&arena, data, size);
    int64_t n = 0;
    PROMISE(!text_to_duration(text, &n) || n >= 0);
    text_to_datetime(text, &n);
    text_to_int(text, &n);
    text_is_date(text);
    PROMISE(text_utf8_length((const char *)data, size) <= (int64_t)size);
    read_money(text);
    read_outcome(text);
    read_card(text);
    read_ids(text);
    read_url(text);
    arena_finish(&arena);
    return 0;
}
