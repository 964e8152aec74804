#include "report_rows.h"

#include "base/text.h"
#include "domain/currency.h"

const struct report_column_row report_columns[REPORT_COLUMNS] = {
    [REPORT_TIME] = {"time"},
    [REPORT_TYPE] = {"type"},
    [REPORT_ID] = {"id"},
    [REPORT_REFERENCE] = {"reference_id", .foreign = true},
    [REPORT_REFUND_REFERENCE] = {"refund_reference_id", .foreign = true},
    [REPORT_STATUS] = {"status"},
    [REPORT_SERVICE] = {"service", .foreign = true},
    [REPORT_CURRENCY] = {"currency"},
    [REPORT_AMOUNT] = {"amount"},
    [REPORT_FEE] = {"fee"},
    [REPORT_NET] = {"net"},
    [REPORT_TEST_MODE] = {"test_mode", .json = true},
    [REPORT_DESCRIPTION] = {"description", .foreign = true},
};

static void fill_row(const struct report_scope *scope, const struct report_change *change,
                     const struct movement *movement, struct report_row *row)
{
    *row = (struct report_row){.type = movement->type,
                               .cells = {
                                   [REPORT_TIME] = row->time,
                                   [REPORT_TYPE] = movement_types[movement->type],
                                   [REPORT_ID] = change->id,
                                   [REPORT_REFERENCE] = change->reference_id,
                                   [REPORT_REFUND_REFERENCE] = change->refund_reference,
                                   [REPORT_STATUS] = status_name(change->status),
                                   [REPORT_SERVICE] = change->service,
                                   [REPORT_CURRENCY] = change->currency,
                                   [REPORT_AMOUNT] = row->amount,
                                   [REPORT_FEE] = row->fee,
                                   [REPORT_NET] = row->net,
                                   [REPORT_TEST_MODE] = change->test_mode ? "true" : "false",
                                   [REPORT_DESCRIPTION] = change->description,
                               }};
    int decimals = currency_decimals_shown(change->currency);
    zone_format(&scope->zone, change->transition.at_ms / 1000, row->time);
    movement_format(movement->amount, decimals, row->amount);
    movement_format(movement->fee, decimals, row->fee);
    movement_format((__int128)movement->amount - movement->fee, decimals, row->net);
}

size_t report_rows_of(const struct report_scope *scope, const struct report_change *change,
                      struct report_row ret_rows[MOVEMENT_TYPES])
{
    struct movement movements[MOVEMENT_TYPES];
    size_t n = movements_of(&change->transition, movements);
    for (size_t i = 0; i < n; i++) {
        fill_row(scope, change, &movements[i], &ret_rows[i]);
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

struct report_amounts report_amounts_of(const struct movement_sum *sum, const char *currency)
{
    int decimals = currency_decimals_shown(currency);
    struct report_amounts texts;
    movement_format(sum->amount, decimals, texts.amount);
    movement_format(sum->fee, decimals, texts.fee);
    movement_format(sum->amount - sum->fee, decimals, texts.net);
    return texts;
}
