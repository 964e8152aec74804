#include "rehearse/rehearse_ledger.h"

#include "base/text.h"
#include "domain/currency.h"
#include "domain/money.h"
#include "rehearse/rehearse_hook.h"

#define INVOICES_MOST 100

static const char *text_in(struct scene *scene, const json_t *object, const char *name)
{
    return arena_strdup(&scene->arena, json_string_value(json_object_get(object, name)));
}

static int64_t money_in(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    int64_t amount = 0;
    return json_is_number(value) && money_from_double(json_number_value(value), &amount) == MONEY_OK
               ? amount
               : 0;
}

/* ------------------------------------------------------------------ invoices */

static bool read_invoice(struct scene *scene, const char *kind, const char *id,
                         struct ledger_invoice *ret_invoice)
{
    json_t *seen =
        platform_call(scene, "GET", arena_printf(&scene->arena, "%s/%s", kind, id), NULL);
    const json_t *attributes = json_object_get(json_object_get(seen, "data"), "attributes");
    const json_t *page = json_object_get(json_object_get(attributes, "flow_data"), "metadata");
    *ret_invoice = (struct ledger_invoice){
        .id = id,
        .session = text_in(scene, page, "sid"),
        .reference = text_in(scene, attributes, "reference_id"),
        .status = text_in(scene, attributes, "status") ?: "",
        .resolution = text_in(scene, attributes, "resolution") ?: "",
        .currency = text_in(scene, attributes, "currency"),
        .amount = money_in(attributes, "amount"),
        .paid = money_in(attributes, "processed_amount"),
        .refunded = money_in(attributes, "refunded_amount"),
        .charged_back = money_in(seen, "charged_back_amount"),
        .payout = text_equal(kind, "payout-invoices"),
    };
    json_decref(seen);
    return seen;
}

static bool read_invoices(struct scene *scene, const char *kind, struct ledger *ledger)
{
    json_t *list =
        platform_call(scene, "GET", arena_printf(&scene->arena, "%s?limit=100", kind), NULL);
    const json_t *items = json_object_get(list, "items");
    bool good = list;
    for (size_t i = json_array_size(items); good && i-- > 0 && ledger->n < INVOICES_MOST;) {
        const char *id = text_in(scene, json_array_get(items, i), "id");
        if (!text_equal(id, scene->other)) {
            good = read_invoice(scene, kind, id, &ledger->invoices[ledger->n++]);
        }
    }
    json_decref(list);
    return good;
}

bool ledger_read(struct scene *scene, struct ledger *ret_ledger)
{
    *ret_ledger = (struct ledger){
        .invoices = arena_alloc(&scene->arena, INVOICES_MOST * sizeof *ret_ledger->invoices)};
    if (!read_invoices(scene, "payment-invoices", ret_ledger) ||
        !read_invoices(scene, "payout-invoices", ret_ledger)) {
        return false;
    }
    ret_ledger->callbacks = platform_call(scene, "GET", "callbacks?limit=1000&bodies=false", NULL);
    return ret_ledger->callbacks;
}

void ledger_finish(struct ledger *ledger)
{
    json_decref(ledger->callbacks);
}

int64_t ledger_share(int64_t amount, int64_t percent, const char *currency)
{
    int64_t step = currency_step(currency);
    return amount / 100 * percent / step * step;
}

const struct ledger_invoice *ledger_find(const struct ledger *ledger, const char *id)
{
    for (size_t i = 0; i < ledger->n; i++) {
        if (text_equal(ledger->invoices[i].id, id)) {
            return &ledger->invoices[i];
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------ the shop */

static int64_t money_told(struct scene *scene, const struct rehearse_extract *extract,
                          const struct hook_answer *answer)
{
    const char *text = extract->given ? hook_extract(scene, extract, answer) : NULL;
    int64_t amount;
    return text && money_parse(text, &amount) == MONEY_OK ? amount : MONEY_NONE;
}

static int64_t count_told(struct scene *scene, const struct rehearse_extract *extract,
                          const struct hook_answer *answer)
{
    const char *text = extract->given ? hook_extract(scene, extract, answer) : NULL;
    int64_t n;
    return text && text_to_int(text, &n) ? n : -1;
}

static void take_words(struct scene *scene, const struct rehearse_hook *hook,
                       const struct rehearse_words *words, const struct hook_answer *answer,
                       struct shop_state *ret_state)
{
    const char *word = hook_extract(scene, &words->status, answer);
    if (!word) {
        ret_state->told = ret_state->shown =
            arena_printf(&scene->arena, "the answer of the hook %s has no status", hook->name);
        return;
    }
    const char *mapped = json_string_value(json_object_get(words->map, word));
    ret_state->read = true;
    ret_state->told = word;
    ret_state->state = mapped ? mapped : !words->map ? word : "unknown";
    ret_state->shown = text_equal(word, ret_state->state)
                           ? word
                           : arena_printf(&scene->arena, mapped ? "%s (%s)" : "%s (not in %s.map)",
                                          word, mapped ? mapped : hook->name);
}

bool shop_state_read(struct scene *scene, enum rehearse_hook_kind kind,
                     struct shop_state *ret_state)
{
    const struct rehearse_settings *settings = &scene->rehearsal->settings;
    const struct rehearse_hook *hook = &settings->hooks[kind];
    bool order = kind == HOOK_STATE;
    struct hook_answer answer;
    *ret_state = (struct shop_state){
        .state = "unknown", .fulfilments = -1, .amount = MONEY_NONE, .refunded = MONEY_NONE};
    if (!hook_run(scene, hook, &answer)) {
        hook_answer_finish(&answer);
        return false;
    }
    if (answer.good) {
        take_words(scene, hook, order ? &settings->order_words : &settings->payout_words, &answer,
                   ret_state);
    } else {
        ret_state->told = ret_state->shown = answer.told;
        ret_state->denied = answer.status >= 400 && answer.status < 500;
    }
    if (order && ret_state->read) {
        ret_state->fulfilments = count_told(scene, &settings->fulfilments, &answer);
        ret_state->amount = money_told(scene, &settings->shop_amount, &answer);
        ret_state->refunded = money_told(scene, &settings->refunded, &answer);
    }
    hook_answer_finish(&answer);
    return true;
}

bool shop_state_equal(const struct shop_state *a, const struct shop_state *b)
{
    if (!a->read || !b->read) {
        return a->read == b->read; /* what a hook complains of may have the time in it */
    }
    return text_equal(a->told, b->told) && a->fulfilments == b->fulfilments &&
           a->amount == b->amount && a->refunded == b->refunded;
}
