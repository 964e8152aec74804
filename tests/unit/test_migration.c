/* The schema of a database: a new database, the update of older versions, and altered databases,
 * which are rejected. */
#include "folder.h"

#include "base/embedded.h"
#include "base/mem.h"
#include "domain/money.h"
#include "store/store_invoice.h"
#include "store/store_snapshot.h"

#include <sqlite3.h>

static void run(sqlite3 *db, const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why)) {
        fail_msg("%s: %s", sql, why);
    }
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return n;
}

static struct store *open_store(const char *file)
{
    struct arena arena = {0};
    struct store *store;
    const char *why = store_open(file, STORE_DURABLE_CRASH, &arena, &store);
    if (why) {
        fail_msg("%s", why);
    }
    arena_finish(&arena);
    return store;
}

/* The mark of a database of this server. */
static int64_t application_id(const char *folder)
{
    sqlite3 *db;
    const char *file = folder_path(folder, "fresh");
    store_close(open_store(file));
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    int64_t id = number(db, "PRAGMA application_id");
    sqlite3_close(db);
    return id;
}

/* Creates a database from the first `files` schema files, then runs `sql`. */
static void make_old(const char *folder, int files, const char *sql)
{
    int64_t application = application_id(folder);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(folder_path(folder, "old"), &db), SQLITE_OK);
    int done = 0;
    for (size_t i = 0; i < embedded_count && done < files; i++) {
        if (strncmp(embedded_files[i].name, "schema/db/", 10) == 0) {
            run(db, embedded_files[i].data);
            done++;
        }
    }
    assert_int_equal(done, files);
    char *pragmas = sqlite3_mprintf("PRAGMA application_id = %lld; PRAGMA user_version = %d",
                                    (long long)application, files);
    run(db, pragmas);
    run(db, sql);
    sqlite3_free(pragmas);
    sqlite3_close(db);
}

static void an_invoice_keeps_its_service_when_services_become_optional(void **state)
{
    char folder[FOLDER_TEXT];
    struct arena arena = {0};
    struct invoice invoice = {0};
    (void)state;
    folder_make(folder);
    make_old(folder, 2,
             "INSERT INTO invoice (seq, account, id, session, reference_id, service, currency,"
             " test_mode, flow, source, status, been, resolution, amount, payment_amount, fee,"
             " deposit, created_ms, updated_ms, expires_ms, made_ms, metadata, callback_logs,"
             " base_url, plan, due_ms, attempts) VALUES (7, 1, 'cpi_1', 'cgi_1', 'r',"
             " 'paypal_usd_hpp', 'USD', 1, 0, 0, 2, 5, 'ok', 100, 100, 1, 99, 10, 20, 30, 40,"
             " '[]', '[]', 'http://x', 'processed', 30, 3)");
    struct store *store = open_store(folder_path(folder, "old"));
    assert_true(store_invoice_get(store, &arena, 7, &invoice));
    assert_string_equal(invoice.service, "paypal_usd_hpp");
    assert_string_equal(invoice.currency, "USD");
    assert_string_equal(invoice.plan, "processed");
    assert_int_equal(invoice.deposit, 99);
    assert_int_equal(invoice.attempts, 3);
    assert_int_equal(invoice.processed_amount, MONEY_NONE);
    assert_null(invoice.look);
    /* the indexes still work */
    assert_int_equal(store_invoice_first_due(store, 1), 30);
    assert_true(store_invoice_by_reference(store, &arena, 1, INVOICE_PAYMENT, "r", &invoice));
    invoice.seq = 8;
    assert_false(store_invoice_insert(store, &invoice));
    invoice.reference_id = "none";
    invoice.service = NULL;
    assert_true(store_invoice_insert(store, &invoice));
    assert_true(store_commit(store));
    struct invoice again = {0};
    assert_true(store_invoice_get(store, &arena, 8, &again));
    assert_null(again.service);
    store_close(store);
    arena_finish(&arena);
    folder_remove(folder);
}

static void earlier_refunds_get_an_id(void **state)
{
    char folder[FOLDER_TEXT];
    struct arena arena = {0};
    struct refund one, two, found;
    (void)state;
    folder_make(folder);
    make_old(folder, 10,
             "INSERT INTO refund (invoice, account, reference_id, amount, status, created_ms)"
             " VALUES (7, 1, 'r-1', 100, 1, 20), (7, 1, 'r-2', 200, 0, 30);"
             "INSERT INTO snapshot_refund SELECT 5, * FROM refund ORDER BY seq;"
             "INSERT INTO snapshot_refund SELECT 5, 3, 7, 1, 'r-3', 300, NULL, 1, 20, 20");
    struct refund *kept;
    struct store *store = open_store(folder_path(folder, "old"));
    assert_true(store_refund_by_reference(store, &arena, 1, "r-1", &one));
    assert_true(store_refund_by_reference(store, &arena, 1, "r-2", &two));
    assert_true(ident_has_form(one.id, "ref"));
    assert_string_not_equal(one.id, two.id);
    assert_true(store_refund_by_id(store, &arena, 1, two.id, &found));
    assert_int_equal(found.amount, 200);
    assert_false(store_refund_by_id(store, &arena, 2, two.id, &found));
    assert_int_equal(store_snapshot_rows(store, &arena, 5, &row_refund, 7, &kept), 3);
    assert_string_equal(kept[0].id, one.id);
    assert_string_equal(kept[1].id, two.id);
    assert_true(ident_has_form(kept[2].id, "ref"));
    store_close(store);
    arena_finish(&arena);
    folder_remove(folder);
}

/* The text that `sql` finds of the account ?1. The caller frees it with sqlite3_free. */
static char *text_of(const char *file, const char *sql, const char *account)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    sqlite3_bind_text(q, 1, account, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    char *text = sqlite3_mprintf("%s", sqlite3_column_text(q, 0));
    sqlite3_finalize(q);
    sqlite3_close(db);
    return text;
}

/* The money that an account's changes moved: "at:paid,fee,refunded,charged_back,reserved ...". */
static const char moved[] = "SELECT group_concat(at_ms || ':' || concat, ' ') FROM (SELECT at_ms,"
                            " ifnull(paid, '-') || ',' || ifnull(fee, '-') || ',' ||"
                            " ifnull(refunded, '-') || ',' || ifnull(charged_back, '-') || ',' ||"
                            " ifnull(reserved, '-') AS concat FROM transition WHERE account = ?1"
                            " AND concat <> '-,-,-,-,-' ORDER BY at_ms)";

/* Its refunds that are done, and what made them. */
static const char refunds[] =
    "SELECT group_concat(amount || ' at ' || finished_ms || iif(unrequested, ' by a change', ' by a"
    " call'), ', ') FROM (SELECT * FROM refund WHERE account = ?1 AND status = 1 AND length(id) > 4"
    " ORDER BY finished_ms)";

#define OLD_INVOICE                                                                                \
    "INSERT INTO invoice (account, id, session, service, currency, test_mode, flow, source, been," \
    " resolution, created_ms, updated_ms, expires_ms, made_ms, metadata, callback_logs, base_url," \
    " plan, attempts, payment_amount, seq, reference_id, status, amount, fee, deposit,"            \
    " processed_amount, processed_fee, processed_deposit, refunded_amount, charged_back_amount)"   \
    " VALUES (1, 'x', 'x', 's', 'USD', 1, 0, 0, 0, 'ok', 1, 1, 1, 1, '[]', '[]', 'http://x', '',"  \
    " 0, 100, "
#define OLD_CHANGE                                                                                 \
    "INSERT INTO transition (wall_ms, resolution, cause, invoice, at_ms, old, new)"                \
    " VALUES (1, 'ok', 'timer', "
#define PAYOUT_1 "1099511627776"
#define PAYOUT_2 "1099511627777"

static void changes_of_an_older_database_get_the_money_of_their_invoices(void **state)
{
    char folder[FOLDER_TEXT];
    (void)state;
    folder_make(folder);
    /* paid, refunded, charged back; paid without a fee; failed; refunded; and three payouts */
    make_old(folder, 10,
             OLD_INVOICE
             "1, 'a', 10, 100, 3, 97, 100, 3, 97, 30, 70);" OLD_CHANGE "1, 10, 2, 4); " OLD_CHANGE
             "1, 11, 4, 3); " OLD_CHANGE "1, 12, 3, 7); " OLD_CHANGE "1, 13, 7, 7); " OLD_CHANGE
             "1, 14, 7, 10);" OLD_INVOICE
             "2, 'b', 12, 100, 0, 100, 60, 0, 60, NULL, NULL);" OLD_CHANGE
             "2, 20, 2, 12);" OLD_INVOICE
             "3, 'c', 4, 100, 3, 97, NULL, NULL, NULL, NULL, NULL);" OLD_CHANGE
             "3, 30, 2, 4);" OLD_INVOICE "4, 'g', 7, 100, 3, 97, 100, 3, 97, 25, NULL);" OLD_CHANGE
             "4, 31, 2, 3);" OLD_CHANGE "4, 32, 3, 7);" OLD_INVOICE PAYOUT_1
             ", 'd', 12, 100, 3, 103, 40, 3, 43, NULL, NULL);" OLD_CHANGE PAYOUT_1
             ", 40, 0, 2); " OLD_CHANGE PAYOUT_1 ", 41, 2, 12);" OLD_INVOICE PAYOUT_2
             ", 'e', 4, 100, 3, 103, NULL, NULL, NULL, NULL, NULL);" OLD_CHANGE PAYOUT_2
             ", 50, 0, 2); " OLD_CHANGE PAYOUT_2 ", 51, 2, 4);" OLD_INVOICE
             "1099511627778, 'f', 2, 100, 3, 103, NULL, NULL, NULL, NULL, NULL);" OLD_CHANGE
             "1099511627778, 60, 0, 2);"
             /* the money of g went back by a call */
             "INSERT INTO refund (invoice, account, reference_id, amount, status, created_ms,"
             " finished_ms) VALUES (4, 1, 'by a call', 25, 1, 31, 32);"
             "INSERT INTO snapshot_refund SELECT snapshot.column1, refund.* FROM refund,"
             " (VALUES (1), (2)) AS snapshot;"
             /* two snapshots of it; the second one came from a file */
             "INSERT INTO snapshot_invoice SELECT snapshot.column1, invoice.* FROM invoice,"
             " (VALUES (1), (2)) AS snapshot;"
             "INSERT INTO snapshot_transition SELECT 1, * FROM transition ORDER BY seq;"
             "INSERT INTO snapshot_transition SELECT 2, * FROM transition ORDER BY seq;"
             "UPDATE snapshot_transition SET seq = NULL WHERE snapshot = 2;");
    const char *file = folder_path(folder, "old");
    for (int snapshot = 0; snapshot < 3; snapshot++) {
        static const char *const accounts[] = {"1", "8", "9"};
        struct store *store = open_store(file);
        if (snapshot) {
            store_snapshot_restore(store, snapshot, 7 + snapshot);
            assert_true(store_commit(store));
        }
        store_close(store);
        char *is = text_of(file, moved, accounts[snapshot]);
        assert_string_equal(is, "11:100,3,-,-,- 13:-,-,30,-,- 14:-,-,-,70,- 20:60,-,-,-,-"
                                " 31:100,3,-,-,- 32:-,-,25,-,- 40:-100,3,-,-,103 41:60,-,-,-,-103"
                                " 50:-100,3,-,-,103 51:100,-3,-,-,-103 60:-100,3,-,-,103");
        sqlite3_free(is);
        is = text_of(file, refunds, accounts[snapshot]);
        assert_string_equal(is, "30 at 13 by a change, 25 at 32 by a call");
        sqlite3_free(is);
    }
    folder_remove(folder);
}

/* Returns the complete schema as text. The caller frees it with sqlite3_free. */
static char *schema(const char *file)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    char *text = sqlite3_mprintf("%lld %lld\n", (long long)number(db, "PRAGMA application_id"),
                                 (long long)number(db, "PRAGMA user_version"));
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT name, sql FROM sqlite_schema ORDER BY name", -1, &q, NULL),
        SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW) {
        char *more = sqlite3_mprintf("%s%s: %s\n", text, sqlite3_column_text(q, 0),
                                     sqlite3_column_text(q, 1));
        sqlite3_free(text);
        text = more;
    }
    sqlite3_finalize(q);
    sqlite3_close(db);
    return text;
}

static void a_new_database_equals_one_made_by_the_schema_files(void **state)
{
    char folder[FOLDER_TEXT];
    (void)state;
    folder_make(folder);
    make_old(folder, 1, "");
    store_close(open_store(folder_path(folder, "old")));
    char *fresh = schema(folder_path(folder, "fresh"));
    char *grown = schema(folder_path(folder, "old"));
    assert_non_null(strstr(fresh, "invoice_by_account"));
    assert_string_equal(fresh, grown);
    sqlite3_free(fresh);
    sqlite3_free(grown);
    folder_remove(folder);
}

/* Opening an existing database compiles all statements. */
static void a_database_must_have_the_columns_of_the_statements(void **state)
{
    static const char *const harm[] = {
        "DROP TABLE leftover",
        "ALTER TABLE snapshot_refund DROP COLUMN description",
        "ALTER TABLE balance RENAME COLUMN reserved TO held",
    };
    char folder[FOLDER_TEXT];
    struct arena arena = {0};
    const char *file;
    struct store *store = NULL;
    sqlite3 *db;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(harm); i++) {
        folder_make(folder);
        file = folder_path(folder, "mock.db");
        store_close(open_store(file));
        store_close(open_store(file));
        assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
        run(db, harm[i]);
        sqlite3_close(db);
        const char *why = store_open(file, STORE_DURABLE_CRASH, &arena, &store);
        assert_true(why && strstr(why, " no"));
        folder_remove(folder);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_database_equals_one_made_by_the_schema_files),
        cmocka_unit_test(a_database_must_have_the_columns_of_the_statements),
        cmocka_unit_test(changes_of_an_older_database_get_the_money_of_their_invoices),
        cmocka_unit_test(an_invoice_keeps_its_service_when_services_become_optional),
        cmocka_unit_test(earlier_refunds_get_an_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
