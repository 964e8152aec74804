#include "card.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

bool card_luhn_holds(const char *number)
{
    int sum = 0;
    size_t length = strlen(number);
    for (size_t i = 0; i < length; i++) {
        int digit = number[length - 1 - i] - '0';
        if (i % 2) {
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        }
        sum += digit;
    }
    return sum % 10 == 0;
}

/* Reads at most `most` digits with marks between them. Returns how many; 0 if there is anything
 * else. */
static size_t read_digits(const char *text, const char *marks, size_t most, char *ret_digits)
{
    size_t n = 0;
    for (; *text; text++) {
        if (strchr(marks, *text)) {
            continue;
        }
        if (!isdigit((unsigned char)*text) || n == most) {
            return 0;
        }
        ret_digits[n++] = *text;
    }
    ret_digits[n] = '\0';
    return n;
}

bool card_number_read(const char *text, char ret_number[CARD_NUMBER_TEXT])
{
    return read_digits(text, " -", CARD_NUMBER_TEXT - 1, ret_number) >= 12;
}

bool card_expiry_read(const char *text, char ret_expiry[5])
{
    char digits[7];
    size_t n = read_digits(text, " /-", sizeof digits - 1, digits);
    int month = n >= 2 ? (digits[0] - '0') * 10 + digits[1] - '0' : 0;
    if ((n != 4 && n != 6) || month < 1 || month > 12) {
        return false;
    }
    memcpy(ret_expiry, digits, 2);
    memcpy(ret_expiry + 2, digits + n - 2, 2);
    ret_expiry[4] = '\0';
    return true;
}

bool card_cvv_holds(const char *cvv)
{
    size_t length = strlen(cvv);
    return (length == 3 || length == 4) && strspn(cvv, "0123456789") == length;
}

const struct test_card *card_find(const struct card_table *table, const char *number)
{
    return text_find(number, table->cards, table->n, sizeof *table->cards);
}

/* Keeps the first six digits and the last four. */
static void write_mask(const char *number, char ret_mask[CARD_MASK_TEXT])
{
    size_t length = strlen(number);
    memcpy(ret_mask, number, length + 1);
    memset(ret_mask + 6, '*', length - 10);
}

const struct test_card *card_find_shown(const struct card_table *table, const char *mask)
{
    for (size_t i = 0; mask && i < table->n; i++) {
        char own[CARD_MASK_TEXT];
        write_mask(table->cards[i].number, own);
        if (strcmp(own, mask) == 0) {
            return &table->cards[i];
        }
    }
    return NULL;
}

const char *card_outcome_unknown(const struct card_table *table, const struct card_entry *entry)
{
    return card_luhn_holds(entry->number) ? table->otherwise : table->luhn_failure;
}

const char *card_outcome(const struct card_table *table, const struct card_entry *entry)
{
    const struct test_card *card = card_find(table, entry->number);
    if (!card) {
        return card_outcome_unknown(table, entry);
    }
    size_t i = 0;
    while (i + 1 < card->n_outcomes && strcmp(card->outcomes[i].expiry, entry->expiry) != 0) {
        i++;
    }
    return card->outcomes[i].outcome;
}

void card_show(const struct card_table *table, const struct card_entry *entry,
               struct card_shown *ret_shown)
{
    const struct test_card *card = card_find(table, entry->number);
    size_t length = strlen(entry->number);
    struct card_shown shown = {.holder = entry->holder[0] ? entry->holder : NULL};
    text_copy(shown.first, sizeof shown.first, entry->number);
    text_copy(shown.last, sizeof shown.last, entry->number + length - 4);
    write_mask(entry->number, shown.mask);
    memcpy(shown.expiry_month, entry->expiry, 2);
    memcpy(shown.expiry_year, entry->expiry + 2, 2);
    if (card) {
        shown.brand = card->brand;
        shown.network = card->network;
        shown.issuer_name = card->issuer_name;
        shown.issuer_country = card->issuer_country;
    }
    *ret_shown = shown;
}

void card_unattended(const struct card_table *table, struct card_entry *ret_entry)
{
    struct card_entry entry = {0};
    text_copy(entry.number, sizeof entry.number, table->cards[0].number);
    text_copy(entry.expiry, sizeof entry.expiry, table->cards[0].expiry);
    *ret_entry = entry;
}
