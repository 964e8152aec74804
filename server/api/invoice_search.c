#include "invoice_search.h"

#include "api/callback_filter.h"
#include "api/control.h"
#include "base/text.h"

#include <string.h>

#define SEARCH_MOST 100
#define LINE_MOST 500
#define DAY_MS ((int64_t)86400000)

/* ------------------------------------------------------------------ values */

/* Readers of one value. `name` is the name under which it was sent, for the refusal. */

static struct answer *read_text(struct call *call, const char *name, const char *text,
                                const char **ret_text)
{
    *ret_text = *text ? text : NULL;
    return text_utf8_length(text, strlen(text)) <= SEARCH_MOST
               ? NULL
               : call_invalid(call, "%s: must be at most %d characters", name, SEARCH_MOST);
}

static struct answer *read_search(struct call *call, const char *name, const char *text,
                                  struct invoice_filter *filter)
{
    return read_text(call, name, text, &filter->search);
}

static struct answer *read_reference(struct call *call, const char *name, const char *text,
                                     struct invoice_filter *filter)
{
    return read_text(call, name, text, &filter->reference);
}

static struct answer *read_customer(struct call *call, const char *name, const char *text,
                                    struct invoice_filter *filter)
{
    return read_text(call, name, text, &filter->customer);
}

static struct answer *read_service(struct call *call, const char *name, const char *text,
                                   struct invoice_filter *filter)
{
    return read_text(call, name, text, &filter->service);
}

static struct answer *read_currency(struct call *call, const char *name, const char *text,
                                    struct invoice_filter *filter)
{
    return read_text(call, name, arena_upper(call->arena, text), &filter->currency);
}

/* The set of statuses that a word stands for, 0: it is unknown. */
static uint32_t statuses_of(const char *word)
{
    enum status one;
    bool failed = text_equal_nocase(word, "failed"), pending = text_equal_nocase(word, "pending");
    uint32_t set = status_parse(word, &one) ? STATUS_BIT(one) : 0;
    for (int i = 0; i < STATUS_COUNT && (failed || pending); i++) {
        enum status status = (enum status)i;
        if (failed ? status_is_failure(status) : !status_is_final(status)) {
            set |= STATUS_BIT(status);
        }
    }
    return set;
}

static struct answer *read_status(struct call *call, const char *name, const char *text,
                                  struct invoice_filter *filter)
{
    (void)name;
    uint32_t set = 0;
    while (text) {
        size_t size = strcspn(text, ",");
        const char *word = arena_copy(call->arena, text, size);
        uint32_t more = statuses_of(word);
        if (!more) {
            return call_control_error(call, 422, "unknown_status", "%s",
                                      status_unknown(word, call->arena));
        }
        set |= more;
        text = text[size] ? text + size + 1 : NULL;
    }
    filter->statuses = set;
    return NULL;
}

/* Reads one of two words as the mode. */
static struct answer *read_mode(struct call *call, const char *name, const char *text,
                                struct invoice_filter *filter)
{
    static const char *const words[] = {"live", "test", "false", "true", "0", "1", NULL};
    int at = text_index(words, text);
    filter->test_mode = at % 2;
    return at >= 0 ? NULL
                   : call_invalid(call, "%s: must be %s", name,
                                  text_equal(name, "mode") ? "test or live" : "true or false");
}

static struct answer *read_callback(struct call *call, const char *name, const char *text,
                                    struct invoice_filter *filter)
{
    struct callback_filter callback = store_callback_any(0);
    if (!callback_state_filter(text, &callback)) {
        return call_invalid(call, "%s: must be %s", name, CALLBACK_STATE_WORDS);
    }
    filter->has_callback = true;
    filter->callback_state = callback.state;
    filter->callback_other_than = callback.other_than;
    filter->callback_failing = callback.failing;
    return NULL;
}

static struct answer *read_from(struct call *call, const char *name, const char *text,
                                struct invoice_filter *filter)
{
    return text_to_int(text, &filter->from_ms)
               ? NULL
               : call_invalid(call, "%s: must be unix milliseconds", name);
}

static struct answer *read_to(struct call *call, const char *name, const char *text,
                              struct invoice_filter *filter)
{
    return text_to_int(text, &filter->to_ms)
               ? NULL
               : call_invalid(call, "%s: must be unix milliseconds", name);
}

/* ------------------------------------------------------------------ ranges */

/* A value as the first and the last number that it stands for. Returns false if it is none. */
typedef bool range_end(struct call *call, const char *text, int64_t *ret_first, int64_t *ret_last);

static bool read_amount_end(struct call *call, const char *text, int64_t *ret_first,
                            int64_t *ret_last)
{
    (void)call;
    bool good = money_parse(text, ret_first) == MONEY_OK;
    *ret_last = *ret_first;
    return good;
}

static bool read_day_end(struct call *call, const char *text, int64_t *ret_first, int64_t *ret_last)
{
    bool good = text_is_date(text) &&
                text_to_datetime(arena_printf(call->arena, "%sT00:00Z", text), ret_first);
    *ret_last = good ? *ret_first + DAY_MS - 1 : 0;
    return good;
}

/* 5, >5, >=5, <5, <=5 or 5..7: the least and the most that match. */
static bool read_range(struct call *call, const char *text, range_end *read, int64_t *ret_least,
                       int64_t *ret_most)
{
    const char *dots = strstr(text, "..");
    bool above = *text == '>', below = *text == '<', equal = text[above || below] == '=';
    int64_t first, last, unused;
    if (dots && !above && !below) {
        return read(call, arena_copy(call->arena, text, (size_t)(dots - text)), ret_least,
                    &unused) &&
               read(call, dots + 2, &unused, ret_most);
    }
    bool bounded = above || below;
    if (!read(call, text + bounded + (bounded && equal), &first, &last)) {
        return false;
    }
    *ret_least = below ? TIME_NONE : above && !equal ? last + 1 : first;
    *ret_most = above ? TIME_NONE : below && !equal ? first - 1 : last;
    return true;
}

static struct answer *read_amount(struct call *call, const char *name, const char *text,
                                  struct invoice_filter *filter)
{
    return read_range(call, text, read_amount_end, &filter->amount_least, &filter->amount_most)
               ? NULL
               : call_invalid(call, "%s: must be like 100, >100, <=100 or 100..200", name);
}

static struct answer *read_created(struct call *call, const char *name, const char *text,
                                   struct invoice_filter *filter)
{
    return read_range(call, text, read_day_end, &filter->from_ms, &filter->to_ms)
               ? NULL
               : call_invalid(call,
                              "%s: must be like 2030-01-31, >2030-01-31, <=2030-01-31 or "
                              "2030-01-01..2030-01-31",
                              name);
}

/* ------------------------------------------------------------------ the tables */

typedef struct answer *reader(struct call *call, const char *name, const char *text,
                              struct invoice_filter *filter);

/* What a name filters by. Each may be sent once. */
enum {
    BY_SEARCH = 1 << 0,
    BY_STATUS = 1 << 1,
    BY_SERVICE = 1 << 2,
    BY_CURRENCY = 1 << 3,
    BY_MODE = 1 << 4,
    BY_CALLBACK = 1 << 5,
    BY_FROM = 1 << 6,
    BY_TO = 1 << 7,
    BY_REFERENCE = 1 << 8,
    BY_CUSTOMER = 1 << 9,
    BY_AMOUNT = 1 << 10,
};

struct name {
    const char *name;
    unsigned filters;
    reader *read;
};

static const struct name parameters[] = {
    {"search", BY_SEARCH, read_search},    {"status", BY_STATUS, read_status},
    {"service", BY_SERVICE, read_service}, {"currency", BY_CURRENCY, read_currency},
    {"test_mode", BY_MODE, read_mode},     {"callback", BY_CALLBACK, read_callback},
    {"from", BY_FROM, read_from},          {"to", BY_TO, read_to},
};

static const struct name terms[] = {
    {"status", BY_STATUS, read_status},
    {"ref", BY_REFERENCE, read_reference},
    {"customer", BY_CUSTOMER, read_customer},
    {"amount", BY_AMOUNT, read_amount},
    {"currency", BY_CURRENCY, read_currency},
    {"service", BY_SERVICE, read_service},
    {"mode", BY_MODE, read_mode},
    {"created", BY_FROM | BY_TO, read_created},
    {"callback", BY_CALLBACK, read_callback},
};
#define TERMS "status, ref, customer, amount, currency, service, mode, created or callback"

static struct answer *apply(struct call *call, const struct name *name, const char *text,
                            struct invoice_filter *filter, unsigned *seen)
{
    if (*seen & name->filters) {
        return call_invalid(call, "%s: this filter was sent twice", name->name);
    }
    *seen |= name->filters;
    return name->read(call, name->name, text, filter);
}

/* ------------------------------------------------------------------ the line of terms */

/* Takes the next word: up to a blank, without its quotes, inside which blanks and colons are text.
 * `ret_colon` is the place of its first colon outside quotes, or NULL. Returns NULL if a quote is
 * not closed. */
static char *take_word(struct call *call, const char **line, char **ret_colon)
{
    const char *from = *line + strspn(*line, " ");
    char *word = arena_alloc(call->arena, strlen(from) + 1), *out = word;
    bool quoted = false;
    *ret_colon = NULL;
    for (; *from && (quoted || *from != ' '); from++) {
        if (*from == '"') {
            quoted = !quoted;
            continue;
        }
        if (*from == ':' && !quoted && !*ret_colon) {
            *ret_colon = out;
        }
        *out++ = *from;
    }
    *out = '\0';
    *line = from + strspn(from, " ");
    return quoted ? NULL : word;
}

/* `name:value` is a term; a name of other signs than letters belongs to a text, as in 12:30 or in a
 * URL. */
static bool is_term(const char *word, const char *colon)
{
    return colon && colon > word && strspn(word, TEXT_LETTERS) == (size_t)(colon - word) &&
           !text_starts(colon, "://");
}

/* The words that are no terms, with a blank between them, are the text to search. */
static struct answer *read_line(struct call *call, const char *line, struct invoice_filter *filter,
                                unsigned *seen)
{
    struct answer *refused = NULL;
    const char *text = NULL;
    if (text_utf8_length(line, strlen(line)) > LINE_MOST) {
        return call_invalid(call, "q: must be at most %d characters", LINE_MOST);
    }
    while (*line && !refused) {
        char *colon, *word = take_word(call, &line, &colon);
        if (!word) {
            return call_invalid(call, "q: the last \" begins a quoted text that does not end");
        }
        if (!is_term(word, colon)) {
            text = text ? arena_printf(call->arena, "%s %s", text, word) : word;
            continue;
        }
        *colon = '\0';
        const struct name *term = text_find_nocase(word, terms, ARRAY_SIZE(terms), sizeof *terms);
        refused = term ? apply(call, term, colon + 1, filter, seen)
                       : call_invalid(call,
                                      "q: unknown name %s: must be " TERMS
                                      ", or quote the text: \"%s:%s\"",
                                      word, word, colon + 1);
    }
    return refused || !text || !*text ? refused : apply(call, &parameters[0], text, filter, seen);
}

struct answer *invoice_search_read(struct call *call, struct invoice_filter *filter)
{
    struct answer *refused = NULL;
    unsigned seen = 0;
    for (size_t i = 0; i < ARRAY_SIZE(parameters) && !refused; i++) {
        const char *text = http_query_text(call->request, parameters[i].name);
        refused = text ? apply(call, &parameters[i], text, filter, &seen) : NULL;
    }
    const char *line = http_query_text(call->request, "q");
    return refused || !line ? refused : read_line(call, line, filter, &seen);
}
