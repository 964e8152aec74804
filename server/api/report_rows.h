/* The rows and sums of a daily report, for both of its formats (control_report.c). */
#pragma once

#include "base/mem.h"
#include "base/zone.h"
#include "domain/movement.h"
#include "store/store_report.h"

/* What a report is about. It does not refer to the request. */
struct report_scope {
    int64_t account; /* account.num */
    struct zone zone;
    int64_t from_s, to_s; /* the day, without to_s */
};

/* The columns of a report, in the order of both formats. */
enum report_column {
    REPORT_TIME,
    REPORT_TYPE,
    REPORT_ID,
    REPORT_REFERENCE,
    REPORT_REFUND_REFERENCE,
    REPORT_STATUS,
    REPORT_SERVICE,
    REPORT_CURRENCY,
    REPORT_AMOUNT,
    REPORT_FEE,
    REPORT_NET,
    REPORT_TEST_MODE,
    REPORT_DESCRIPTION,
};
#define REPORT_COLUMNS (REPORT_DESCRIPTION + 1)

extern const struct report_column_row {
    const char *name;
    bool foreign; /* a text from a request or a fixture, or NULL */
    bool json;    /* the text is JSON */
} report_columns[REPORT_COLUMNS];

/* A movement of a change, as a row of the report. The cells are its other texts or those of the
 * change, so it must not be copied. */
struct report_row {
    enum movement_type type;
    const char *cells[REPORT_COLUMNS];
    char time[ZONE_TIME], amount[MOVEMENT_TEXT], fee[MOVEMENT_TEXT], net[MOVEMENT_TEXT];
};

/* The rows of a change; returns how many. */
size_t report_rows_of(const struct report_scope *scope, const struct report_change *change,
                      struct report_row ret_rows[MOVEMENT_TYPES]);

/* Sums of one currency. */
struct report_sum {
    const char *currency;
    struct movement_sum types[MOVEMENT_TYPES], all;
    __int128 pending; /* the change of the pending balance */
};

/* Sums by currency, in the order of their first movement. Zeroed with `arena` set it is empty. */
struct report_sums {
    struct arena *arena;
    struct report_sum *list;
    size_t n, room;
};

void report_sums_add(struct report_sums *sums, const struct report_change *change);

/* Amount, fee and net of a sum as texts, with the decimals that the currency shows. */
struct report_amounts {
    char amount[MOVEMENT_TEXT], fee[MOVEMENT_TEXT], net[MOVEMENT_TEXT];
};
struct report_amounts report_amounts_of(const struct movement_sum *sum, const char *currency);
