#include "store_report.h"

#include "store/store_private.h"

enum {
    Q_CHANGES,
    Q_MONEY,
};

/* A change that returned money. Each has its refund, but a reference only if a call requested it.
 */
#define ENDED_REFUND(change) change ".refunded > 0"

/* The n-th refund that ended in one millisecond belongs to the n-th such change then. */
#define REFUND_REFERENCE                                                                           \
    "CASE WHEN " ENDED_REFUND(                                                                     \
        "t") " THEN (SELECT CASE WHEN r.unrequested THEN NULL ELSE r.reference_id END FROM "       \
             "refund AS r"                                                                         \
             " WHERE r.invoice = t.invoice AND r.status = 1 AND r.finished_ms = t.at_ms"           \
             " AND (SELECT count(*) FROM refund AS e WHERE e.invoice = r.invoice AND e.status = 1" \
             " AND e.finished_ms = r.finished_ms AND e.seq < r.seq)"                               \
             " = (SELECT count(*) FROM transition AS e WHERE e.invoice = t.invoice"                \
             " AND e.at_ms = t.at_ms AND " ENDED_REFUND("e") " AND e.seq < t.seq)) END"

#define MONEY                                                                                      \
    "SELECT t.seq, t.at_ms, t.invoice, t.paid, t.fee, t.refunded, t.charged_back, t.reserved,"     \
    " i.currency"

/* The condition of the index transition_moved is repeated, so that SQLite uses it. */
#define IN_RANGE                                                                                   \
    " FROM transition AS t JOIN invoice AS i ON i.seq = t.invoice"                                 \
    " WHERE t.account = ?1 AND +i.account = ?1 AND t.at_ms >= ?2 AND t.at_ms < ?3"                 \
    " AND (t.at_ms > ?2 OR t.seq > ?4)"                                                            \
    " AND coalesce(t.paid, t.fee, t.refunded, t.charged_back, t.reserved) IS NOT NULL"             \
    " ORDER BY t.at_ms, t.seq"

static const char *const sql[] = {
    [Q_CHANGES] = MONEY ", i.id, i.reference_id, i.service, i.description, i.test_mode, i.status,"
                        " " REFUND_REFERENCE IN_RANGE,
    [Q_MONEY] = MONEY IN_RANGE,
};

_Static_assert(REFUND_DONE == 1, "the status is named by number in the statement");

const struct store_queries store_report_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

static struct report_change read_money(sqlite3_stmt *q)
{
    return (struct report_change){
        .seq = store_column_int(q, 0),
        .transition = {.at_ms = store_column_int(q, 1),
                       .invoice = store_column_int(q, 2),
                       .moved = {.paid = store_column_int(q, 3),
                                 .fee = store_column_int(q, 4),
                                 .refunded = store_column_int(q, 5),
                                 .charged_back = store_column_int(q, 6),
                                 .reserved = store_column_int(q, 7)}},
        .currency = store_column_text(NULL, q, 8),
    };
}

static void read_rest(sqlite3_stmt *q, struct report_change *change)
{
    change->id = store_column_text(NULL, q, 9);
    change->reference_id = store_column_text(NULL, q, 10);
    change->service = store_column_text(NULL, q, 11);
    change->description = store_column_text(NULL, q, 12);
    change->test_mode = store_column_int(q, 13);
    change->status = (enum status)store_column_int(q, 14);
    change->refund_reference = store_column_text(NULL, q, 15);
}

static void read_changes(struct store *store, int query, const struct report_range *range,
                         bool (*each)(void *arg, const struct report_change *change), void *arg)
{
    sqlite3_stmt *q = store_ask(store, STORE_REPORT, query, range->account, range->from_ms,
                                range->to_ms, range->after);
    while (store_step(store, q)) {
        struct report_change change = read_money(q);
        if (query == Q_CHANGES) {
            read_rest(q, &change);
        }
        if (!each(arg, &change)) {
            sqlite3_reset(q);
            return;
        }
    }
}

void store_report(struct store *store, const struct report_range *range,
                  bool (*each)(void *arg, const struct report_change *change), void *arg)
{
    read_changes(store, Q_CHANGES, range, each, arg);
}

void store_report_money(struct store *store, const struct report_range *range,
                        bool (*each)(void *arg, const struct report_change *change), void *arg)
{
    read_changes(store, Q_MONEY, range, each, arg);
}
