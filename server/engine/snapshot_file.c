#include "snapshot_file.h"

#include "base/text.h"
#include "domain/invoice_money.h"
#include "engine/snapshot.h"
#include "json/settings.h"
#include "json/snapshot_row.h"

#define LIST_MOST 10000    /* of one invoice's or callback's */
#define OUTCOMES_MOST 1000 /* as the queue takes */
#define BALANCES_MOST 1000
#define TIME_MOST_S ((int64_t)1 << 40)
#define TIME_MOST_MS ((int64_t)1 << 53)

struct reading {
    const struct engine *engine;
    struct json_errors *errors;
    struct row_reader rows;
    json_t *seen; /* a set: ids and references */
};

static bool refuse(const struct reading *r, const char *path, const char *name, const char *message)
{
    const char *whole = name ? arena_printf(r->errors->arena, "%s.%s", path, name) : path;
    json_errors_add(r->errors, whole, "%s", message);
    return false;
}

/* Ids and references stand for one thing each. */
static bool is_first(const struct reading *r, const char *path, const char *name, const char *text)
{
    const char *key = arena_printf(r->errors->arena, "%s:%s", name, text);
    bool first = !json_object_get(r->seen, key);
    json_object_set_new(r->seen, key, json_true());
    return first || refuse(r, path, name, "it stands in the document twice");
}

/* ------------------------------------------------------------------ lists */

/* Reads an array of objects: each is read into its place, of `size` bytes, until one is wrong. */
static void *read_list(const struct reading *r, const char *path, const json_t *object,
                       const char *name, size_t size,
                       bool (*read)(const struct reading *r, const char *path, const json_t *json,
                                    void *row),
                       size_t *ret_n)
{
    const json_t *list = json_object_get(object, name);
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > LIST_MOST) {
        refuse(r, path, name,
               arena_printf(r->errors->arena, "a list of at most %d is wanted", LIST_MOST));
        return NULL;
    }
    char *rows = arena_alloc(r->errors->arena, n * size + 1);
    for (size_t i = 0; i < n; i++) {
        const char *own = arena_printf(r->errors->arena, "%s.%s[%zu]", path, name, i);
        if (!read(r, own, json_array_get(list, i), rows + i * size)) {
            return NULL;
        }
    }
    *ret_n = n;
    return rows;
}

static bool read_transition(const struct reading *r, const char *path, const json_t *json,
                            void *row)
{
    row_read(&r->rows, &row_transition, path, NULL, json, row);
    return !r->errors->n;
}

static bool read_attempt(const struct reading *r, const char *path, const json_t *json, void *row)
{
    row_read(&r->rows, &row_attempt, path, NULL, json, row);
    return !r->errors->n;
}

static bool read_callback(const struct reading *r, const char *path, const json_t *json, void *row)
{
    static const char *const others[] = {"attempts", NULL};
    struct file_callback *read = row;
    struct callback *callback = &read->callback;
    char id[IDENT_TEXT];
    row_read(&r->rows, &row_callback, path, others, json, callback);
    if (r->errors->n) {
        return false;
    }
    if ((callback->state == CALLBACK_QUEUED) != (callback->due_ms != TIME_NONE)) {
        return refuse(r, path, "due_ms", "a queued callback has one, and no other");
    }
    read->attempts = read_list(r, path, json, "attempts", sizeof *read->attempts, read_attempt,
                               &read->n_attempts);
    for (size_t i = 0; i < read->n_attempts; i++) {
        read->attempts[i].number = (int64_t)i + 1;
        callback->code = read->attempts[i].code;
    }
    callback->attempts = (int64_t)read->n_attempts;
    callback_id(callback->seq, id);
    return !r->errors->n && is_first(r, path, "id", id);
}

/* ------------------------------------------------------------------ an invoice */

static bool is_outcome(const struct reading *r, const char *text, enum status from)
{
    struct outcome outcome;
    char why[256];
    return outcome_parse(text, from, &r->engine->fixture->resolutions, &outcome, why, sizeof why);
}

/* A plan may have been overtaken by events and still stand there: any status may be its first. */
static bool is_plan(const struct reading *r, const char *text)
{
    for (enum status from = 0; from < STATUS_COUNT; from++) {
        if (!*text || is_outcome(r, text, from)) {
            return true;
        }
    }
    return false;
}

/* Payments and payouts have references of their own. */
static const char *reference_key(const struct reading *r, const struct invoice *invoice)
{
    return arena_printf(r->errors->arena, "%s:%s", invoice_type(invoice_kind(invoice->seq)),
                        invoice->reference_id);
}

/* Of the members that a payout has in common with payments it uses some, and some statuses. */
static bool check_payout(const struct reading *r, const char *path, const struct invoice *payout)
{
    if (!status_is_of_payout(payout->status)) {
        return refuse(r, path, "status", "no payout is ever that");
    }
    if (payout->flow != FLOW_CHARGE) {
        return refuse(r, path, "flow", "a payout has no other than charge");
    }
    if (payout->deposit <= 0) {
        return refuse(r, path, "deposit", "what a payout writes off is above 0");
    }
    if (payout->processed_deposit != MONEY_NONE && payout->processed_deposit < 0) {
        return refuse(r, path, "processed_deposit", "what a payout wrote off is not below 0");
    }
    if (payout->refunded_amount != MONEY_NONE || payout->charged_back_amount != MONEY_NONE) {
        return refuse(r, path, "refunded_amount", "nothing of a payout comes back");
    }
    return true;
}

/* How the values go together; what the engine relies on. */
static bool check_invoice(const struct reading *r, const char *path, const struct invoice *invoice)
{
    const char *challenge = invoice->challenge_outcome;
    enum invoice_kind kind = invoice_kind(invoice->seq);
    bool priced = invoice->exchange_rate != MONEY_NONE;
    bool chosen = invoice->service || priced || kind == INVOICE_PAYOUT;
    if (chosen && !service_find(fixture_catalogue(r->engine->fixture, kind), invoice->service)) {
        return refuse(r, path, "service", "there is no such service");
    }
    if (invoice->service && invoice->exchange_rate <= 0) {
        return refuse(r, path, "exchange_rate", "an invoice with a service has one above 0");
    }
    bool awaits_start = kind == INVOICE_PAYOUT && invoice->status == STATUS_CREATED;
    if (!is_plan(r, invoice->plan) ||
        (!*invoice->plan && invoice->plan_due_ms != TIME_NONE && !awaits_start)) {
        return refuse(r, path, "plan", "it is no plan, or has a time and no step");
    }
    if (challenge && (invoice->status != STATUS_PROCESS_PENDING ||
                      !is_outcome(r, challenge, STATUS_PROCESS_PENDING))) {
        return refuse(r, path, "challenge_outcome", "an outcome of a pending invoice is wanted");
    }
    if (invoice_left(invoice) < 0) {
        return refuse(r, path, "refunded_amount", "more went back than was paid");
    }
    if (kind == INVOICE_PAYOUT && !check_payout(r, path, invoice)) {
        return false;
    }
    return is_first(r, path, "id", invoice->id) && is_first(r, path, "session", invoice->session) &&
           is_first(r, path, "reference_id", reference_key(r, invoice));
}

static bool read_refund(const struct reading *r, const char *path, const json_t *json, void *row)
{
    struct refund *refund = row;
    row_read(&r->rows, &row_refund, path, NULL, json, refund);
    if (r->errors->n) {
        return false;
    }
    if ((refund->status == REFUND_PENDING) != (refund->finished_ms == TIME_NONE)) {
        return refuse(r, path, "finished_ms", "a refund has one once it is not pending");
    }
    if (!refund->amount) {
        return refuse(r, path, "amount", "an amount above 0 is wanted");
    }
    return is_first(r, path, "refund", refund->reference_id);
}

/* Of payments only. One is pending at most, of money that is there, and then the invoice waits for
 * it. */
static bool check_refunds(const struct reading *r, const char *path, const struct file_invoice *row)
{
    int pending = 0;
    if (row->n_refunds && invoice_kind(row->invoice.seq) == INVOICE_PAYOUT) {
        return refuse(r, path, "refunds", "nothing of a payout comes back");
    }
    int64_t left = row->invoice.status == STATUS_REFUND_PENDING ? invoice_left(&row->invoice) : 0;
    for (size_t i = 0; i < row->n_refunds; i++) {
        const struct refund *refund = &row->refunds[i];
        if (refund->status == REFUND_PENDING && (pending++ || refund->amount > left)) {
            return refuse(r, path, "refunds",
                          "one of an invoice that is refund_pending is pending,"
                          " of what is left");
        }
    }
    return true;
}

/* Files of servers that knew no refunds have none. */
static bool read_refunds(const struct reading *r, const char *path, const json_t *json,
                         struct file_invoice *row)
{
    if (!json_object_get(json, "refunds")) {
        return true;
    }
    row->refunds =
        read_list(r, path, json, "refunds", sizeof *row->refunds, read_refund, &row->n_refunds);
    return !r->errors->n && check_refunds(r, path, row);
}

static bool read_invoice(const struct reading *r, const char *path, const json_t *json,
                         struct file_invoice *row)
{
    static const char *const others[] = {"transitions", "callbacks", "refunds", NULL};
    struct invoice *invoice = &row->invoice;
    row_read(&r->rows, &row_invoice, path, others, json, invoice);
    invoice->seq = invoice_first(invoice_kind_of(invoice->id)); /* until it gets its own */
    if (r->errors->n || !check_invoice(r, path, invoice)) {
        return false;
    }
    row->transitions = read_list(r, path, json, "transitions", sizeof *row->transitions,
                                 read_transition, &row->n_transitions);
    row->callbacks = read_list(r, path, json, "callbacks", sizeof *row->callbacks, read_callback,
                               &row->n_callbacks);
    if (!read_refunds(r, path, json, row)) {
        return false;
    }
    for (size_t i = 0; i < row->n_callbacks; i++) {
        row->callbacks[i].callback.test_mode = invoice->test_mode;
    }
    invoice->been |= STATUS_BIT(invoice->status);
    invoice_schedule(invoice);
    return !r->errors->n;
}

static bool read_invoices(const struct reading *r, const json_t *list, struct snapshot_file *file)
{
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > SNAPSHOT_INVOICES_MOST) {
        return refuse(r, "invoices", NULL,
                      arena_printf(r->errors->arena, "a list of at most %d is wanted",
                                   SNAPSHOT_INVOICES_MOST));
    }
    file->invoices = arena_alloc(r->errors->arena, n * sizeof *file->invoices + 1);
    file->n_invoices = n;
    for (size_t i = 0; i < n; i++) {
        const char *path = arena_printf(r->errors->arena, "invoices[%zu]", i);
        if (!read_invoice(r, path, json_array_get(list, i), &file->invoices[i])) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------------ the rest of the document */

static bool read_outcomes(const struct reading *r, const json_t *list, struct snapshot_file *file)
{
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > OUTCOMES_MOST) {
        return refuse(r, "outcomes", NULL, "a list of at most 1000 is wanted");
    }
    file->outcomes = arena_alloc(r->errors->arena, n * sizeof *file->outcomes + 1);
    file->n_outcomes = n;
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (!text || !is_outcome(r, text, outcome_start(outcome_kind(text)))) {
            return refuse(r, arena_printf(r->errors->arena, "outcomes[%zu]", i), NULL,
                          "there is no such outcome");
        }
        file->outcomes[i] = arena_strdup(r->errors->arena, text);
    }
    return true;
}

static bool read_balance(const struct reading *r, const char *path, const json_t *json,
                         struct ledger_balance *row)
{
    row_read(&r->rows, &row_balance, path, NULL, json, row);
    return !r->errors->n && is_first(r, path, "currency", row->currency);
}

static bool read_balances(const struct reading *r, const json_t *list, struct snapshot_file *file)
{
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > BALANCES_MOST) {
        return refuse(r, "balances", NULL, "a list of at most 1000 is wanted");
    }
    file->balances = arena_alloc(r->errors->arena, n * sizeof *file->balances + 1);
    file->n_balances = n;
    for (size_t i = 0; i < n; i++) {
        const char *path = arena_printf(r->errors->arena, "balances[%zu]", i);
        if (!read_balance(r, path, json_array_get(list, i), &file->balances[i])) {
            return false;
        }
    }
    return true;
}

static void read_settings(const struct reading *r, const json_t *json, struct snapshot_file *file)
{
    struct settings settings;
    buf_auto text = {0};
    /* One level up, so that errors come under "settings.". */
    json_auto_t *whole = json_object();
    json_object_set(whole, "settings", (json_t *)json);
    settings_default(&settings);
    settings_read(whole, NULL, &r->engine->fixture->resolutions, &settings, r->errors);
    file->settings = arena_strdup(r->errors->arena, settings_text(&text, &settings));
}

struct head {
    const char *format, *mode;
    int64_t version, created_s, now_ms;
    bool has_clock;
    const json_t *settings, *outcomes, *balances, *invoices;
};

static const char *const formats[] = {SNAPSHOT_FORMAT, NULL};
static const char *const modes[] = {"real", "frozen", NULL};

#define FIELD(text, what, member, ...)                                                             \
    {                                                                                              \
        .name = text, .kind = JSON_KIND_##what, .offset = JSON_AT(head, member), .required = true, \
        ##__VA_ARGS__                                                                              \
    }

static const struct json_field clock_fields[] = {
    FIELD("mode", TEXT, mode, .choices = modes),
    FIELD("now_ms", INT, now_ms, .most = TIME_MOST_MS),
};

static const struct json_field head_fields[] = {
    FIELD("format", TEXT, format, .choices = formats),
    FIELD("version", INT, version, .least = SNAPSHOT_VERSION, .most = SNAPSHOT_VERSION),
    FIELD("created", INT, created_s, .most = TIME_MOST_S),
    FIELD("clock", OBJECT, has_clock, .fields = clock_fields, .n_fields = ARRAY_SIZE(clock_fields)),
    FIELD("settings", ANY, settings),
    FIELD("outcomes", ANY, outcomes),
    FIELD("balances", ANY, balances),
    FIELD("invoices", ANY, invoices),
};

bool snapshot_file_read(const struct engine *engine, const json_t *document,
                        struct json_errors *errors, struct snapshot_file *ret_file)
{
    struct head head = {0};
    json_read(document, head_fields, ARRAY_SIZE(head_fields), true, &head, errors);
    if (errors->n) {
        return false;
    }
    json_auto_t *seen = json_object();
    const struct reading r = {engine, errors, {&engine->fixture->resolutions, errors}, seen};
    *ret_file = (struct snapshot_file){
        .created_ms = head.created_s * 1000,
        .frozen = text_equal(head.mode, "frozen"),
        .now_ms = head.now_ms,
    };
    read_settings(&r, head.settings, ret_file);
    return read_outcomes(&r, head.outcomes, ret_file) &&
           read_balances(&r, head.balances, ret_file) &&
           read_invoices(&r, head.invoices, ret_file) && !errors->n;
}
