#include "movement.h"

#include <stdbool.h>
#include <stdio.h>

const char *const movement_types[MOVEMENT_TYPES] = {
    [MOVEMENT_PAYMENT] = "payment",
    [MOVEMENT_REFUND] = "refund",
    [MOVEMENT_CHARGEBACK] = "chargeback",
    [MOVEMENT_PAYOUT] = "payout",
};

const char *const movement_plurals[MOVEMENT_TYPES] = {
    [MOVEMENT_PAYMENT] = "payments",
    [MOVEMENT_REFUND] = "refunds",
    [MOVEMENT_CHARGEBACK] = "chargebacks",
    [MOVEMENT_PAYOUT] = "payouts",
};

size_t movements_of(const struct transition *change, struct movement ret_movements[MOVEMENT_TYPES])
{
    const struct invoice_money *moved = &change->moved;
    bool payout = invoice_kind(change->invoice) == INVOICE_PAYOUT;
    const struct movement parts[] = {
        {payout ? MOVEMENT_PAYOUT : MOVEMENT_PAYMENT, money_or_zero(moved->paid),
         money_or_zero(moved->fee)},
        {MOVEMENT_REFUND, -money_or_zero(moved->refunded), 0},
        {MOVEMENT_CHARGEBACK, -money_or_zero(moved->charged_back), 0},
    };
    size_t n = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].amount || parts[i].fee) {
            ret_movements[n++] = parts[i];
        }
    }
    return n;
}

void movement_add(struct movement_sum *sum, const struct movement *movement)
{
    sum->n++;
    sum->amount += movement->amount;
    sum->fee += movement->fee;
}

void movement_format(__int128 amount, int decimals, char ret_text[MOVEMENT_TEXT])
{
    unsigned __int128 left = amount < 0 ? -(unsigned __int128)amount : (unsigned __int128)amount;
    char digits[MOVEMENT_TEXT];
    char *at = digits + sizeof digits;
    *--at = '\0';
    bool shown = false;
    for (int place = 0; left || place <= 8; place++, left /= 10) {
        char digit = (char)('0' + (int)(left % 10));
        if (place == 8 && shown) {
            *--at = '.';
        }
        shown |= place >= 8 - decimals || digit != '0'; /* zeroes at the end are left out */
        if (shown) {
            *--at = digit;
        }
    }
    snprintf(ret_text, MOVEMENT_TEXT, "%s%s", amount < 0 ? "-" : "", at);
}
