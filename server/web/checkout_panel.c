#include "checkout_panel.h"

#include "base/text.h"

#include <string.h>

#define CARD_VALUES 7
#define EXPIRY_VALUES 4

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

static bool ends_paid(const char *outcome)
{
    return text_starts(outcome, "processed");
}

static void fill_card(const struct visit *visit, size_t i, struct template_value *ret_row)
{
    const struct card_table *table = &visit->call->engine->fixture->cards;
    const struct test_card *card = &table->cards[i];
    struct arena *arena = visit->call->arena;
    struct card_entry entry = {0};
    memcpy(entry.number, card->number, strlen(card->number) + 1);
    memcpy(entry.expiry, card->expiry, sizeof entry.expiry);
    bool good = ends_paid(card_outcome(table, &entry));
    const struct template_value row[CARD_VALUES] = {
        {"n", arena_printf(arena, "%zu", i + 1), NULL},
        {"card_number", checkout_panel_number(arena, card->number), NULL},
        {"card_expiry", checkout_panel_expiry(arena, card->expiry), NULL},
        {"card_brand", card->brand, NULL},
        {"three_ds", card->three_ds ? "1" : NULL, NULL},
        {"good", good ? "1" : NULL, NULL},
        {"bad", good ? NULL : "1", NULL},
    };
    memcpy(ret_row, row, sizeof row);
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

static struct template_rows expiry_rows(const struct visit *visit)
{
    const struct card_table *table = &visit->call->engine->fixture->cards;
    struct arena *arena = visit->call->arena;
    size_t at = longest(table), n = table->cards[at].n_outcomes - 1; /* without "*" */
    struct template_value *values = arena_alloc(arena, (n + 1) * EXPIRY_VALUES * sizeof *values);
    for (size_t i = 0; i < n; i++) {
        const struct card_outcome *outcome = &table->cards[at].outcomes[i];
        const char *colon = strchr(outcome->outcome, ':');
        const struct template_value row[EXPIRY_VALUES] = {
            {"n", arena_printf(arena, "%zu", at + 1), NULL},
            {"card_number", checkout_panel_number(arena, table->cards[at].number), NULL},
            {"card_expiry", checkout_panel_expiry(arena, outcome->expiry), NULL},
            {"leads_to", colon ? colon + 1 : outcome->outcome, NULL},
        };
        memcpy(values + i * EXPIRY_VALUES, row, sizeof row);
    }
    return (struct template_rows){values, n, EXPIRY_VALUES};
}

void checkout_panel_fill(const struct visit *visit, struct checkout_panel *ret_panel)
{
    const struct card_table *table = &visit->call->engine->fixture->cards;
    struct template_value *values =
        arena_alloc(visit->call->arena, table->n * CARD_VALUES * sizeof *values);
    for (size_t i = 0; i < table->n; i++) {
        fill_card(visit, i, values + i * CARD_VALUES);
    }
    *ret_panel = (struct checkout_panel){.cards = {values, table->n, CARD_VALUES},
                                         .expiries = expiry_rows(visit)};
}
