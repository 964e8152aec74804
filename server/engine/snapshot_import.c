/* Imports a file as a snapshot: rows get numbers of this database, and everything that refers to
 * them follows. */
#include "base/text.h"
#include "domain/token.h"
#include "engine/lookup.h"
#include "engine/outbox.h"
#include "engine/refund_row.h"
#include "engine/snapshot.h"
#include "engine/snapshot_file.h"
#include "store/store_callback.h"
#include "store/store_invoice.h"
#include "wire/json_read.h"

#include <string.h>

#define NUMBER_MOST ((int64_t)1 << 46) /* a file must not use up the remaining numbers */

struct placing {
    struct engine *engine;
    const struct tenant *tenant;
    const struct snapshot_import *import;
    struct arena *arena;
    struct snapshot_file *file;
    json_t *cards; /* tokens of cards (engine_card_token), mapped to their tokens here */
    int64_t snapshot;
};

/* ------------------------------------------------------------------ numbers */

/* Sets the invoices' numbers from their ids. Returns false if they cannot all be kept. */
static bool keep_invoices(const struct placing *p)
{
    const char *account = p->tenant->account.keys.id;
    for (size_t i = 0; i < p->file->n_invoices; i++) {
        struct invoice *invoice = &p->file->invoices[i].invoice;
        int64_t seq = 0;
        bool ours = invoice_id_read(p->engine->keys.rows, invoice->id, &seq);
        if (ours) {
            invoice->seq = seq;
        }
        if (!ours || seq > NUMBER_MOST ||
            store_snapshot_taken(p->engine->store, &row_invoice, account, invoice->seq)) {
            return false;
        }
    }
    return true;
}

static bool keep_callbacks(const struct placing *p)
{
    const char *account = p->tenant->account.keys.id;
    for (size_t i = 0; i < p->file->n_invoices; i++) {
        const struct file_invoice *row = &p->file->invoices[i];
        for (size_t k = 0; k < row->n_callbacks; k++) {
            int64_t seq = row->callbacks[k].callback.seq;
            if (seq > NUMBER_MOST ||
                store_snapshot_taken(p->engine->store, &row_callback, account, seq)) {
                return false;
            }
        }
    }
    return true;
}

static void report_renamed(const struct placing *p, const char *old_id, const char *new_id)
{
    if (!text_equal(old_id, new_id)) {
        p->import->renamed(p->import->arg, old_id, new_id);
    }
}

static void number_callback(const struct placing *p, struct callback *callback)
{
    char old_id[IDENT_TEXT], new_id[IDENT_TEXT];
    ident_number("cb", callback->seq, old_id);
    callback->seq = store_callback_next_seq(p->engine->store);
    ident_number("cb", callback->seq, new_id);
    report_renamed(p, old_id, new_id);
}

/* ------------------------------------------------------------------ bodies */

/* Replaces every occurrence of a text by another of the same length. */
static void replace_all(char *text, const char *old, const char *new)
{
    size_t length = strlen(old);
    for (char *at = text; (at = strstr(at, old)); at += length) {
        memcpy(at, new, length);
    }
}

/* The token of the card in a payload; NULL if it has none. */
static const char *card_token(const struct placing *p, const char *payload)
{
    json_auto_t *object = payload ? json_parse(payload, strlen(payload), p->arena, NULL) : NULL;
    const char *token = json_string_value(json_object_get(object, "token"));
    return token && engine_is_card_token(token) ? arena_strdup(p->arena, token) : NULL;
}

/* Finds the card session's token in a body. */
static const char *find_token(const char *body, const char *session, size_t *ret_size,
                              struct token *ret_token)
{
    static const char name[] = "\"token\":\"";
    for (const char *at = body; (at = strstr(at, name));) {
        at += sizeof name - 1;
        *ret_size = strcspn(at, "\"");
        if (token_read(at, ret_token) && text_equal(ret_token->session, session)) {
            return at;
        }
    }
    return NULL;
}

/* Renames the ids in a callback's body: the serials of the invoice's and the session's id, the
 * session token, the customer's id and the card's token. */
static const char *rename_body(const struct placing *p, const char *body, const struct invoice *old,
                               const struct invoice *new)
{
    size_t size;
    struct token said;
    const char *token = find_token(body, old->session, &size, &said);
    buf_auto text = {0};
    if (token) {
        buf_add(&text, body, (size_t)(token - body));
        token_write(&text, &p->engine->keys.token, said.form, new->session, said.expires_s);
        buf_text(&text, token + size);
    } else {
        buf_text(&text, body);
    }
    char *copy = arena_copy(p->arena, text.data, text.size);
    replace_all(copy, ident_serial(old->id), ident_serial(new->id));
    replace_all(copy, ident_serial(old->session), ident_serial(new->session));
    if (old->customer_id) {
        replace_all(copy, old->customer_id, new->customer_id);
    }
    if (card_token(p, old->payload)) {
        replace_all(copy, card_token(p, old->payload), card_token(p, new->payload));
    }
    return copy;
}

/* ------------------------------------------------------------------ one invoice */

/* Replaces the card's token in a payload by one of this database. It leads to the first invoice in
 * the file with this card: later ones charge it by token. */
static const char *rename_card(const struct placing *p, const struct invoice *invoice,
                               const char *payload)
{
    char own[CARD_TOKEN_TEXT];
    const char *token = card_token(p, payload);
    if (!token) {
        return payload;
    }
    if (!json_object_get(p->cards, token)) {
        if (ident_has_form(token, "card")) { /* of an earlier version: the length must stay */
            ident_of_row(p->engine->keys.rows, "card", invoice->seq, own);
        } else {
            engine_card_token(p->engine, invoice, own);
        }
        json_object_set_new(p->cards, token, json_string(own));
    }
    char *copy = arena_strdup(p->arena, payload);
    replace_all(copy, token, json_string_value(json_object_get(p->cards, token)));
    return copy;
}

/* A reference means another customer in another account, so the id is derived again. */
static void rename_customer(const struct placing *p, struct invoice *invoice)
{
    const char *text = invoice->customer ? invoice->customer : "{}";
    json_auto_t *customer = json_parse(text, strlen(text), p->arena, NULL);
    const char *reference = json_string_value(json_object_get(customer, "reference_id"));
    char id[IDENT_TEXT];
    if (invoice->customer_id && reference) {
        engine_customer_id(p->engine, p->tenant, p->arena, reference, id);
        invoice->customer_id = arena_strdup(p->arena, id);
    }
}

static const char *logs_of(const struct placing *p, const struct file_invoice *row)
{
    struct callback *list = arena_alloc(p->arena, row->n_callbacks * sizeof *list + 1);
    for (size_t i = 0; i < row->n_callbacks; i++) {
        list[i] = row->callbacks[i].callback;
    }
    return outbox_logs_of(p->arena, list, row->n_callbacks);
}

static void number_invoice(const struct placing *p, struct file_invoice *row, bool keep,
                           bool keep_callback_ids)
{
    struct invoice *invoice = &row->invoice;
    const struct invoice old = *invoice;
    if (!keep) {
        invoice->seq = store_invoice_next_seq(p->engine->store, invoice_kind(old.seq));
    }
    invoice_id(p->engine->keys.rows, invoice->seq, invoice->id);
    ident_of_row(p->engine->keys.rows, "cgi", invoice->seq, invoice->session);
    report_renamed(p, old.id, invoice->id);
    rename_customer(p, invoice);
    if (!keep) {
        invoice->payload = rename_card(p, invoice, old.payload);
        invoice->challenge_payload = rename_card(p, invoice, old.challenge_payload);
        invoice->saved_card = rename_card(p, invoice, old.saved_card);
    }
    for (size_t i = 0; i < row->n_callbacks; i++) {
        struct callback *callback = &row->callbacks[i].callback;
        callback->invoice = invoice->seq;
        callback->body = rename_body(p, callback->body, &old, invoice);
        if (!keep_callback_ids) {
            number_callback(p, callback);
        }
        callback->signature = account_sign(&p->tenant->account, p->arena, callback->test_mode,
                                           callback->body, strlen(callback->body));
    }
    invoice->callback_logs = logs_of(p, row);
}

static void add_invoice(const struct placing *p, struct file_invoice *row)
{
    struct store *store = p->engine->store;
    store_snapshot_add(store, p->snapshot, &row_invoice, &row->invoice);
    for (size_t i = 0; i < row->n_transitions; i++) {
        row->transitions[i].invoice = row->invoice.seq;
        store_snapshot_add(store, p->snapshot, &row_transition, &row->transitions[i]);
    }
    for (size_t i = 0; i < row->n_refunds; i++) {
        struct refund *refund = &row->refunds[i];
        refund->invoice = row->invoice.seq;
        refund->id = refund->id ? refund->id
                                : refund_id(p->engine, p->tenant, p->arena, refund->reference_id);
        store_snapshot_add(store, p->snapshot, &row_refund, refund);
    }
    for (size_t i = 0; i < row->n_callbacks; i++) {
        const struct file_callback *callback = &row->callbacks[i];
        store_snapshot_add(store, p->snapshot, &row_callback, &callback->callback);
        for (size_t k = 0; k < callback->n_attempts; k++) {
            callback->attempts[k].callback = callback->callback.seq;
            store_snapshot_add(store, p->snapshot, &row_attempt, &callback->attempts[k]);
        }
    }
}

/* ------------------------------------------------------------------ the whole */

static void place(struct placing *p, struct snapshot *snapshot)
{
    struct snapshot_file *file = p->file;
    bool keep = keep_invoices(p), keep_callback_ids = keep_callbacks(p);
    p->snapshot = snapshot->seq = store_snapshot_insert(p->engine->store, snapshot);
    for (size_t i = 0; i < file->n_invoices; i++) {
        number_invoice(p, &file->invoices[i], keep, keep_callback_ids);
        add_invoice(p, &file->invoices[i]);
    }
    for (size_t i = 0; i < file->n_outcomes; i++) {
        const char *text = file->outcomes[i];
        const struct queued_outcome row = {text, outcome_kind(text)};
        store_snapshot_add(p->engine->store, p->snapshot, &row_outcome, &row);
    }
    for (size_t i = 0; i < file->n_balances; i++) {
        store_snapshot_add(p->engine->store, p->snapshot, &row_balance, &file->balances[i]);
    }
    p->engine->turn.garbage = true; /* the rows of a snapshot that it replaces */
}

enum snapshot_result snapshot_import(struct engine *engine, struct tenant *tenant,
                                     const struct snapshot_import *import,
                                     struct snapshot *ret_snapshot)
{
    struct arena *arena = import->arena;
    struct snapshot_file *file = import->file;
    if (!snapshot_has_room(engine, tenant, arena, import->name)) {
        return SNAPSHOT_TOO_MANY;
    }
    *ret_snapshot = (struct snapshot){
        .account = tenant->account.keys.id,
        .name = import->name,
        .created_ms = file->created_ms,
        .invoices = (int64_t)file->n_invoices,
        .settings = file->settings,
        .services = file->services,
        .frozen = file->frozen,
        .now_ms = file->now_ms,
    };
    json_auto_t *cards = json_object();
    struct placing placing = {engine, tenant, import, arena, file, cards};
    place(&placing, ret_snapshot);
    return SNAPSHOT_DONE;
}
