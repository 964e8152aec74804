/*
 * The calls and page visits that concerned an invoice, for its timeline: a ring in memory, bounded,
 * lost at a restart (transitions and callbacks are in the database).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_ENTRIES 4096
#define JOURNAL_PATH 96

struct journal_entry {
    int64_t at_ms;   /* account time */
    int64_t wall_ms; /* machine time */
    int64_t invoice;
    bool page;
    unsigned status;
    char method[8], path[JOURNAL_PATH]; /* longer ones are cut */
};

struct journal {
    struct journal_entry entries[JOURNAL_ENTRIES];
    uint64_t next;
};

void journal_add(struct journal *journal, const struct journal_entry *entry);

/* Calls `each` for every entry of an invoice, oldest first. */
void journal_of_invoice(const struct journal *journal, int64_t invoice,
                        void (*each)(void *arg, const struct journal_entry *entry), void *arg);
