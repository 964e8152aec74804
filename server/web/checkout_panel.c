#include "web/checkout.h"

#include "base/text.h"
#include "domain/resolution.h"

#include <string.h>

/* ------------------------------------------------------------------ the outcome */

#define FIRST_REASON "insufficient_funds" /* what tests ask for most */

/* What the buttons send. */
static const char *const outcomes[] = {"processed", "process_pending", "expired", "process_failed",
                                       NULL};

static void add_reason(const struct checkout_page *page, const char *reason,
                       struct template_rows *rows)
{
    const struct template_value row[] = {{"reason", reason}};
    template_add_row(rows, page->call->arena, row, ARRAY_SIZE(row));
}

static struct template_rows reason_rows(const struct checkout_page *page)
{
    const struct resolution_set *extra = &page->call->engine->fixture->resolutions;
    struct template_rows rows = {0};
    const char *reason;
    add_reason(page, FIRST_REASON, &rows);
    for (size_t i = 0; (reason = resolution_at(i, extra)); i++) {
        bool declines =
            !text_equal(reason, RESOLUTION_OK) && !text_equal(reason, RESOLUTION_EXPIRED);
        if (declines && !text_equal(reason, FIRST_REASON)) {
            add_reason(page, reason, &rows);
        }
    }
    return rows;
}

const char *checkout_panel_outcome(const struct checkout_page *page, const json_t *fields)
{
    int at = text_index(outcomes, posted_field(fields, "outcome"));
    const char *reason = posted_field(fields, "reason");
    if (at < 0 || !page->panel) {
        return NULL;
    }
    if (!text_equal(outcomes[at], "process_failed")) {
        return outcomes[at];
    }
    const char *known = resolution_find(reason, &page->call->engine->fixture->resolutions);
    return known ? arena_printf(page->call->arena, "%s:%s", outcomes[at], known) : NULL;
}

/* ------------------------------------------------------------------ test cards */

const char *checkout_panel_number(struct arena *arena, const char *number)
{
    buf_auto out = {0};
    for (size_t i = 0; number[i]; i++) {
        buf_printf(&out, "%s%c", i && i % 4 == 0 ? " " : "", number[i]);
    }
    return arena_copy(arena, out.data, out.size);
}

const char *checkout_panel_expiry(struct arena *arena, const char *expiry)
{
    return arena_printf(arena, "%.2s/%.2s", expiry, expiry + 2);
}

static struct template_rows card_rows(const struct checkout_page *page)
{
    const struct card_table *table = &page->call->engine->fixture->cards;
    struct arena *arena = page->call->arena;
    struct template_rows rows = {0};
    for (size_t i = 0; i < table->n; i++) {
        const struct test_card *card = &table->cards[i];
        struct card_entry entry = {0};
        memcpy(entry.number, card->number, strlen(card->number) + 1);
        memcpy(entry.expiry, card->expiry, sizeof entry.expiry);
        bool good = text_starts(card_outcome(table, &entry), "processed");
        const struct template_value row[] = {
            {"n", checkout_number(page, (int64_t)i + 1)},
            {"card_number", checkout_panel_number(arena, card->number)},
            {"card_expiry", checkout_panel_expiry(arena, card->expiry)},
            {"card_brand", card->brand},
            {"three_ds", template_flag(card->three_ds)},
            {"good", template_flag(good)},
            {"bad", template_flag(!good)},
        };
        template_add_row(&rows, arena, row, ARRAY_SIZE(row));
    }
    return rows;
}

/* The card with the longest table, without 3-D Secure if there is one: its expiry dates are
 * listed. */
static size_t longest(const struct card_table *table)
{
    size_t best = 0;
    for (size_t i = 1; i < table->n; i++) {
        const struct test_card *card = &table->cards[i], *other = &table->cards[best];
        bool longer = card->n_outcomes > other->n_outcomes;
        bool easier = card->n_outcomes == other->n_outcomes && other->three_ds && !card->three_ds;
        best = longer || easier ? i : best;
    }
    return best;
}

static struct template_rows expiry_rows(const struct checkout_page *page)
{
    const struct card_table *table = &page->call->engine->fixture->cards;
    struct arena *arena = page->call->arena;
    size_t at = longest(table);
    const struct test_card *card = &table->cards[at];
    struct template_rows rows = {0};
    for (size_t i = 0; i + 1 < card->n_outcomes; i++) { /* without "*" */
        const struct card_outcome *outcome = &card->outcomes[i];
        const char *colon = strchr(outcome->outcome, ':');
        const struct template_value row[] = {
            {"n", checkout_number(page, (int64_t)at + 1)},
            {"card_number", checkout_panel_number(arena, card->number)},
            {"card_expiry", checkout_panel_expiry(arena, outcome->expiry)},
            {"leads_to", colon ? colon + 1 : outcome->outcome},
        };
        template_add_row(&rows, arena, row, ARRAY_SIZE(row));
    }
    return rows;
}

/* ------------------------------------------------------------------ the panel */

static const struct template_rows *keep(const struct checkout_page *page, struct template_rows rows)
{
    struct template_rows *kept = arena_alloc(page->call->arena, sizeof *kept);
    *kept = rows;
    return kept;
}

struct template_rows checkout_panel(const struct checkout_page *page, bool cards)
{
    const struct account *account = &page->call->tenant->account;
    struct template_rows rows = {0};
    if (!page->panel) {
        return rows;
    }
    const struct template_value row[] = {
        {"reasons", .rows = keep(page, reason_rows(page))},
        {"panel_cards",
         template_flag(cards && !account_refuses_tests(account, page->invoice.test_mode))},
        {"cards", .rows = keep(page, card_rows(page))},
        {"expiries", .rows = keep(page, expiry_rows(page))},
        {"test_cvv", CHECKOUT_PANEL_CVV},
        {"test_holder", CHECKOUT_PANEL_HOLDER},
    };
    template_add_row(&rows, page->call->arena, row, ARRAY_SIZE(row));
    return rows;
}
