#include "compare/probe.h"

#include "base/buf.h"
#include "base/crypt.h"
#include "base/text.h"
#include "base/wall.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define IDS_MOST 20
#define IDS_MOST_LEARNED 100
#define JSON_TYPE "application/json"
#define FORM_TYPE "application/x-www-form-urlencoded"

static const char *const kept_names[KEPT_COUNT] = {
    [KEPT_PAYMENTS] = "the account has no payment invoice",
    [KEPT_PAYMENT_SERVICES] = "the account has no payment service",
    [KEPT_PAYOUTS] = "the account has no payout invoice",
    [KEPT_PAYOUT_SERVICES] = "the account has no payout service",
};

/* Ids, one for each pair of status and resolution; all of them when shapes are learned. */
struct ids {
    const char *list[IDS_MOST_LEARNED], *seen[IDS_MOST_LEARNED];
    size_t n;
};

#define FAILURES_MOST 3
#define WORDS 8
#define MINUTE_MS (60LL * 1000)

/* What stands for {name}. */
struct word {
    const char *name, *value;
};

struct run {
    struct comparison *comparison;
    struct ids ids[KEPT_COUNT];
    struct word words[WORDS];
    bool refused;
    int failures; /* calls in a row without a reply */
};

/* ------------------------------------------------------------------ ids */

static bool is_id(const char *text)
{
    static const char marks[] = TEXT_LETTERS TEXT_DIGITS "_-";
    return text && *text && strlen(text) <= 64 && !text[strspn(text, marks)];
}

static const char *text_at(const json_t *attributes, const char *key)
{
    const char *text = json_string_value(json_object_get(attributes, key));
    return text ? text : "";
}

static void keep_id(struct run *run, struct ids *ids, const json_t *item)
{
    struct arena *arena = &run->comparison->arena;
    bool learns = run->comparison->options.learn;
    const char *id = json_string_value(json_object_get(item, "id"));
    const json_t *attributes = json_object_get(item, "attributes");
    const char *seen = arena_printf(arena, "%s %s %s", text_at(attributes, "status"),
                                    text_at(attributes, "resolution"), learns && id ? id : "");
    bool new = is_id(id) && ids->n < (size_t)(learns ? IDS_MOST_LEARNED : IDS_MOST);
    for (size_t i = 0; new &&i < ids->n; i++) {
        new = !text_equal(ids->seen[i], seen);
    }
    if (new) {
        ids->seen[ids->n] = seen;
        ids->list[ids->n++] = arena_strdup(arena, id);
    }
}

static void keep_ids(struct run *run, enum kept kept, const json_t *body)
{
    const json_t *list = json_object_get(body, "data");
    for (size_t i = 0; i < json_array_size(list); i++) {
        keep_id(run, &run->ids[kept], json_array_get(list, i));
    }
}

/* ------------------------------------------------------------------ calls */

/* The public API stands beside the private one, which may be called under /api. */
static const char *base_of(struct comparison *comparison, const char *path)
{
    const char *base = comparison->options.against;
    size_t size = strlen(base);
    bool api = size > 4 && text_equal(base + size - 4, "/api");
    return api && text_starts(path, "/public-api/") ? arena_copy(&comparison->arena, base, size - 4)
                                                    : base;
}

/* The value of the word at the start of `text`, which is behind a brace; NULL if it is none. */
static const char *word_at(const struct run *run, const char *text, size_t *ret_size)
{
    size_t size = strcspn(text, "}");
    for (size_t i = 0; text[size] && i < WORDS; i++) {
        const char *name = run->words[i].name;
        if (strlen(name) == size && strncmp(name, text, size) == 0) {
            *ret_size = size + 1;
            return run->words[i].value;
        }
    }
    return NULL;
}

/* Replaces {words}. NULL stays NULL. */
static const char *fill(const struct run *run, const char *format)
{
    buf_auto out = {0};
    for (const char *p = format; p && *p; p++) {
        size_t size = 0;
        const char *word = *p == '{' ? word_at(run, p + 1, &size) : NULL;
        word ? buf_text(&out, word) : buf_char(&out, *p);
        p += size;
    }
    return format ? arena_strdup(&run->comparison->arena, buf_str(&out)) : NULL;
}

/* What makes every further call pointless. */
static const char *why_no_more(const struct compare_reply *reply)
{
    return reply->failure ? reply->failure
           : reply->status == 401 || reply->status == 403
               ? "it refuses the login: check --account-id and the key"
           : reply->status / 100 == 3 ? "it redirects to another URL: name that one"
                                      : NULL;
}

/* Replies that say nothing about the contract. */
static const char *why_no_reply(const struct compare_reply *reply)
{
    return reply->failure         ? reply->failure
           : reply->status == 429 ? "it answers 429: too many calls"
           : reply->status >= 502 ? "it is not available"
                                  : NULL;
}

/* What the settings of the account refuse. */
static const char *why_no_order(int status)
{
    return status == 422
               ? "the order is refused: name a service of the account with --service and --currency"
           : status == 403 ? "the account refuses such orders"
                           : NULL;
}

static void take_reply(struct run *run, const struct probe *probe,
                       const struct compare_reply *reply)
{
    struct comparison *comparison = run->comparison;
    const char *why = why_no_reply(reply);
    json_t *body = NULL;
    run->failures = reply->failure ? run->failures + 1 : 0;
    if (!why && probe->creates) {
        why = why_no_order(reply->status);
        run->refused = why;
    }
    if (why) {
        comparison_note(comparison, true, probe->document, why);
    } else {
        comparison_add(comparison, probe->document, reply->status, reply->headers,
                       probe->form ? NULL : buf_str(&reply->body), reply->body.size, &body);
        keep_ids(run, probe->keeps, body);
    }
    json_decref(body);
}

const char *run_url(const struct run *run, const struct probe *probe)
{
    struct comparison *comparison = run->comparison;
    return arena_printf(&comparison->arena, "%s%s", base_of(comparison, probe->path),
                        fill(run, probe->path));
}

static void call(struct run *run, const struct probe *probe, struct compare_reply *ret_reply)
{
    const struct compare_call what = {
        .method = probe->method,
        .url = run_url(run, probe),
        .login = probe->login,
        .type = !probe->body  ? NULL
                : probe->form ? FORM_TYPE
                              : JSON_TYPE,
        .accept = probe->form ? "text/html" : JSON_TYPE,
        .body = fill(run, probe->body),
    };
    run->comparison->calls++;
    compare_call(run->comparison, &what, ret_reply);
}

static void call_and_take(struct run *run, const struct probe *probe, const char *id)
{
    struct compare_reply reply;
    run->words[0].value = id;
    call(run, probe, &reply);
    take_reply(run, probe, &reply);
    compare_reply_finish(&reply);
}

const char *run_begin(struct run *run, const struct probe *probe)
{
    struct comparison *comparison = run->comparison;
    struct compare_reply reply;
    call(run, probe, &reply);
    const char *why = why_no_more(&reply);
    if (!why) {
        take_reply(run, probe, &reply);
    }
    compare_reply_finish(&reply);
    return why ? arena_printf(&comparison->arena, "%s: %s", comparison->options.against, why)
               : NULL;
}

void run_probe(struct run *run, const struct probe *probe)
{
    const struct ids *ids = &run->ids[probe->takes];
    struct comparison *comparison = run->comparison;
    if (run->failures >= FAILURES_MOST) {
        comparison_note(comparison, true, probe->document,
                        "not called: the calls before it failed");
        return;
    }
    if (probe->public && !comparison->options.public_key) {
        comparison_note(comparison, false, probe->document, "no --public-key was given");
    } else if (!probe->takes) {
        call_and_take(run, probe, "");
    } else if (!ids->n) {
        comparison_note(comparison, false, probe->document, kept_names[probe->takes]);
    }
    for (size_t i = 0; probe->takes && i < ids->n && run->failures < FAILURES_MOST; i++) {
        call_and_take(run, probe, ids->list[i]);
    }
}

/* ------------------------------------------------------------------ a run */

const struct compare_options *run_options(const struct run *run)
{
    return &run->comparison->options;
}

static const char *time_after(struct arena *arena, int64_t ms)
{
    char text[40];
    struct tm tm;
    time_t second = (time_t)((wall_now_ms() + ms) / 1000);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", gmtime_r(&second, &tm));
    return arena_strdup(arena, text);
}

bool run_is_refused(const struct run *run)
{
    return run->refused;
}

struct run *run_new(struct comparison *comparison)
{
    struct arena *arena = &comparison->arena;
    const struct compare_options *options = &comparison->options;
    struct run *run = arena_alloc(arena, sizeof *run);
    uint64_t number;
    crypt_random(&number, sizeof number);
    const struct word words[WORDS] = {
        {"id", ""}, /* the first: of each call */
        {"public_key", options->public_key},
        {"service", options->service},
        {"currency", options->currency},
        {"reference", arena_printf(arena, "compare-%016" PRIx64, number)},
        {"soon", time_after(arena, 15 * MINUTE_MS)},
        {"early", time_after(arena, 13 * MINUTE_MS)},
        {"late", time_after(arena, 49 * 60 * MINUTE_MS)},
    };
    run->comparison = comparison;
    memcpy(run->words, words, sizeof words);
    return run;
}
