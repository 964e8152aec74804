#include "report_rows.h"

#include "base/text.h"

size_t report_rows_of(const struct report_scope *scope, const struct report_change *change,
                      struct report_row ret_rows[MOVEMENT_TYPES])
{
    struct movement movements[MOVEMENT_TYPES];
    size_t n = movements_of(&change->transition, movements);
    for (size_t i = 0; i < n; i++) {
        struct report_row *row = &ret_rows[i];
        row->change = change;
        row->movement = movements[i];
        zone_format(&scope->zone, change->transition.at_ms / 1000, row->time);
        movement_format(movements[i].amount, row->amount);
        movement_format(movements[i].fee, row->fee);
        movement_format((__int128)movements[i].amount - movements[i].fee, row->net);
    }
    return n;
}

static struct report_sum *sum_of(struct report_sums *sums, const char *currency)
{
    for (size_t i = 0; i < sums->n; i++) {
        if (text_equal(sums->list[i].currency, currency)) {
            return &sums->list[i];
        }
    }
    sums->list = arena_grow(sums->arena, sums->list, sums->n, &sums->room, sizeof *sums->list);
    struct report_sum *sum = &sums->list[sums->n++];
    *sum = (struct report_sum){.currency = arena_strdup(sums->arena, currency)};
    return sum;
}

void report_sums_add(struct report_sums *sums, const struct report_change *change)
{
    struct movement movements[MOVEMENT_TYPES];
    size_t n = movements_of(&change->transition, movements);
    struct report_sum *sum = sum_of(sums, change->currency);
    for (size_t i = 0; i < n; i++) {
        movement_add(&sum->types[movements[i].type], &movements[i]);
        movement_add(&sum->all, &movements[i]);
    }
    sum->pending += money_or_zero(change->transition.moved.reserved);
}

struct report_amounts report_amounts_of(const struct movement_sum *sum)
{
    struct report_amounts texts;
    movement_format(sum->amount, texts.amount);
    movement_format(sum->fee, texts.fee);
    movement_format(sum->amount - sum->fee, texts.net);
    return texts;
}
