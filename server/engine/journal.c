#include "journal.h"

void journal_add(struct journal *journal, const struct journal_entry *entry)
{
    journal->entries[journal->next++ % JOURNAL_ENTRIES] = *entry;
}

void journal_of_invoice(const struct journal *journal, int64_t invoice,
                        void (*each)(void *arg, const struct journal_entry *entry), void *arg)
{
    uint64_t first = journal->next > JOURNAL_ENTRIES ? journal->next - JOURNAL_ENTRIES : 0;
    for (uint64_t i = first; i < journal->next; i++) {
        const struct journal_entry *entry = &journal->entries[i % JOURNAL_ENTRIES];
        if (entry->invoice == invoice) {
            each(arg, entry);
        }
    }
}
