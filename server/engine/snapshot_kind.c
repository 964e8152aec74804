/* The kinds of rows in a snapshot's file: how each is read and checked. */
#include "snapshot_kind.h"

#include "base/text.h"
#include "engine/snapshot.h"
#include "view/settings.h"

#define LIST_MOST 10000    /* rows of one invoice or callback */
#define OUTCOMES_MOST 1000 /* the limit of the queue */
#define BALANCES_MOST 1000
#define TIME_MOST_S ((int64_t)1 << 40)
#define TIME_MOST_MS ((int64_t)1 << 53)

static bool refuse(const struct snapshot_rows *r, const char *path, const char *name,
                   const char *message)
{
    const char *whole = name ? arena_printf(r->errors->arena, "%s.%s", path, name) : path;
    json_errors_add(r->errors, whole, "%s", message);
    return false;
}

/* Ids and references must be unique. */
static bool is_first(const struct snapshot_rows *r, const char *path, const char *name,
                     const char *text)
{
    const char *key = arena_printf(r->errors->arena, "%s:%s", name, text);
    bool first = !json_object_get(r->seen, key);
    json_object_set_new(r->seen, key, json_true());
    return first || refuse(r, path, name, "must be unique in the document");
}

/* ------------------------------------------------------------------ small rows */

static bool check_balance(const struct snapshot_rows *r, const char *path, void *row)
{
    return is_first(r, path, "currency", ((const struct ledger_balance *)row)->currency);
}

static bool check_callback(const struct snapshot_rows *r, const char *path, void *row)
{
    const struct callback *callback = row;
    return (callback->state == CALLBACK_QUEUED) == (callback->due_ms != TIME_NONE) ||
           refuse(r, path, "due_ms", "must be set if state is queued, and null otherwise");
}

static bool finish_callback(const struct snapshot_rows *r, const char *path, void *row)
{
    char id[IDENT_TEXT];
    struct file_callback *read = row;
    struct callback *callback = &read->callback;
    for (size_t i = 0; i < read->n_attempts; i++) {
        read->attempts[i].number = (int64_t)i + 1;
        callback->code = read->attempts[i].code;
    }
    callback->attempts = (int64_t)read->n_attempts;
    ident_number("cb", callback->seq, id);
    return is_first(r, path, "id", id);
}

/* ------------------------------------------------------------------ an invoice */

static bool is_outcome(const struct snapshot_rows *r, const char *text, enum status from)
{
    struct outcome outcome;
    return !outcome_parse(text, from, &r->engine->fixture->resolutions, NULL, &outcome);
}

/* A stored plan may be outdated, so it is accepted from any status. */
static bool is_plan(const struct snapshot_rows *r, const char *text)
{
    for (enum status from = 0; from < STATUS_COUNT; from++) {
        if (!*text || is_outcome(r, text, from)) {
            return true;
        }
    }
    return false;
}

/* References of payments and of payouts are separate. */
static const char *reference_key(const struct snapshot_rows *r, const struct invoice *invoice)
{
    return arena_printf(r->errors->arena, "%s:%s", invoice_kinds[invoice_kind(invoice->seq)].type,
                        invoice->reference_id);
}

/* A payout uses only some statuses and members. */
static bool check_payout(const struct snapshot_rows *r, const char *path,
                         const struct invoice *payout)
{
    if (payout->flow != FLOW_CHARGE) {
        return refuse(r, path, "flow", "must be charge for a payout");
    }
    if (payout->deposit <= 0) {
        return refuse(r, path, "deposit", "must be above 0 for a payout");
    }
    if (payout->processed_deposit != MONEY_NONE && payout->processed_deposit < 0) {
        return refuse(r, path, "processed_deposit", "must not be below 0 for a payout");
    }
    if (payout->refunded_amount != MONEY_NONE || payout->charged_back_amount != MONEY_NONE) {
        return refuse(r, path, "refunded_amount",
                      "must be null for a payout, like charged_back_amount");
    }
    return true;
}

/* Which services the account of the file has beside the fixtures'. */
static const char *own_key(const struct snapshot_rows *r, enum invoice_kind kind, const char *code)
{
    return arena_printf(r->errors->arena, "service:%s:%s", invoice_kinds[kind].noun, code);
}

static bool has_service(const struct snapshot_rows *r, enum invoice_kind kind, const char *code)
{
    return service_find(&r->engine->fixture->services.catalogues[kind], code) ||
           (code && json_object_get(r->seen, own_key(r, kind, code)));
}

/* Files of versions without exchange rates: the order was in the currency of its service. */
static void complete_price(struct invoice *invoice)
{
    if (invoice->service && invoice->exchange_rate == MONEY_NONE &&
        invoice->service_amount == MONEY_NONE) {
        invoice->service_amount = invoice->amount;
        invoice->exchange_rate = MONEY_ONE;
    }
}

/* Checks the relations between values that the engine relies on. */
static bool check_invoice(const struct snapshot_rows *r, const char *path, void *row)
{
    struct invoice *invoice = row;
    complete_price(invoice);
    invoice->seq =
        invoice_kinds[invoice_kind_of(invoice->id)].first; /* only the kind, until it is numbered */
    const char *challenge = invoice->challenge_outcome;
    enum invoice_kind kind = invoice_kind(invoice->seq);
    bool priced = invoice->exchange_rate != MONEY_NONE;
    bool chosen = invoice->service || priced || kind == INVOICE_PAYOUT;
    if (chosen && !has_service(r, kind, invoice->service)) {
        return refuse(r, path, "service",
                      "must be the code of a service, of the fixtures or in services");
    }
    if (invoice->service && invoice->exchange_rate <= 0) {
        return refuse(r, path, "exchange_rate", "must be above 0 if the invoice has a service");
    }
    bool awaits_start = kind == INVOICE_PAYOUT && invoice->status == STATUS_CREATED;
    if (!is_plan(r, invoice->plan) ||
        (!*invoice->plan && invoice->plan_due_ms != TIME_NONE && !awaits_start)) {
        return refuse(r, path, "plan",
                      "must be an outcome, and must not be empty if plan_due_ms is set");
    }
    if (challenge && (invoice->status != STATUS_PROCESS_PENDING ||
                      !is_outcome(r, challenge, STATUS_PROCESS_PENDING))) {
        return refuse(r, path, "challenge_outcome", "must be an outcome of a pending invoice");
    }
    if (invoice_left(invoice) < 0) {
        return refuse(r, path, "refunded_amount",
                      "must not exceed what was paid, with charged_back_amount");
    }
    if (!invoice_can_be(invoice, invoice->status)) {
        return refuse(
            r, path, "status",
            arena_printf(r->errors->arena, "must be a status of a %s", invoice_kinds[kind].noun));
    }
    if (kind == INVOICE_PAYOUT && !check_payout(r, path, invoice)) {
        return false;
    }
    return is_first(r, path, "id", invoice->id) && is_first(r, path, "session", invoice->session) &&
           is_first(r, path, "reference_id", reference_key(r, invoice));
}

static bool check_refund(const struct snapshot_rows *r, const char *path, void *row)
{
    const struct refund *refund = row;
    if ((refund->status == REFUND_PENDING) != (refund->finished_ms == TIME_NONE)) {
        return refuse(r, path, "finished_ms",
                      "must be null while the refund is pending, and set otherwise");
    }
    if (!refund->amount) {
        return refuse(r, path, "amount", "must be above 0");
    }
    return (!refund->id || is_first(r, path, "id", refund->id)) &&
           is_first(r, path, "refund", refund->reference_id);
}

/* Only payments have refunds. At most one is pending, for money that is left, and only while the
 * invoice is refund_pending. */
static bool check_refunds(const struct snapshot_rows *r, const char *path,
                          const struct file_invoice *row)
{
    int pending = 0;
    if (row->n_refunds && invoice_kind(row->invoice.seq) == INVOICE_PAYOUT) {
        return refuse(r, path, "refunds", "must be empty for a payout");
    }
    int64_t left = status_is_refunding(row->invoice.status) ? invoice_left(&row->invoice) : 0;
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

static bool finish_invoice(const struct snapshot_rows *r, const char *path, void *row)
{
    struct file_invoice *read = row;
    struct invoice *invoice = &read->invoice;
    if (!check_refunds(r, path, read)) {
        return false;
    }
    for (size_t i = 0; i < read->n_callbacks; i++) {
        read->callbacks[i].callback.test_mode = invoice->test_mode;
    }
    invoice->statuses_reached |= STATUS_BIT(invoice->status);
    invoice_schedule(invoice);
    return true;
}

/* ------------------------------------------------------------------ the rest of the document */

static bool read_outcomes(const struct snapshot_rows *r, const json_t *list,
                          struct snapshot_file *file)
{
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > OUTCOMES_MOST) {
        return refuse(r, "outcomes", NULL, "must be a list of at most 1000");
    }
    file->outcomes = arena_alloc(r->errors->arena, n * sizeof *file->outcomes + 1);
    file->n_outcomes = n;
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (!text || !is_outcome(r, text, outcome_start(outcome_kind(text)))) {
            return refuse(r, arena_printf(r->errors->arena, "outcomes[%zu]", i), NULL,
                          "must be an outcome, e.g. processed or process_failed:declined");
        }
        file->outcomes[i] = arena_strdup(r->errors->arena, text);
    }
    return true;
}

static void read_settings(const struct snapshot_rows *r, const json_t *json,
                          struct snapshot_file *file)
{
    struct settings settings;
    buf_auto text = {0};
    /* Read through a parent object, so that paths of errors start with "settings.". */
    json_auto_t *whole = json_object();
    json_object_set(whole, "settings", (json_t *)json);
    settings_default(&settings);
    settings_read(whole, NULL, &r->engine->fixture->resolutions, &settings, r->errors);
    file->settings = arena_strdup(r->errors->arena, settings_text(&text, &settings));
}

static void read_services(const struct snapshot_rows *r, const json_t *json,
                          struct snapshot_file *file)
{
    struct own_services *own;
    const char *why = own_services_read(r->engine->fixture, json, NULL, r->errors->arena, &own);
    if (why || (json && !json_is_object(json))) {
        json_errors_add(r->errors, "services", "%s", why ?: "must be an object");
        return;
    }
    own_services_free(own);
    file->services = json ? json_text(r->errors->arena, json, false) : NULL;
    for (int kind = 0; kind < INVOICE_KINDS; kind++) {
        const char *code;
        json_t *change;
        json_object_foreach(json_object_get(json, invoice_kinds[kind].noun), code, change)
        {
            json_object_set_new(r->seen, own_key(r, (enum invoice_kind)kind, code), json_true());
        }
    }
}

struct head {
    const char *format, *mode;
    int64_t version, created_s, now_ms;
    bool has_clock;
    const json_t *settings, *services, *outcomes;
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
    {"services", JSON_KIND_ANY, JSON_AT(head, services)},
    FIELD("outcomes", ANY, outcomes),
};

bool snapshot_read_head(const struct snapshot_rows *r, const json_t *json,
                        struct snapshot_file *ret_file)
{
    struct head head = {0};
    json_read(json, head_fields, ARRAY_SIZE(head_fields), true, &head, r->errors);
    if (r->errors->n) {
        return false;
    }
    ret_file->created_ms = head.created_s * 1000;
    ret_file->frozen = text_equal(head.mode, "frozen");
    ret_file->now_ms = head.now_ms;
    read_settings(r, head.settings, ret_file);
    read_services(r, head.services, ret_file);
    return read_outcomes(r, head.outcomes, ret_file) && !r->errors->n;
}

/* ------------------------------------------------------------------ what belongs to what */

#define LIST(text, row, member, what, limit, ...)                                                  \
    {                                                                                              \
        .name = text, .kind = &what, .rows = offsetof(struct row, member),                         \
        .n_rows = offsetof(struct row, n_##member), .most = limit, ##__VA_ARGS__                   \
    }
#define LISTS(list) .lists = list, .n_lists = ARRAY_SIZE(list)

static const struct snapshot_kind transition_kind = {&row_transition, sizeof(struct transition)};
static const struct snapshot_kind attempt_kind = {&row_attempt, sizeof(struct attempt)};
static const struct snapshot_kind refund_kind = {&row_refund, sizeof(struct refund),
                                                 .check = check_refund};
static const struct snapshot_kind balance_kind = {&row_balance, sizeof(struct ledger_balance),
                                                  .check = check_balance};

static const struct snapshot_list callback_lists[] = {
    LIST("attempts", file_callback, attempts, attempt_kind, LIST_MOST),
};
static const struct snapshot_kind callback_kind = {&row_callback, sizeof(struct file_callback),
                                                   LISTS(callback_lists), .check = check_callback,
                                                   .finish = finish_callback};

/* A list is optional if files of earlier versions lack it. */
static const struct snapshot_list invoice_lists[] = {
    LIST("transitions", file_invoice, transitions, transition_kind, LIST_MOST),
    LIST("callbacks", file_invoice, callbacks, callback_kind, LIST_MOST),
    LIST("refunds", file_invoice, refunds, refund_kind, LIST_MOST, .optional = true),
};
static const struct snapshot_kind invoice_kind_of_file = {
    &row_invoice, sizeof(struct file_invoice), LISTS(invoice_lists), .check = check_invoice,
    .finish = finish_invoice};

static const struct snapshot_list document_lists[] = {
    LIST("balances", snapshot_file, balances, balance_kind, BALANCES_MOST, .optional = true),
    LIST("invoices", snapshot_file, invoices, invoice_kind_of_file, SNAPSHOT_INVOICES_MOST),
};
const struct snapshot_kind snapshot_document = {NULL, sizeof(struct snapshot_file),
                                                LISTS(document_lists)};
