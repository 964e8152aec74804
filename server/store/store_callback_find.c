#include "store_callback_find.h"

#include "store/store_private.h"

/* Where the rows are looked for, each with its own index. */
enum source {
    OF_ACCOUNT,
    OF_INVOICE,
    OF_FAILING,
    SOURCES,
};

/* What is asked of a source: its statements stand side by side. */
enum {
    FIND_OLDER,
    FIND_NEWER,
    LIMIT_OLDER,
    LIMIT_NEWER,
    COUNT,
    GROUP,
    QUESTIONS,
};

#define LAST_ERROR                                                                                 \
    "(SELECT error FROM attempt WHERE attempt.callback = callback.seq"                             \
    " ORDER BY number DESC LIMIT 1)"

#define LAST_TRIED                                                                                 \
    "(SELECT at_ms FROM attempt WHERE attempt.callback = callback.seq"                             \
    " ORDER BY number DESC LIMIT 1)"

#define BETWEEN " AND seq > ?3 AND seq < ?4"
#define MATCHING                                                                                   \
    " AND (?6 IS NULL OR state = ?6) AND (?7 IS NULL OR state <> ?7)"                              \
    " AND (?8 IS NULL OR transition = ?8)"                                                         \
    " AND (?9 IS NULL OR (attempts > 0 AND code BETWEEN ?9 AND ?10))"                              \
    " AND (?11 IS NULL OR queued_ms >= ?11) AND (?12 IS NULL OR queued_ms <= ?12)"                 \
    " AND (?13 IS NULL OR instr(url, ?13) > 0)"                                                    \
    " AND (?14 IS NULL OR instr(" LAST_ERROR ", ?14) > 0)"                                         \
    " AND (?15 IS NULL OR (" STORE_FAILING "))"                                                    \
    " AND (?16 IS NULL OR seq IN (SELECT value FROM json_each(?16)))"

#define OLDER " ORDER BY seq DESC LIMIT ?5"
#define NEWER " ORDER BY seq LIMIT ?5"
#define SKIP_OLDER " ORDER BY seq DESC LIMIT 1 OFFSET ?5"
#define SKIP_NEWER " ORDER BY seq LIMIT 1 OFFSET ?5"

#define GROUPS                                                                                     \
    "SELECT place, code, error, count(*), sum(state <> 3), min(queued_ms), max(queued_ms),"        \
    " max(number), max(tried) FROM (SELECT substr(url, 1, instr(url || '?', '?') - 1) AS place, "  \
    "code, " LAST_ERROR " AS error, " LAST_TRIED " AS tried, state, queued_ms, seq AS number"
#define GROUPED " GROUP BY place, code, error ORDER BY count(*) DESC, max(number) DESC LIMIT ?5"

#define STATEMENTS(source, rows)                                                                   \
    [(source)*QUESTIONS +                                                                          \
        FIND_OLDER] = "SELECT {callback}" rows BETWEEN MATCHING OLDER,                             \
        [(source)*QUESTIONS + FIND_NEWER] = "SELECT {callback}" rows BETWEEN MATCHING NEWER,       \
        [(source)*QUESTIONS + LIMIT_OLDER] = "SELECT seq" rows BETWEEN SKIP_OLDER,                 \
        [(source)*QUESTIONS + LIMIT_NEWER] = "SELECT seq" rows BETWEEN SKIP_NEWER,                 \
        [(source)*QUESTIONS + COUNT] = "SELECT count(*)" rows BETWEEN MATCHING,                    \
        [(source)*QUESTIONS + GROUP] = GROUPS rows BETWEEN MATCHING ")" GROUPED

static const char *const sql[] = {
    STATEMENTS(OF_ACCOUNT, " FROM callback WHERE account = ?1 AND ?2 IS NULL"),
    STATEMENTS(OF_INVOICE, " FROM callback WHERE +account = ?1 AND invoice = ?2"),
    STATEMENTS(OF_FAILING, " FROM callback WHERE account = ?1 AND ?2 IS NULL AND " STORE_FAILING),
};

_Static_assert(CALLBACK_FAILED == 3 && CALLBACK_DROPPED == 4,
               "callback states are named by number in the statements");

const struct store_queries store_callback_find_queries = {.texts = sql, .n = ARRAY_SIZE(sql)};

struct callback_filter store_callback_any(int64_t account)
{
    return (struct callback_filter){.account = account,
                                    .invoice = TIME_NONE,
                                    .state = TIME_NONE,
                                    .transition = TIME_NONE,
                                    .other_than = TIME_NONE,
                                    .code_least = TIME_NONE,
                                    .code_most = TIME_NONE,
                                    .from_ms = TIME_NONE,
                                    .to_ms = TIME_NONE,
                                    .below = INT64_MAX};
}

static sqlite3_stmt *ask(struct store *store, const struct callback_filter *filter, int question,
                         int64_t limit)
{
    enum source source = filter->invoice != TIME_NONE ? OF_INVOICE
                         : filter->failing            ? OF_FAILING
                                                      : OF_ACCOUNT;
    int query = (int)source * QUESTIONS + question;
    sqlite3_stmt *q = store_ask(store, STORE_CALLBACK_FIND, query, filter->account, filter->invoice,
                                filter->above, filter->below, limit);
    if (question == LIMIT_OLDER || question == LIMIT_NEWER) {
        return q;
    }
    store_bind_from(q, 6, filter->state, filter->other_than, filter->transition, filter->code_least,
                    filter->code_most, filter->from_ms, filter->to_ms, filter->url, filter->error,
                    filter->failing ? (int64_t)1 : TIME_NONE);
    store_bind_from(q, 16, filter->ids);
    return q;
}

int64_t store_callback_limit(struct store *store, struct callback_filter *filter, bool upward,
                             int64_t most)
{
    sqlite3_stmt *q = ask(store, filter, upward ? LIMIT_NEWER : LIMIT_OLDER, most - 1);
    int64_t last = store_one_int(store, q, 0);
    if (last) {
        *(upward ? &filter->below : &filter->above) = upward ? last + 1 : last - 1;
    }
    return last;
}

size_t store_callback_find(struct store *store, struct arena *arena,
                           const struct callback_filter *filter, bool upward, int64_t limit,
                           struct callback **ret_callbacks)
{
    sqlite3_stmt *q = ask(store, filter, upward ? FIND_NEWER : FIND_OLDER, limit);
    return store_all_rows(store, arena, q, &row_callback, ret_callbacks);
}

int64_t store_callback_count(struct store *store, const struct callback_filter *filter)
{
    return store_one_int(store, ask(store, filter, COUNT, 0), 0);
}

size_t store_callback_failures(struct store *store, struct arena *arena,
                               const struct callback_filter *filter, int64_t limit,
                               struct callback_failure **ret_failures)
{
    struct callback_failure *rows = arena_alloc(arena, (size_t)limit * sizeof *rows);
    sqlite3_stmt *q = ask(store, filter, GROUP, limit);
    size_t n = 0;
    while (store_step(store, q)) {
        rows[n++] = (struct callback_failure){
            .url = store_column_text(arena, q, 0),
            .code = store_column_int(q, 1),
            .error = store_column_text(arena, q, 2),
            .count = store_column_int(q, 3),
            .retrying = store_column_int(q, 4),
            .first_ms = store_column_int(q, 5),
            .last_ms = store_column_int(q, 6),
            .last_seq = store_column_int(q, 7),
            .tried_ms = store_column_int(q, 8),
        };
    }
    *ret_failures = rows;
    return n;
}
