#include "store_search.h"

#include "base/fold.h"
#include "base/mem.h"
#include "wire/json_reencode.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_MOST ((size_t)1 << 20) /* bytes of JSON in which a value is looked for */

/* Kept between calls, for their memory. */
struct finder {
    struct buf plain, folded;
};

static void answer(sqlite3_context *context, struct finder *finder, sqlite3_value *part)
{
    const char *text = (const char *)sqlite3_value_text(part);
    bool found = text && memmem(buf_str(&finder->folded), finder->folded.size, text,
                                (size_t)sqlite3_value_bytes(part));
    sqlite3_result_int(context, found);
}

static void finds(sqlite3_context *context, int n, sqlite3_value **values)
{
    struct finder *finder = sqlite3_user_data(context);
    const char *text = (const char *)sqlite3_value_text(values[0]);
    (void)n;
    finder->folded.size = 0;
    if (text) {
        fold_add(&finder->folded, text, (size_t)sqlite3_value_bytes(values[0]));
    }
    answer(context, finder, values[1]);
}

/* The end of a string or of another token, which begins at `at`. */
static size_t token_end(const char *json, size_t at, size_t end)
{
    if (json[at] != '"') {
        return at + strcspn(json + at, ",:[]{}\"");
    }
    for (at++; at < end && json[at] != '"'; at++) {
        at += json[at] == '\\';
    }
    return at < end ? at + 1 : end;
}

/* Appends the inside of a string. Of its escapes only quotes and backslashes are left that mean
 * something here; a line end within a text is taken for a blank. */
static void fold_string(struct buf *out, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        const char *escape = memchr(text + at, '\\', size - at);
        size_t end = escape ? (size_t)(escape - text) : size;
        fold_add(out, text + at, end - at);
        if (end + 1 < size) {
            buf_char(out, strchr("\"\\", text[end + 1]) ? text[end + 1] : ' ');
        }
        at = end + 2;
    }
}

/* Appends the values of JSON without blanks. A line end keeps two of them apart. */
static void fold_values(struct buf *out, const struct buf *json)
{
    const char *text = buf_str(json);
    for (size_t at = 0; at < json->size;) {
        size_t end = token_end(text, at, json->size);
        if (end > at && text[end] != ':') {
            size_t quote = text[at] == '"';
            fold_string(out, text + at + quote, end - at - 2 * quote);
            buf_char(out, '\n');
        }
        at = end > at ? end : at + 1;
    }
}

static void finds_value(sqlite3_context *context, int n, sqlite3_value **values)
{
    static const struct json_style plain = {.wide = JSON_WIDE_UTF8};
    struct finder *finder = sqlite3_user_data(context);
    const char *json = (const char *)sqlite3_value_text(values[0]);
    (void)n;
    finder->plain.size = finder->folded.size = 0;
    if (json) {
        json_reencode(json, (size_t)sqlite3_value_bytes(values[0]), &plain, VALUE_MOST,
                      &finder->plain);
        fold_values(&finder->folded, &finder->plain);
    }
    answer(context, finder, values[1]);
}

static void finder_free(void *arg)
{
    struct finder *finder = arg;
    buf_finish(&finder->plain);
    buf_finish(&finder->folded);
    free(finder);
}

int store_search_begin(sqlite3 *db)
{
    static const struct {
        const char *name;
        void (*call)(sqlite3_context *context, int n, sqlite3_value **values);
    } functions[] = {{"finds", finds}, {"finds_value", finds_value}};
    int code = SQLITE_OK;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0] && code == SQLITE_OK; i++) {
        const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
        struct finder *finder = mem_alloc(sizeof *finder); /* SQLite frees it, also on errors */
        code = sqlite3_create_function_v2(db, functions[i].name, 2, flags, finder,
                                          functions[i].call, NULL, NULL, finder_free);
    }
    return code;
}
