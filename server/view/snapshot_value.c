#include "snapshot_value.h"

#include "base/crypt.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL_MOST 2048
#define TIME_MOST_MS ((int64_t)1 << 53)
#define COUNT_MOST 1000000000 /* of attempts, of milliseconds that one took */

/* A value on its way between a row and JSON. */
struct value {
    const struct row_field *field;
    void *place; /* in the row */
    void *size;  /* ROW_BYTES */
    /* reading */
    const struct row_reader *reader;
    const json_t *json;
    /* writing */
    struct json_out *out;
};

static const char **text_of(const struct value *v)
{
    return v->place;
}

static int64_t *number_of(const struct value *v)
{
    return v->place;
}

/* An enum: all of them have this size. */
static uint32_t *choice_of(const struct value *v)
{
    return v->place;
}

_Static_assert(sizeof(enum callback_state) == sizeof(uint32_t) &&
                   sizeof(enum invoice_flow) == sizeof(uint32_t) &&
                   sizeof(enum invoice_source) == sizeof(uint32_t) &&
                   sizeof(enum status) == sizeof(uint32_t),
               "enum size");

/* A text in the reader's arena; NULL when the value is none, or has a NUL in it. */
static const char *take_text(const struct value *v)
{
    const char *text = json_string_value(v->json);
    size_t size = json_string_length(v->json);
    return text && strlen(text) == size ? arena_copy(v->reader->errors->arena, text, size) : NULL;
}

static const char *read_within(const struct value *v, int64_t least, int64_t most)
{
    int64_t n = json_integer_value(v->json);
    if (!json_is_integer(v->json) || n < least || n > most) {
        return "a whole number in its range is wanted";
    }
    *number_of(v) = n;
    return NULL;
}

/* ------------------------------------------------------------------ texts */

static void write_text(const struct value *v)
{
    json_out_text(v->out, v->field->name, *text_of(v));
}

static const char *read_text(const struct value *v)
{
    const char *text = take_text(v);
    int64_t length = text ? text_utf8_length(text, strlen(text)) : -1;
    if (length < v->field->least || length > v->field->most) {
        return arena_printf(v->reader->errors->arena, "a text of %lld to %lld characters is wanted",
                            (long long)v->field->least, (long long)v->field->most);
    }
    *text_of(v) = text;
    return NULL;
}

static const char *read_currency(const struct value *v)
{
    const char *text = take_text(v);
    if (!text || !json_format_holds(JSON_FORMAT_CURRENCY, text)) {
        return json_format_message(JSON_FORMAT_CURRENCY);
    }
    *text_of(v) = arena_upper(v->reader->errors->arena, text);
    return NULL;
}

static const char *read_url(const struct value *v)
{
    const char *text = take_text(v);
    if (!text || strlen(text) > URL_MOST || !json_format_holds(JSON_FORMAT_URL, text)) {
        return "an http or https URL is wanted";
    }
    *text_of(v) = text;
    return NULL;
}

static const char *read_resolution(const struct value *v)
{
    const char *text = take_text(v);
    const char *known = text ? resolution_find(text, v->reader->resolutions) : NULL;
    *text_of(v) = known;
    return known ? NULL : "there is no such resolution";
}

static const char *read_id(const struct value *v)
{
    const char *text = take_text(v);
    *text_of(v) = text;
    return text && ident_has_form(text, v->field->prefix) ? NULL : "there is no such id";
}

static void write_ident(const struct value *v)
{
    json_out_text(v->out, v->field->name, v->place);
}

static const char *read_ident(const struct value *v)
{
    const char *text = take_text(v);
    const char *other = v->field->other_prefix;
    bool fits =
        text && (ident_has_form(text, v->field->prefix) || (other && ident_has_form(text, other)));
    if (!fits) {
        return "there is no such id";
    }
    memcpy(v->place, text, strlen(text) + 1);
    return NULL;
}

static void write_json(const struct value *v)
{
    json_out_raw(v->out, v->field->name, *text_of(v));
}

static const char *read_json(const struct value *v)
{
    bool map = json_is_map(v->json);
    *text_of(v) = map ? json_text(v->reader->errors->arena, v->json, false) : NULL;
    return map ? NULL : "an object is wanted";
}

static const char *read_tree(const struct value *v)
{
    bool tree = json_is_object(v->json) || json_is_array(v->json);
    *text_of(v) = tree ? json_text(v->reader->errors->arena, v->json, false) : NULL;
    return tree ? NULL : "must be an object or a list";
}

static void write_bytes(const struct value *v)
{
    const char *data = *text_of(v);
    size_t size = (size_t) * (const int64_t *)v->size;
    if (text_utf8_length(data, size) >= 0) {
        json_out_text_sized(v->out, v->field->name, data, size);
        return;
    }
    buf_auto text = {0};
    crypt_base64url(&text, data, size);
    json_out_object(v->out, v->field->name);
    json_out_text(v->out, "base64", text.data);
    json_out_object_end(v->out);
}

static const char *read_bytes(const struct value *v)
{
    const json_t *coded = json_object_get(v->json, "base64");
    buf_auto data = {0};
    if (json_is_string(v->json)) {
        buf_add(&data, json_string_value(v->json), json_string_length(v->json));
    } else if (!json_is_string(coded) || json_object_size(v->json) != 1 ||
               !crypt_base64_decode(json_string_value(coded), &data)) {
        return "a text, or {\"base64\": text} is wanted";
    }
    *text_of(v) = arena_copy(v->reader->errors->arena, buf_str(&data), data.size);
    *(int64_t *)v->size = (int64_t)data.size;
    return NULL;
}

/* ------------------------------------------------------------------ numbers */

static void write_number(const struct value *v)
{
    json_out_int(v->out, v->field->name, *number_of(v));
}

static const char *read_units(const struct value *v)
{
    return read_within(v, -MONEY_MOST, MONEY_MOST);
}

static const char *read_time(const struct value *v)
{
    return read_within(v, 0, TIME_MOST_MS);
}

static const char *read_count(const struct value *v)
{
    return read_within(v, 0, COUNT_MOST);
}

static const char *read_code(const struct value *v)
{
    return read_within(v, 100, 999);
}

/* What a JSON number does not carry exactly is a text. */
static void write_money(const struct value *v)
{
    char text[MONEY_TEXT];
    int64_t amount = *number_of(v);
    if (amount == MONEY_NONE || !money_is_long(amount)) {
        json_out_money(v->out, v->field->name, amount);
        return;
    }
    money_format(amount, text);
    json_out_text(v->out, v->field->name, text);
}

/* A text, or a number of as many digits as a double carries. */
static enum money_result parse_amount(const struct value *v, int64_t *ret_amount)
{
    char number[32] = "";
    if (json_is_string(v->json)) {
        const char *text = take_text(v);
        return text ? money_parse_long(text, ret_amount) : MONEY_NO_NUMBER;
    }
    if (json_is_integer(v->json)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(v->json));
    } else if (json_is_real(v->json)) {
        snprintf(number, sizeof number, "%.15g", json_real_value(v->json));
    }
    bool same = !json_is_real(v->json) || strtod(number, NULL) == json_real_value(v->json);
    return same ? money_parse(number, ret_amount) : MONEY_TOO_LONG;
}

static const char *read_balance(const struct value *v)
{
    int64_t amount;
    if (parse_amount(v, &amount) != MONEY_OK) {
        return "an amount is wanted, as a text if it has more than 15 digits";
    }
    *number_of(v) = amount;
    return NULL;
}

static const char *read_money(const struct value *v)
{
    const char *message = read_balance(v);
    return !message && *number_of(v) < 0 ? "an amount not below 0 is wanted" : message;
}

static void write_callback(const struct value *v)
{
    char id[IDENT_TEXT];
    callback_id(*number_of(v), id);
    json_out_text(v->out, v->field->name, id);
}

static const char *read_callback(const struct value *v)
{
    const char *text = take_text(v);
    return text && callback_id_read(text, number_of(v)) ? NULL : "there is no such id";
}

static void write_bool(const struct value *v)
{
    json_out_bool(v->out, v->field->name, *(const bool *)v->place);
}

static const char *read_bool(const struct value *v)
{
    *(bool *)v->place = json_is_true(v->json);
    return json_is_boolean(v->json) ? NULL : "true or false is wanted";
}

/* ------------------------------------------------------------------ names */

static void write_choice(const struct value *v)
{
    json_out_text(v->out, v->field->name, v->field->names[*choice_of(v)]);
}

static const char *read_choice(const struct value *v)
{
    const char *text = take_text(v);
    for (uint32_t i = 0; text && *text && v->field->names[i]; i++) {
        if (text_equal(v->field->names[i], text)) {
            *choice_of(v) = i;
            return NULL;
        }
    }
    return MESSAGE_CHOICE;
}

static void write_status(const struct value *v)
{
    json_out_text(v->out, v->field->name, status_name((enum status) * choice_of(v)));
}

static const char *read_status(const struct value *v)
{
    const char *text = take_text(v);
    enum status status;
    if (!text || !status_parse(text, &status)) {
        return "there is no such status";
    }
    *choice_of(v) = status;
    return NULL;
}

static void write_statuses(const struct value *v)
{
    json_out_array(v->out, v->field->name);
    for (enum status status = 0; status < STATUS_COUNT; status++) {
        if (*choice_of(v) & STATUS_BIT(status)) {
            json_out_text(v->out, NULL, status_name(status));
        }
    }
    json_out_array_end(v->out);
}

static const char *read_statuses(const struct value *v)
{
    uint32_t set = 0;
    for (size_t i = 0; i < json_array_size(v->json); i++) {
        const char *text = json_string_value(json_array_get(v->json, i));
        enum status status;
        if (!text || !status_parse(text, &status)) {
            return "there is no such status";
        }
        set |= STATUS_BIT(status);
    }
    *choice_of(v) = set;
    return set ? NULL : "a list of statuses is wanted";
}

/* ------------------------------------------------------------------ the table */

static const struct {
    void (*write)(const struct value *v);
    const char *(*read)(const struct value *v); /* NULL: good */
    bool number;                                /* null is this number; of texts it is NULL */
    int64_t null;
} kinds[] = {
    [ROW_TEXT] = {write_text, read_text},
    [ROW_CURRENCY] = {write_text, read_currency},
    [ROW_URL] = {write_text, read_url},
    [ROW_IDENT] = {write_ident, read_ident},
    [ROW_ID] = {write_text, read_id},
    [ROW_JSON] = {write_json, read_json},
    [ROW_TREE] = {write_json, read_tree},
    [ROW_BYTES] = {write_bytes, read_bytes},
    [ROW_MONEY] = {write_money, read_money, true, MONEY_NONE},
    [ROW_BALANCE] = {write_money, read_balance, true, MONEY_NONE},
    [ROW_UNITS] = {write_number, read_units, true, MONEY_NONE},
    [ROW_TIME] = {write_number, read_time, true, TIME_NONE},
    [ROW_COUNT] = {write_number, read_count, true, TIME_NONE},
    [ROW_CODE] = {write_number, read_code, true, 0},
    [ROW_CALLBACK] = {write_callback, read_callback, true, 0},
    [ROW_BOOL] = {write_bool, read_bool},
    [ROW_CHOICE] = {write_choice, read_choice},
    [ROW_STATUS] = {write_status, read_status},
    [ROW_STATUSES] = {write_statuses, read_statuses},
    [ROW_RESOLUTION] = {write_text, read_resolution},
};

static bool is_null(const struct value *v)
{
    return kinds[v->field->kind].number ? *number_of(v) == kinds[v->field->kind].null
                                        : *text_of(v) == NULL;
}

void value_write(struct json_out *out, const struct row_field *field, const void *row)
{
    char *base = (char *)(uintptr_t)row;
    const struct value v = {
        .field = field, .place = base + field->offset, .size = base + field->offset2, .out = out};
    if (field->null && is_null(&v)) {
        json_out_null(out, field->name);
    } else {
        kinds[field->kind].write(&v);
    }
}

const char *value_read(const struct row_reader *reader, const struct row_field *field,
                       const json_t *json, void *row)
{
    char *base = row;
    const struct value v = {.field = field,
                            .place = base + field->offset,
                            .size = base + field->offset2,
                            .reader = reader,
                            .json = json};
    if (json && !json_is_null(json)) {
        return kinds[field->kind].read(&v);
    }
    if (!field->null) {
        return MESSAGE_BLANK;
    }
    if (kinds[field->kind].number) {
        *number_of(&v) = kinds[field->kind].null;
    }
    return NULL;
}
