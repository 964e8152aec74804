/* Reads any bytes as a JSON document and by a table with fields of every kind, and writes it in all
 * styles. The written text must read back the same. */
#include "fuzz.h"

#include "view/settings.h"
#include "view/view_errors.h"
#include "wire/json_out.h"
#include "wire/json_read.h"
#include "wire/json_reencode.h"

#include <string.h>

struct row {
    const char *text, *choice, *url, *email, *country, *date, *currency, *map, *inner_text;
    int64_t money, number, bounded, duration, datetime;
    bool flag, has_inner;
    const json_t *any;
};

#define AT(member) .offset = offsetof(struct row, member)

static const char *const choices[] = {"GET", "POST", NULL};

static const struct json_field inner_fields[] = {
    {"text", JSON_KIND_TEXT, AT(inner_text), .required = true},
};

static const struct json_field fields[] = {
    {"text", JSON_KIND_TEXT, AT(text), .least = 2, .most = 5},
    {"choice", JSON_KIND_TEXT, AT(choice), .choices = choices},
    {"url", JSON_KIND_TEXT, AT(url), .most = 2048, .format = JSON_FORMAT_URL},
    {"email", JSON_KIND_TEXT, AT(email), .format = JSON_FORMAT_EMAIL},
    {"country", JSON_KIND_TEXT, AT(country), .format = JSON_FORMAT_COUNTRY},
    {"date", JSON_KIND_TEXT, AT(date), .format = JSON_FORMAT_DATE},
    {"currency", JSON_KIND_TEXT, AT(currency), .format = JSON_FORMAT_CURRENCY},
    {"money", JSON_KIND_MONEY, AT(money)},
    {"number", JSON_KIND_INT, AT(number)},
    {"bounded", JSON_KIND_INT, AT(bounded), .least = -1, .most = 10},
    {"flag", JSON_KIND_BOOL, AT(flag)},
    {"duration", JSON_KIND_DURATION, AT(duration)},
    {"datetime", JSON_KIND_DATETIME, AT(datetime)},
    {"map", JSON_KIND_MAP, AT(map)},
    {"inner", JSON_KIND_OBJECT, AT(has_inner), .fields = inner_fields,
     .n_fields = ARRAY_SIZE(inner_fields)},
    {"any", JSON_KIND_ANY, AT(any)},
};

/* Checks that the written text is one line of ASCII with one document. */
static json_t *parse_written(struct arena *arena, const struct buf *text)
{
    for (size_t i = 0; i < text->size; i++) {
        PROMISE(text->data[i] >= ' ' && text->data[i] <= 0x7f);
    }
    json_t *value = json_parse(text->data, text->size, arena, NULL);
    PROMISE(value);
    return value;
}

/* 1e2 is written as 100 and then read as a whole number, as in PHP. Therefore the texts are
 * compared, not the values. */
static void write_and_compare(struct arena *arena, const json_t *document)
{
    buf_auto first = {0}, second = {0}, third = {0};
    struct json_out out = {.buf = &first};
    json_out_value(&out, NULL, document, false);
    json_auto_t *once = parse_written(arena, &first);
    out = (struct json_out){.buf = &second};
    json_out_value(&out, NULL, once, false);
    json_auto_t *twice = parse_written(arena, &second);
    PROMISE(json_equal(once, twice));
    out = (struct json_out){.buf = &third};
    json_out_value(&out, NULL, twice, false);
    PROMISE(strcmp(second.data, third.data) == 0);
    json_text(arena, document, true);
}

/* In each style the document is the same, and writing it in the platform's style again gives the
 * same text. */
static void reencode_and_compare(struct arena *arena, const json_t *document, const char *text,
                                 size_t size)
{
    buf_auto first = {0};
    const size_t most = (size_t)1 << 22;
    PROMISE(json_reencode(text, size, &JSON_STYLE_PLATFORM, most, &first));
    for (unsigned i = 0; i < 24; i++) {
        const struct json_style style = {i / 6, i / 2 % 3, i % 2};
        buf_auto other = {0}, back = {0};
        if (!json_reencode(text, size, &style, most, &other)) {
            continue;
        }
        json_auto_t *again = json_parse(other.data, other.size, arena, NULL);
        PROMISE(again && json_equal(again, (json_t *)document));
        PROMISE(json_reencode(other.data, other.size, &JSON_STYLE_PLATFORM, most, &back));
        PROMISE(strcmp(first.data, back.data) == 0);
    }
}

/* In each format of errors, all errors can be read back from the written text. */
static void write_errors(struct arena *arena, const json_t *document,
                         const struct json_errors *errors)
{
    const struct error_place places[] = {{false, true, document, "text"},
                                         {true, false, NULL, NULL}};
    for (int profile = 0; profile < PROFILE_COUNT; profile++) {
        for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
            buf_auto text = {0};
            view_errors(&text, view_error_style((enum profile)profile), &places[i], errors);
            json_auto_t *written = parse_written(arena, &text);
            json_auto_t *back = view_errors_read(written);
            PROMISE(json_object_size(back) == errors->n);
        }
    }
}

static void read_by_table(struct arena *arena, const json_t *document, bool strict)
{
    struct json_errors errors = {.arena = arena};
    struct row row = {0};
    json_read(document, fields, ARRAY_SIZE(fields), strict, &row, &errors);
    write_errors(arena, document, &errors);
    PROMISE(row.duration >= 0 && row.bounded >= -1 && row.bounded <= 10);
}

static void read_settings(struct arena *arena, const json_t *document)
{
    struct json_errors errors = {.arena = arena};
    struct settings settings;
    buf_auto text = {0};
    struct json_out out = {.buf = &text};
    settings_default(&settings);
    settings_read(document, NULL, NULL, &settings, &errors);
    json_out_object(&out, NULL);
    settings_write(&out, &settings);
    json_out_object_end(&out);
    json_auto_t *written = parse_written(arena, &text);
    struct json_errors none = {.arena = arena};
    settings_read(written, NULL, NULL, &settings, &none);
    PROMISE(none.n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    const char *why = NULL;
    json_t *document = json_parse((const char *)data, size, &arena, &why);
    PROMISE(document || why);
    if (document) {
        write_and_compare(&arena, document);
        reencode_and_compare(&arena, document, (const char *)data, size);
    }
    if (json_is_object(document)) {
        read_by_table(&arena, document, true);
        read_by_table(&arena, document, false);
        read_settings(&arena, document);
    }
    json_decref(document);
    arena_finish(&arena);
    return 0;
}
